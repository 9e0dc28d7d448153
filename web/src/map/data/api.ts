import { ask } from '../../hub';
import type { Caller } from '../../hub';
import choicesQuery from '../../../../schema/operations/map-choices.graphql?raw';
import differenceQuery from '../../../../schema/operations/map-difference.graphql?raw';
import gapsQuery from '../../../../schema/operations/map-gaps.graphql?raw';
import networkQuery from '../../../../schema/operations/map-network.graphql?raw';
import pathsQuery from '../../../../schema/operations/map-paths.graphql?raw';
import provincesQuery from '../../../../schema/operations/map-provinces.graphql?raw';
import recordQuery from '../../../../schema/operations/map-record.graphql?raw';
import searchQuery from '../../../../schema/operations/map-search.graphql?raw';
import timelineQuery from '../../../../schema/operations/map-timeline.graphql?raw';
import type { MapState, Place } from './state';
import type { Choices, Country, Difference, Gaps, Hit, Month, Network, Node, Path, Province } from './types';

/** First and last day of the slider. */
export const FIRST_DAY = '2015-01-01';
export const LAST_DAY = '2026-12-31';

/** Answers kept, so that a day played again is not asked again. */
const MOST_KEPT = 200;

/** A question to the hub: the operation's file, its text and its variables. */
export interface Question {
  operation: string;
  query: string;
  variables: Record<string, unknown>;
}

type Kept = Map<string, Promise<unknown>>;

/** The hub, asked as one caller. */
export class Api {
  private readonly kept: Kept = new Map();

  constructor(private readonly caller: Caller) {}

  /** The same question is asked once; a failed one may be asked again. */
  private answer<Data>({ query, variables }: Question): Promise<Data> {
    const key = JSON.stringify([query, variables]);
    const known = this.kept.get(key);
    if (known) return known as Promise<Data>;
    const asked = ask<Data>(query, variables, this.caller);
    this.kept.set(key, asked);
    asked.catch(() => this.kept.delete(key));
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST_KEPT && oldest) this.kept.delete(oldest);
    return asked;
  }

  async country(state: MapState): Promise<Country> {
    const { network } = await this.answer<{ network: { byProvince: Country } }>(countryQuestion(state));
    const { provinces, ...country } = network.byProvince;
    return { ...country, provinces: provinces.map((province) => ({ ...province, nodeCount: nodesIn(province) })) };
  }

  /** `null` where the place names nothing that the caller may see. */
  async network(state: MapState): Promise<Network | null> {
    return (await this.answer<{ network: Network | null }>(networkQuestion(state))).network;
  }

  async months(state: MapState): Promise<Month[]> {
    const answer = await this.answer<{ network: { timeline: { months: Month[] } } | null }>(timelineQuestion(state));
    return answer.network?.timeline.months ?? [];
  }

  /** What has changed; what has ended stands where it stood on the earlier day. */
  async difference(state: MapState): Promise<Difference | null> {
    type Told = { now: { difference: Difference } | null; then: { nodes: Pick<Node, 'id' | 'x' | 'y'>[] } | null };
    const { now, then } = await this.answer<Told>(differenceQuestion(state));
    if (!now) return null;
    const places = new Map(then?.nodes.map((node) => [node.id, node]));
    const placed = (node: Node): Node => ({ ...node, x: places.get(node.id)?.x ?? null, y: places.get(node.id)?.y ?? null });
    return { ...now.difference, endedNodes: now.difference.endedNodes.map(placed) };
  }

  async paths(state: MapState): Promise<Path[]> {
    return (await this.answer<{ paths: Path[] }>(pathsQuestion(state))).paths;
  }

  async gaps(state: MapState): Promise<Gaps> {
    const question = { operation: 'map-gaps', query: gapsQuery, variables: { asOf: state.day ?? undefined } };
    return (await this.answer<{ coordinationGaps: Gaps }>(question)).coordinationGaps;
  }

  choices(withPlans: boolean): Promise<Choices> {
    return this.answer({ operation: 'map-choices', query: choicesQuery, variables: { withPlans } });
  }

  /** A file of the hub's, as this caller may have it. */
  async file(address: string): Promise<Blob> {
    const { authorization } = this.caller;
    const response = await fetch(address, { headers: authorization ? { Authorization: authorization } : {} });
    if (!response.ok) throw new Error(response.statusText);
    return response.blob();
  }

  async record(id: string): Promise<Record<string, unknown> | null> {
    const question = { operation: 'map-record', query: recordQuery, variables: { id } };
    return (await this.answer<{ node: Record<string, unknown> | null }>(question)).node;
  }

  async search(text: string): Promise<Hit[]> {
    const question = { operation: 'map-search', query: searchQuery, variables: { text, first: 8 } };
    const { search } = await this.answer<{ search: { edges: { node: Hit }[] } }>(question);
    return search.edges.map(({ node }) => node);
  }

  /** The projects of the place that have the money of each programme, by global id. */
  async funds(state: MapState, programmes: string[]): Promise<Map<string, number>> {
    if (programmes.length === 0) return new Map();
    const answer = await this.answer<Record<string, { nodes: { id: string }[] } | null>>(fundsQuestion(state, programmes));
    const of = programmes.map((_, index) => answer[`fund${index}`]?.nodes ?? []);
    return new Map(of.flatMap((nodes, index) => nodes.map(({ id }) => [id, index] as const)));
  }
}

