import { useMemo } from 'react';
import { countryQuestion, networkQuestion, pathsQuestion } from './api';
import type { Api } from './api';
import { gapKind } from './gaps';
import type { MapState } from './state';
import type { Country, Difference, Gaps, Month, Network, Path, Programme } from './types';
import { useAnswer } from './use-answer';
import type { Answer } from './use-answer';

export interface MapData {
  country: Answer<Country>;
  /** The country on the earlier day of a comparison. */
  before: Answer<Country>;
  network: Answer<Network | null>;
  beside: Answer<Network | null>;
  difference: Answer<Difference | null>;
  paths: Answer<Path[]>;
  months: Answer<Month[]>;
  gaps: Answer<Gaps>;
  /** Place of each project's programme in the list of programmes. */
  funds: Answer<Map<string, number>>;
}

/** Asks what the state needs, and nothing more. */
export function useData(api: Api, caller: string, state: MapState, programmes: Programme[]): MapData {
  const { place, since, beside, view, selected, towards } = state;
  const isCountry = place.altitude === 'country';
  const isConnecting = selected !== null && towards !== null;
  const needsCountry = isCountry || view === 'territory';
  const key = (parts: unknown) => `${caller} ${JSON.stringify(parts)}`;
  const narrowed = [state.nodeKinds, state.bodyKinds, state.tieKinds, state.programme, state.plan];
  const codes = programmes.map(({ code }) => code);
  const other = useMemo<MapState>(
    () => ({ ...state, place: { altitude: 'province', province: beside ?? '' } }),
    [state, beside],
  );
  const earlier = useMemo<MapState>(() => ({ ...state, day: since }), [state, since]);
  return {
    country: useAnswer(needsCountry ? key(countryQuestion(state).variables) : null, () => api.country(state)),
    before: useAnswer(isCountry && since ? key(countryQuestion(earlier).variables) : null, () => api.country(earlier)),
    network: useAnswer(isCountry ? null : key(networkQuestion(state).variables), () => api.network(state)),
    beside: useAnswer(beside && place.altitude === 'province' ? key(networkQuestion(other).variables) : null, () =>
      api.network(other),
    ),
    difference: useAnswer(!isCountry && since ? key([place, since, state.day, narrowed]) : null, () =>
      api.difference(state),
    ),
    paths: useAnswer(isConnecting ? key(pathsQuestion(state).variables) : null, () => api.paths(state)),
    months: useAnswer(key([place, narrowed]), () => api.months(state)),
    gaps: useAnswer(view === 'territory' || (isCountry && gapKind(state.count)) ? key(['gaps', state.day]) : null, () =>
      api.gaps(state),
    ),
    funds: useAnswer(!isCountry && state.colour === 'fund' && codes.length > 0 ? key([place, state.day, codes]) : null, () =>
      api.funds(state, codes),
    ),
  };
}
