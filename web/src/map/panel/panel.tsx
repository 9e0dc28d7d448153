import type { Api } from '../data/api';
import type { MapState } from '../data/state';
import type { MapData } from '../data/use-data';
import type { Change } from '../data/use-state';
import { texts } from '../texts';
import { NodePanel } from './node-panel';
import { PathsPanel } from './paths-panel';
import { ProvincePanel } from './province-panel';

interface Props {
  api: Api;
  state: MapState;
  data: MapData;
  change: Change;
  isPicking: boolean;
  onPick: (isPicking: boolean) => void;
  onClose: () => void;
}

/** What is chosen, in words. */
export function Panel({ api, state, data, change, isPicking, onPick, onClose }: Props) {
  const { selected, towards } = state;
  if (!selected) return null;
  const isProvince = /^\d{3}$/.test(selected);
  const { data: country } = data.country;
  return (
    <aside className="panel" aria-label={texts.details}>
      <button type="button" className="close" onClick={onClose} aria-label={texts.close}>
        ×
      </button>
      {towards ? (
        data.paths.data && <PathsPanel api={api} paths={data.paths.data} change={change} />
      ) : isProvince ? (
        country && <ProvincePanel country={country} code={selected} change={change} />
      ) : (
        <NodePanel api={api} id={selected} state={state} change={change} isPicking={isPicking} onPick={onPick} />
      )}
    </aside>
  );
}
