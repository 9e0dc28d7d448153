import { useMemo } from 'react';
import { compared, figuresOf } from './data/difference';
import { gapKind, gapsByProvince } from './data/gaps';
import type { MapState } from './data/state';
import type { Choices, Node } from './data/types';
import type { MapData } from './data/use-data';
import { CountryTables, DifferenceTable, FiguresTable, NetworkTables, PathsTable, namesOf } from './table/tables';
import { ofRegion } from './stage/country-picture';
import { nodeTerm } from './terms';
import { texts } from './texts';

interface Props {
  state: MapState;
  data: MapData;
  choices: Choices | undefined;
  today: string;
  onSelect: (id: string) => void;
}

/** The tables that say what the picture says. */
export function Tables({ state, data, choices, today, onSelect }: Props) {
  const { place, selected, since, beside, towards, day } = state;
  const provinces = useMemo(() => namesOf(choices), [choices]);
  const regions = useMemo(() => new Map(choices?.regions.map(({ code, name }) => [code, name])), [choices]);
  const chosen = { selected, onSelect };
  if (selected && towards) return data.paths.data ? <PathsTable paths={data.paths.data} {...chosen} /> : null;
  if (place.altitude === 'country') {
    if (!data.country.data) return null;
    const country = ofRegion(data.country.data, place.region);
    const before = since && data.before.data ? ofRegion(data.before.data, place.region) : null;
    const kind = gapKind(state.count);
    const gap = data.gaps.data?.totals.find((each) => each.kind === kind);
    const gaps = gap && data.gaps.data ? { label: gap.label, values: gapsByProvince(data.gaps.data, gap.kind) } : null;
    const earlier = new Map(before?.provinces.map((each) => [each.province, each.nodeCount]));
    return (
      <>
        {since && before && (
          <FiguresTable
            heads={[since, day ?? today]}
            rows={country.provinces.map(({ province, name, nodeCount }) => ({ name, one: earlier.get(province) ?? 0, other: nodeCount }))}
          />
        )}
        <CountryTables country={country} regions={regions} gaps={gaps} {...chosen} />
      </>
    );
  }
  const { data: network } = data.network;
  if (!network) return null;
  if (since) {
    if (!data.difference.data) return null;
    const nodes = new Map<string, Node>(compared(network, data.difference.data).network.nodes.map((node) => [node.id, node]));
    return <DifferenceTable difference={data.difference.data} nodes={nodes} {...chosen} />;
  }
  const other = beside ? data.beside.data : null;
  return (
    <>
      {other && place.altitude === 'province' && (
        <FiguresTable
          heads={[provinces.get(place.province) ?? place.province, provinces.get(beside ?? '') ?? '']}
          rows={sideBySide(figuresOf(network, nodeTerm), figuresOf(other, nodeTerm), network.edgeCount, other.edgeCount)}
        />
      )}
      <NetworkTables network={network} provinces={provinces} {...chosen} />
    </>
  );
}

function sideBySide(one: Map<string, number>, other: Map<string, number>, ties: number, otherTies: number) {
  const names = [...new Set([...one.keys(), ...other.keys()])].sort();
  const rows = names.map((name) => ({ name, one: one.get(name) ?? 0, other: other.get(name) ?? 0 }));
  return [...rows, { name: texts.captions.ties, one: ties, other: otherTies }];
}
