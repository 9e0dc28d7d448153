import { useMemo, useRef } from 'react';
import { compared } from '../data/difference';
import type { MapState } from '../data/state';
import type { Network, Node, Programme } from '../data/types';
import type { MapData } from '../data/use-data';
import type { ColourKey } from '../legend';
import { texts } from '../texts';
import { comparedCountry, countryPicture } from './country-picture';
import { networkPicture } from './network-picture';
import type { Position } from './network-picture';
import type { Palette } from './palette';
import { pathsPicture } from './paths-picture';
import { shapeOf } from './picture';
import type { Picture } from './picture';

interface Pictures {
  main: Picture | null;
  /** The other of two provinces. */
  beside: Picture | null;
  colours: ColourKey[];
}

/** Communities with a colour of their own. */
const COLOURED = 7;

/** What the state's answers look like. */
export function usePictures(state: MapState, data: MapData, palette: Palette, programmes: Programme[]): Pictures {
  const { place, selected, since, towards } = state;
  const placeKey = JSON.stringify(place);
  const places = usePlaces(placeKey);
  const placesBeside = usePlaces(`${state.beside}`);
  const { data: country } = data.country;
  const { data: before } = data.before;
  // While one goes from place to place, the last answer is still that of the place before.
  const answered = useRef(placeKey);
  if (!data.network.isLoading) answered.current = placeKey;
  const network = answered.current === placeKey ? data.network.data : undefined;
  const { data: beside } = data.beside;
  const { data: difference } = data.difference;
  const { data: paths } = data.paths;
  const { data: funds } = data.funds;
  return useMemo(() => {
    if (selected && towards) {
      return { main: paths && paths.length > 0 ? pathsPicture(paths, palette) : null, beside: null, colours: [] };
    }
    if (place.altitude === 'country') {
      if (!country) return { main: null, beside: null, colours: [] };
      const picture = countryPicture(country, { region: place.region, selected, palette });
      return { main: since && before ? comparedCountry(picture, before, country, palette) : picture, beside: null, colours: [] };
    }
    if (!network) return { main: null, beside: null, colours: [] };
    const { colourOf, colours } = colouring(state, network, palette, programmes, funds);
    const options = { palette, selected, focus: place.altitude === 'province' ? place.province : null };
    if (since && difference) {
      const { network: both, changes } = compared(network, difference);
      return { main: networkPicture(both, { ...options, colourOf, places, changes }), beside: null, colours: [] };
    }
    const second = beside && colouring(state, beside, palette, programmes, funds);
    return {
      main: networkPicture(network, { ...options, colourOf, places }),
      beside: beside && second ? networkPicture(beside, { ...options, focus: state.beside, colourOf: second.colourOf, places: placesBeside }) : null,
      colours,
    };
    // The state's other parts do not change what is drawn.
  }, [placeKey, selected, towards, since, state.colour, country, before, network, beside, difference, paths, funds, palette, programmes]);
}

/** Positions stay as first shown while one stays in a place. */
function usePlaces(key: string): Map<string, Position> {
  const kept = useRef({ key, places: new Map<string, Position>() });
  if (kept.current.key !== key) kept.current = { key, places: new Map() };
  return kept.current.places;
}

interface Colouring {
  colourOf: (node: Node, index: number) => string;
  colours: ColourKey[];
}

function colouring(
  state: MapState,
  network: Network,
  palette: Palette,
  programmes: Programme[],
  funds: Map<string, number> | undefined,
): Colouring {
  if (state.colour === 'community' && network.communities) return byCommunity(network.communities.values, palette);
  if (state.colour === 'fund' && funds) return byFund(network, funds, programmes, palette);
  return { colourOf: (node) => palette.level[shapeOf(node)] ?? palette.accent, colours: [] };
}

function byCommunity(values: number[], palette: Palette): Colouring {
  const sizes = new Map<number, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  const largest = [...sizes].sort((a, b) => b[1] - a[1]).slice(0, COLOURED).map(([value]) => value);
  const last = palette.series.at(-1)!;
  const colourAt = (place: number) => (place < 0 ? last : (palette.series[place] ?? last));
  const colours = largest.map((_, place) => ({ name: texts.community(place + 1), colour: colourAt(place) }));
  if (sizes.size > COLOURED) colours.push({ name: texts.otherCommunities, colour: last });
  return { colourOf: (_, index) => colourAt(largest.indexOf(values[index] ?? -1)), colours };
}

/** A project has its programme's colour; a body that of the programme that most of its projects have. */
function byFund(network: Network, funds: Map<string, number>, programmes: Programme[], palette: Palette): Colouring {
  const counts = new Map<string, number[]>();
  for (const { from, to } of network.edges) {
    const fund = funds.get(to);
    if (fund === undefined) continue;
    const of = counts.get(from) ?? programmes.map(() => 0);
    of[fund] = (of[fund] ?? 0) + 1;
    counts.set(from, of);
  }
  const fundOf = (id: string): number => {
    const of = counts.get(id);
    return funds.get(id) ?? (of ? of.indexOf(Math.max(...of)) : -1);
  };
  const last = palette.series.at(-1)!;
  const colours = programmes.map(({ name }, place) => ({ name, colour: palette.series[place] ?? last }));
  return {
    colourOf: ({ id }) => palette.series[fundOf(id)] ?? last,
    colours: [...colours, { name: texts.noFund, colour: last }],
  };
}
