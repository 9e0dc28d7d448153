import { useEffect, useMemo, useState } from 'react';
import { identityName } from '../graphiql/identity';
import type { Persona } from '../levels';
import { Actions } from './actions';
import { Breadcrumb } from './breadcrumb';
import { Compare } from './compare';
import { COUNTRY, VIEWS } from './data/state';
import type { Hit, Programme } from './data/types';
import { useAnswer } from './data/use-answer';
import { useData } from './data/use-data';
import { useMapState } from './data/use-state';
import { Filters } from './filters';
import { Header } from './header';
import { Panel } from './panel/panel';
import { landOn } from './stage/land';
import { usePalette } from './stage/palette';
import { Stage } from './stage/stage';
import { useSave } from './stage/use-save';
import { usePictures } from './stage/use-pictures';
import { summary } from './summary';
import { texts } from './texts';
import { Timeline } from './timeline';
import { useIdentity } from './use-identity';
import { Tables } from './views';

interface Props {
  personas: Persona[];
  isEmbedded: boolean;
}

const NO_PROGRAMMES: Programme[] = [];

/** The map: where one is, what is shown of it, and what is chosen. */
export function MapPage({ personas, isEmbedded }: Props) {
  const [state, change] = useMapState();
  const { identity, api, caller, become } = useIdentity(personas, isEmbedded);
  const today = useMemo(() => new Date().toISOString().slice(0, 10), []);
  const [isPicking, setIsPicking] = useState(false);
  const [flight, setFlight] = useState<string | null>(null);
  const palette = usePalette();
  const choices = useAnswer(caller, () => api.choices(true)).data;
  const land = useAnswer((state.day ?? today) < '2026' ? 'before' : 'after', () => landOn(state.day ?? today)).data ?? null;
  const programmes = choices?.programmes ?? NO_PROGRAMMES;
  const data = useData(api, caller, state, programmes);
  const pictures = usePictures(state, data, palette, programmes);
  const answers = [data.country, data.before, data.network, data.beside, data.difference, data.paths];
  const isLoading = answers.some((answer) => answer.isLoading);
  const failed = answers.find(({ error }) => error);
  const said = summary(state, data, today);
  const save = useSave(state, pictures.main, land, palette, said);

  const select = (id: string | null) => {
    if (isPicking && id && state.selected && id !== state.selected) {
      setIsPicking(false);
      change({ towards: id });
    } else if (!state.towards) change({ selected: id });
  };
  const open = (id: string) => {
    setFlight(null);
    if (/^\d{3}$/.test(id)) change({ place: { altitude: 'province', province: id }, selected: null, since: null });
    else change({ place: { altitude: 'around', id, hops: 1 }, selected: id, since: null, beside: null, towards: null });
  };
  const find = ({ id, kind, record }: Hit) => {
    const province = record?.province?.code ?? record?.code;
    if (kind === 'PROVINCE' && province) return open(province);
    const isHere = data.network.data?.nodes.some((node) => node.id === id) && !state.towards;
    setFlight(id);
    if (isHere) change({ selected: id, view: 'network' });
    else if (province) change({ place: { altitude: 'province', province }, selected: id, towards: null, since: null, beside: null });
    else open(id);
  };
  const { data: network } = data.network;
  useEffect(() => {
    // What was looked for lies outside the province's picture: it is shown with its neighbours.
    if (flight && network && state.place.altitude === 'province' && !network.nodes.some(({ id }) => id === flight)) open(flight);
  }, [flight, network]);

  const isNowhere = state.place.altitude !== 'country' && data.network.data === null && !data.network.isLoading;
  return (
    <div className={isEmbedded ? 'page embedded' : 'page'}>
      <Header
        api={api}
        state={state}
        personas={personas}
        identity={identityName(identity) ?? 'public'}
        isEmbedded={isEmbedded}
        onIdentity={become}
        onFind={find}
      />
      <main id="content">
        <div className="bar">
          <Breadcrumb state={state} choices={choices} network={network ?? null} change={change} />
          <div className="views" role="group" aria-label={texts.viewsLabel}>
            {VIEWS.map((view) => (
              <button key={view} type="button" aria-pressed={state.view === view} onClick={() => change({ view })}>
                {texts.views[view]}
              </button>
            ))}
          </div>
          {!isEmbedded && <Actions api={api} state={state} onSave={save} />}
        </div>
        <div className="columns">
          {!isEmbedded && (
            <details className="filters" open={matchMedia('(min-width: 64rem)').matches}>
              <summary>{texts.filters}</summary>
              <Filters state={state} choices={choices} change={change} />
              <Compare state={state} choices={choices} today={today} change={change} />
            </details>
          )}
          <section className="middle" aria-label={texts.views[state.view]} aria-busy={isLoading}>
            <h1 className="said" aria-live="polite">
              {said || texts.title}
            </h1>
            {failed && (
              <p className="notice" role="alert">
                {failed.error?.message || texts.failed}{' '}
                <button type="button" onClick={failed.retry}>
                  {texts.retry}
                </button>
              </p>
            )}
            {isNowhere && (
              <p className="notice">
                {texts.nowhere}{' '}
                <button type="button" onClick={() => change({ place: COUNTRY, selected: null })}>
                  {texts.backToCountry}
                </button>
              </p>
            )}
            {state.view === 'table' ? (
              <div className="tables">
                <Tables state={state} data={data} choices={choices} today={today} onSelect={select} />
              </div>
            ) : (
              <Stage
                state={state}
                data={data}
                pictures={pictures}
                land={land}
                palette={palette}
                flight={flight}
                isLoading={isLoading}
                onSelect={select}
                onOpen={open}
                change={change}
              />
            )}
            <Timeline
              months={data.months.data ?? []}
              day={state.day}
              today={today}
              since={state.since}
              isBusy={isLoading}
              onChange={(day) => change({ day })}
            />
          </section>
          <Panel
            api={api}
            state={state}
            data={data}
            change={change}
            isPicking={isPicking}
            onPick={setIsPicking}
            onClose={() => {
              setIsPicking(false);
              change({ selected: null, towards: null });
            }}
          />
        </div>
      </main>
    </div>
  );
}