const nodesIn = ({ organisations, projects, agreements, interventions }: Province): number =>
  organisations + projects + agreements + interventions;

function narrowing(state: MapState): Record<string, unknown> {
  const some = (kinds: string[]) => (kinds.length > 0 ? kinds : undefined);
  return {
    nodeKinds: some(state.nodeKinds),
    tieKinds: some(state.tieKinds),
    organisationKinds: some(state.bodyKinds),
    programme: state.programme ?? undefined,
    plan: state.plan ?? undefined,
  };
}

function scope(place: Place): Record<string, unknown> {
  switch (place.altitude) {
    case 'country':
      return { scope: place.region ? { region: place.region } : { national: true } };
    case 'province':
      return { scope: { province: place.province }, hops: 1 };
    case 'around':
      return { scope: { around: place.id }, hops: place.hops };
  }
}

export function countryQuestion(state: MapState): Question {
  const variables = { asOf: state.day ?? undefined, ...narrowing(state) };
  return { operation: 'map-provinces', query: provincesQuery, variables };
}

export function networkQuestion(state: MapState): Question {
  const measures = { size: state.size, withCommunities: state.colour === 'community' };
  const variables = { ...scope(state.place), asOf: state.day ?? undefined, ...narrowing(state), ...measures };
  return { operation: 'map-network', query: networkQuery, variables };
}

function timelineQuestion(state: MapState): Question {
  const variables = { ...scope(state.place), from: FIRST_DAY, until: LAST_DAY, ...narrowing(state) };
  return { operation: 'map-timeline', query: timelineQuery, variables };
}

export function differenceQuestion(state: MapState): Question {
  const variables = { ...scope(state.place), since: state.since, asOf: state.day ?? undefined, ...narrowing(state) };
  return { operation: 'map-difference', query: differenceQuery, variables };
}

export function pathsQuestion(state: MapState): Question {
  const kinds = state.tieKinds.length > 0 ? { tieKinds: state.tieKinds } : {};
  const variables = { from: state.selected, to: state.towards, first: 3, asOf: state.day ?? undefined, ...kinds };
  return { operation: 'map-paths', query: pathsQuery, variables };
}

function fundsQuestion(state: MapState, programmes: string[]): Question {
  const fields = programmes.map(
    (code, index) =>
      `fund${index}: network(scope: $scope, hops: $hops, asOf: $asOf, nodeKinds: [PROJECT], programme: ${JSON.stringify(code)}) { nodes { id } }`,
  );
  const query = `query MapFunds($scope: NetworkScope!, $hops: Int, $asOf: Date) {\n  ${fields.join('\n  ')}\n}`;
  return { operation: 'map-network', query, variables: { ...scope(state.place), asOf: state.day ?? undefined } };
}

/** The question behind what is shown. */
export function shownQuestion(state: MapState): Question {
  if (state.selected && state.towards) return pathsQuestion(state);
  if (state.place.altitude === 'country') return countryQuestion(state);
  return state.since ? differenceQuestion(state) : networkQuestion(state);
}
