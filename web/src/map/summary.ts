import type { MapState } from './data/state';
import type { Province } from './data/types';
import type { MapData } from './data/use-data';
import { dayText } from './language';
import { ofRegion } from './stage/country-picture';
import type { Picture } from './stage/picture';
import { texts } from './texts';

/** The view in a sentence with its numbers. */
export function summary(state: MapState, data: MapData, today: string): string {
  const { place, since, selected, towards } = state;
  const until = dayText(state.day ?? today);
  if (selected && towards) return data.paths.data ? texts.paths(data.paths.data.length) : '';
  if (place.altitude === 'country') {
    if (!data.country.data) return '';
    const country = ofRegion(data.country.data, place.region);
    const nodes = sum(country.provinces.map(({ nodeCount }) => nodeCount));
    if (since && data.before.data) {
      const before = ofRegion(data.before.data, place.region);
      return texts.countryDifference(dayText(since), until, sum(before.provinces.map(({ nodeCount }) => nodeCount)), nodes);
    }
    const unplaced = place.region ? 0 : country.unplaced;
    const across = sum(country.ties.map(({ count }) => count));
    const said = texts.countrySentence(until, countsText(country.provinces), country.provinces.length, across);
    return unplaced > 0 ? `${said} ${texts.unplaced(unplaced)}` : said;
  }
  const { data: difference } = data.difference;
  if (since && difference) {
    const { appearedNodes, endedNodes, appearedEdges, endedEdges, changedEdges } = difference;
    return texts.differenceSentence(
      dayText(since),
      until,
      appearedNodes.length,
      endedNodes.length,
      appearedEdges.length,
      endedEdges.length,
      changedEdges.length,
    );
  }
  const { data: network } = data.network;
  return network ? texts.networkSentence(until, network.nodeCount, network.edgeCount) : '';
}

/** What lies in some provinces, kind by kind. */
export function countsText(provinces: Province[]): string {
  const counts = [
    ['ORGANISATION', sum(provinces.map(({ organisations }) => organisations))],
    ['PROJECT', sum(provinces.map(({ projects }) => projects))],
    ['AGREEMENT', sum(provinces.map(({ agreements }) => agreements))],
    ['INTERVENTION', sum(provinces.map(({ interventions }) => interventions))],
  ] as const;
  return counts
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => texts.many[kind]?.(count))
    .join(', ');
}

/** What of the answer is not drawn. */
export function foldedText({ folded }: Picture, state: MapState): string {
  if (folded.nodes + folded.ties === 0) return '';
  return state.place.altitude === 'country' ? texts.foldedTies(folded.ties) : texts.folded(folded.nodes, folded.ties);
}

const sum = (numbers: number[]): number => numbers.reduce((all, each) => all + each, 0);
