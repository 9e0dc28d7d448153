import { useEffect, useId, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { shownQuestion } from './data/api';
import type { Api } from './data/api';
import type { MapState } from './data/state';
import { addressOf } from './data/use-state';
import { language } from './language';
import { download } from './stage/svg';
import { texts } from './texts';

/** A button with a panel under it, closed by Escape or a press beside it. */
function Menu({ title, children }: { title: string; children: ReactNode }) {
  const [isOpen, setIsOpen] = useState(false);
  const whole = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => {
    if (!isOpen) return;
    const away = ({ target }: PointerEvent) => !whole.current?.contains(target as globalThis.Node) && setIsOpen(false);
    addEventListener('pointerdown', away);
    return () => removeEventListener('pointerdown', away);
  }, [isOpen]);
  return (
    <div
      ref={whole}
      className="menu"
      onKeyDown={({ key }) => {
        if (key !== 'Escape' || !isOpen) return;
        setIsOpen(false);
        button.current?.focus();
      }}
    >
      <button ref={button} type="button" aria-expanded={isOpen} aria-controls={id} onClick={() => setIsOpen(!isOpen)}>
        {title}
      </button>
      <div id={id} className="menu-panel" role="group" aria-label={title} hidden={!isOpen}>
        {isOpen && children}
      </div>
    </div>
  );
}

function Copied({ label, text, hint }: { label: string; text: string; hint: string }) {
  const [isCopied, setIsCopied] = useState(false);
  return (
    <div className="copied">
      <label>
        {label}
        <input type="text" readOnly value={text} onFocus={({ target }) => target.select()} />
      </label>
      {navigator.clipboard && (
        <button type="button" onClick={() => void navigator.clipboard.writeText(text).then(() => setIsCopied(true))}>
          {isCopied ? texts.copied : texts.copy}
        </button>
      )}
      <p className="soft">{hint}</p>
    </div>
  );
}

const FORMATS = ['gexf', 'graphml', 'json', 'csv', 'xlsx', 'svg'];

interface Props {
  api: Api;
  state: MapState;
  /** Saves the picture as a file of this kind; `null` where there is none to save. */
  onSave: ((kind: 'png' | 'svg') => void) | null;
}

/** What can be taken away from a view: a link, a file, the question behind it. */
export function Actions({ api, state, onSave }: Props) {
  const [hasFailed, setHasFailed] = useState(false);
  const saveData = async (format: string) => {
    setHasFailed(false);
    try {
      download(await api.file(exportAddress(state, format)), `raccordo-network.${format}`);
    } catch {
      setHasFailed(true);
    }
  };
  const here = `${location.origin}${addressOf(state)}`;
  const embedded = `${location.origin}${addressOf({ ...state, selected: null, towards: null }, { embed: '1', lang: language })}`;
  const { operation, query, variables } = shownQuestion(state);
  const written = JSON.stringify(variables, null, 2);
  const explorer = `/graphiql?${new URLSearchParams({ operation, variables: written, lang: language })}`;
  return (
    <div className="actions-bar">
      <Menu title={texts.share}>
        <Copied label={texts.link} text={here} hint={texts.linkHint} />
        <Copied
          label={texts.embed}
          text={`<iframe src="${embedded}" width="800" height="600" title="Raccordo: ${texts.title}"></iframe>`}
          hint={texts.embedHint}
        />
      </Menu>
      <Menu title={texts.file}>
        <p className="menu-title">{texts.picture}</p>
        <p className="files">
          {(['png', 'svg'] as const).map((kind) => (
            <button key={kind} type="button" disabled={!onSave} onClick={() => onSave?.(kind)}>
              {kind.toUpperCase()}
            </button>
          ))}
        </p>
        <p className="menu-title">{texts.data}</p>
        <p className="files">
          {FORMATS.map((format) => (
            <button key={format} type="button" onClick={() => void saveData(format)}>
              {format.toUpperCase()}
            </button>
          ))}
        </p>
        {hasFailed && <p role="alert">{texts.failed}</p>}
      </Menu>
      <Menu title={texts.query}>
        <p className="soft">{texts.queryHint}</p>
        <pre tabIndex={0} aria-label={texts.query}>
          {query}
        </pre>
        <pre tabIndex={0} aria-label="variables">
          {written}
        </pre>
        <p>
          <a href={explorer}>{texts.openExplorer}</a>
        </p>
      </Menu>
    </div>
  );
}

/** The hub's file of the same part of the network, under the same filters. */
function exportAddress({ place, day, nodeKinds, bodyKinds, tieKinds, programme, plan }: MapState, format: string): string {
  const query = new URLSearchParams();
  if (place.altitude === 'province') query.set('province', place.province);
  else if (place.altitude === 'around') {
    query.set('around', place.id);
    query.set('hops', String(place.hops));
  } else if (place.region) query.set('region', place.region);
  else query.set('national', 'true');
  if (day) query.set('asOf', day);
  const lists = { nodeKinds, organisationKinds: bodyKinds, tieKinds };
  for (const [name, kinds] of Object.entries(lists)) if (kinds.length > 0) query.set(name, kinds.join(','));
  if (programme) query.set('programme', programme);
  if (plan) query.set('plan', plan);
  return `/export/network.${format}?${query}`;
}
