import { useEffect, useId, useState } from 'react';
import type { KeyboardEvent } from 'react';
import type { Api } from './data/api';
import type { Hit } from './data/types';
import { terms } from './terms';
import { texts } from './texts';

interface Props {
  api: Api;
  label: string;
  kinds?: Hit['kind'][];
  onChoose: (hit: Hit) => void;
}

/** How long typing rests before the hub is asked. */
const PAUSE = 180;

/** A field that finds records while one types: a combobox with a list of what was found. */
export function SearchBox({ api, label, kinds, onChoose }: Props) {
  const [text, setText] = useState('');
  const [hits, setHits] = useState<Hit[] | null>(null);
  const [active, setActive] = useState(-1);
  const id = useId();

  useEffect(() => {
    // A dash between words, as in the offices' names, is not searched for.
    const wanted = text.replace(/\s[-–—]\s/g, ' ').trim();
    if (wanted.length < 2) {
      setHits(null);
      return;
    }
    let isWanted = true;
    const timer = setTimeout(() => {
      api.search(wanted).then(
        (found) => {
          if (!isWanted) return;
          setHits(found.filter(({ kind }) => !kinds || kinds.includes(kind)));
          setActive(found.length > 0 ? 0 : -1);
        },
        () => isWanted && setHits([]),
      );
    }, PAUSE);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
    // `kinds` is a constant of the caller's.
  }, [api, text]);

  const choose = (hit: Hit) => {
    setText('');
    setHits(null);
    onChoose(hit);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = (hits?.length ?? 0) - 1;
    if (event.key === 'ArrowDown') setActive(Math.min(active + 1, last));
    else if (event.key === 'ArrowUp') setActive(Math.max(active - 1, 0));
    else if (event.key === 'Escape') setHits(null);
    else if (event.key === 'Enter') {
      const hit = hits?.[active];
      if (hit) choose(hit);
    } else return;
    event.preventDefault();
  };
  const isOpen = hits !== null;
  return (
    <div className="search">
      <input
        type="search"
        role="combobox"
        aria-label={label}
        placeholder={label}
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && active >= 0 ? `${id}-${active}` : undefined}
        autoComplete="off"
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={onKeyDown}
        onBlur={() => setTimeout(() => setHits(null), 150)}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={label} hidden={!isOpen || hits.length === 0}>
        {hits?.map((hit, index) => (
          <li
            key={hit.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            onPointerDown={(event) => {
              event.preventDefault();
              choose(hit);
            }}
          >
            <span>{hit.title}</span>
            <span className="soft">{[whatItIs(hit), hit.record?.province?.name].filter(Boolean).join(' · ')}</span>
          </li>
        ))}
      </ul>
      <span role="status" className="unseen">
        {isOpen ? texts.found(hits.length) : ''}
      </span>
    </div>
  );
}

function whatItIs({ kind, record }: Hit): string {
  return (record?.kind && terms.bodyKinds[record.kind]) || terms.nodeKinds[kind];
}
