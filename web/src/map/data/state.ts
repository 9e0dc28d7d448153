import { COUNTS, METRICS } from './types';
import type { Count, Metric } from './types';

/** Where one is: the altitude and what lies under it. */
export type Place =
  | { altitude: 'country'; region: string | null }
  | { altitude: 'province'; province: string }
  | { altitude: 'around'; id: string; hops: number };

export const VIEWS = ['network', 'territory', 'table'] as const;
export type View = (typeof VIEWS)[number];

export const COLOURS = ['level', 'community', 'fund'] as const;
export type Colour = (typeof COLOURS)[number];

/** All that a link to the map keeps. Never who asks: a link opens with the opener's rights. */
export interface MapState {
  place: Place;
  view: View;
  /** Day shown; `null` is today. */
  day: string | null;
  /** Earlier day to compare with. */
  since: string | null;
  /** Province shown beside that of the place. */
  beside: string | null;
  nodeKinds: string[];
  bodyKinds: string[];
  tieKinds: string[];
  programme: string | null;
  plan: string | null;
  colour: Colour;
  size: Metric;
  /** What the territory is coloured by. */
  count: Count | string;
  /** Chosen mark: the global id of a node, or a province's code. */
  selected: string | null;
  /** The other end of a question for connections; its start is what is chosen. */
  towards: string | null;
}

export const COUNTRY: Place = { altitude: 'country', region: null };

export const START: MapState = {
  place: COUNTRY,
  view: 'network',
  day: null,
  since: null,
  beside: null,
  nodeKinds: [],
  bodyKinds: [],
  tieKinds: [],
  programme: null,
  plan: null,
  colour: 'level',
  size: 'DEGREE',
  count: 'nodeCount',
  selected: null,
  towards: null,
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function oneOf<Value extends string>(values: readonly Value[], text: string | null, otherwise: Value): Value {
  return values.find((value) => value === text) ?? otherwise;
}

function place(text: string | null, hops: number): Place {
  const [altitude, name] = /^(region|province|around):(.+)$/.exec(text ?? '')?.slice(1) ?? [];
  if (!name) return COUNTRY;
  if (altitude === 'region') return { altitude: 'country', region: name };
  if (altitude === 'province') return { altitude: 'province', province: name };
  return { altitude: 'around', id: name, hops: hops >= 1 && hops <= 3 ? hops : 1 };
}

/** Reads an address's query; what it does not know is as at the start. */
export function parse(search: string): MapState {
  const query = new URLSearchParams(search);
  const list = (name: string) => query.get(name)?.split(',').filter(Boolean) ?? [];
  const day = (name: string) => (DAY.test(query.get(name) ?? '') ? query.get(name) : null);
  return {
    place: place(query.get('at'), Number(query.get('hops') ?? 1)),
    view: oneOf(VIEWS, query.get('view'), START.view),
    day: day('day'),
    since: day('since'),
    beside: query.get('beside'),
    nodeKinds: list('kinds'),
    bodyKinds: list('bodies'),
    tieKinds: list('ties'),
    programme: query.get('programme'),
    plan: query.get('plan'),
    colour: oneOf(COLOURS, query.get('colour'), START.colour),
    size: oneOf(METRICS, query.get('size'), START.size),
    count: query.get('count') ?? COUNTS[0],
    selected: query.get('selected'),
    towards: query.get('towards'),
  };
}

function placeName(at: Place): string | null {
  switch (at.altitude) {
    case 'country':
      return at.region && `region:${at.region}`;
    case 'province':
      return `province:${at.province}`;
    case 'around':
      return `around:${at.id}`;
  }
}

/** The query that `parse` reads; what is as at the start is left out. */
export function format(state: MapState): URLSearchParams {
  const query = new URLSearchParams();
  const add = (name: string, value: string | null, start: string | null = null) => {
    if (value && value !== start) query.set(name, value);
  };
  add('at', placeName(state.place));
  if (state.place.altitude === 'around') add('hops', String(state.place.hops), '1');
  add('view', state.view, START.view);
  add('day', state.day);
  add('since', state.since);
  add('beside', state.beside);
  add('kinds', state.nodeKinds.join(','));
  add('bodies', state.bodyKinds.join(','));
  add('ties', state.tieKinds.join(','));
  add('programme', state.programme);
  add('plan', state.plan);
  add('colour', state.colour, START.colour);
  add('size', state.size, START.size);
  add('count', state.count, START.count);
  add('selected', state.selected);
  add('towards', state.towards);
  return query;
}

/** Whether anything narrows what is shown. */
export function isNarrowed(state: MapState): boolean {
  const { nodeKinds, bodyKinds, tieKinds, programme, plan } = state;
  return nodeKinds.length + bodyKinds.length + tieKinds.length > 0 || programme !== null || plan !== null;
}
