import { isNarrowed } from './data/state';
import type { MapState } from './data/state';
import type { Path, Province } from './data/types';
import type { MapData } from './data/use-data';
import { dayText } from './language';
import { ofRegion } from './stage/country-picture';
import { labelOf } from './stage/picture';
import type { Picture } from './stage/picture';
import { texts } from './texts';

/** The view in a sentence with its numbers. */
export function summary(state: MapState, data: MapData, today: string): string {
  const { place, since, selected, towards } = state;
  const until = dayText(state.day ?? today);
  if (selected && towards) return data.paths.data ? pathsText(data.paths.data) : '';
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
  if (!network) return '';
  const own = place.altitude === 'province' ? network.nodes.filter(({ province }) => province === place.province) : network.nodes;
  const outside = network.nodes.length - own.length;
  const counts = ['ORGANISATION', 'PROJECT', 'AGREEMENT', 'INTERVENTION'].flatMap((kind) => {
    const count = own.filter((node) => node.kind === kind).length;
    return count > 0 ? [texts.many[kind]!(count)] : [];
  });
  if (outside > 0) counts.push(texts.outside(outside));
  const said = texts.networkSentence(until, counts.join(', ') || texts.nodes(0), network.edgeCount);
  const isolated = own.filter(({ kind, degree }) => degree === 0 && kind !== 'PROVINCE').length;
  return isolated > 0 && !isNarrowed(state) ? `${said} ${texts.isolated(isolated)}` : said;
}

function pathsText(paths: Path[]): string {
  const [first] = paths;
  const [start, end] = [first?.steps[0]?.from, first?.steps.at(-1)?.to];
  return first && start && end ? texts.pathsSentence(paths.length, labelOf(start.name), labelOf(end.name), first.length) : texts.noPath;
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
