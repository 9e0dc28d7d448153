import { COUNTRY } from '../data/state';
import type { MapState } from '../data/state';
import type { MapData } from '../data/use-data';
import type { Change } from '../data/use-state';
import { Legend } from '../legend';
import { foldedText } from '../summary';
import { Territory } from '../territory/territory';
import { texts } from '../texts';
import type { Land } from './land';
import type { Palette } from './palette';
import { Scene } from './scene';
import type { usePictures } from './use-pictures';

interface Props {
  state: MapState;
  data: MapData;
  pictures: ReturnType<typeof usePictures>;
  land: Land | null;
  palette: Palette;
  flight: string | null;
  isLoading: boolean;
  onSelect: (id: string | null) => void;
  onOpen: (id: string) => void;
  change: Change;
}

/** The picture of the place, as network or as territory, with its legend. */
export function Stage({ state, data, pictures, land, palette, flight, isLoading, onSelect, onOpen, change }: Props) {
  const { place, selected, beside, view } = state;
  if (view === 'territory') {
    if (!data.country.data) return <div className="stage">{isLoading && <p className="soft">{texts.loading}</p>}</div>;
    const here = place.altitude === 'province' ? place.province : selected;
    return (
      <div className="stage">
        <Territory
          country={data.country.data}
          gaps={data.gaps.data}
          land={land}
          palette={palette}
          count={state.count}
          onCount={(count) => change({ count })}
          selected={here}
          onSelect={place.altitude === 'country' ? onSelect : onOpen}
        />
      </div>
    );
  }
  const { main, beside: second, colours } = pictures;
  const folded = main ? foldedText(main, state) : '';
  const isConnecting = selected !== null && state.towards !== null;
  const leave =
    place.altitude === 'country' || isConnecting ? null : () => change({ place: COUNTRY, selected: null, since: null, beside: null });
  // Around one body, and between two, the whole picture is what was asked for.
  const flyTo = place.altitude === 'around' || isConnecting ? null : flight;
  const shared = { land, onSelect, onOpen, onLeave: leave, flyTo };
  return (
    <div className="stage drawn">
      <div className={second ? 'halves pair' : 'halves'}>
        {main ? (
          <div className="half">
            <Scene picture={main} place={JSON.stringify([place, isConnecting])} {...shared} />
          </div>
        ) : (
          isLoading && <p className="soft waiting">{texts.loading}</p>
        )}
        {second && (
          <div className="half">
            <Scene picture={second} place={beside ?? ''} {...shared} />
          </div>
        )}
        {folded && <p className="folded">{folded}</p>}
      </div>
      {main?.marks.length === 0 && <p className="notice">{texts.nothing}</p>}
      {main && main.marks.length > 0 && (
        <details className="legend" open={matchMedia('(min-width: 48rem)').matches}>
          <summary>{texts.legend}</summary>
          <Legend
            state={state}
            palette={palette}
            shapes={new Set(main.marks.map(({ shape }) => shape))}
            measure={data.network.data?.measure}
            colours={colours}
          />
        </details>
      )}
    </div>
  );
}
