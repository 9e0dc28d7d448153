import { useMemo } from 'react';
import { COUNTS } from '../data/types';
import type { Choices, Country, Difference, Edge, Network, Node, Path } from '../data/types';
import type { Change } from '../stage/picture';
import { nodeTerm, term, terms } from '../terms';
import { texts } from '../texts';
import { DataTable } from './data-table';
import type { Column } from './data-table';

const t = texts.table;

interface Chosen {
  selected: string | null;
  onSelect: (id: string) => void;
}

/** The names of provinces by code. */
export type ProvinceNames = Map<string, string>;

export function namesOf(choices: Choices | undefined): ProvinceNames {
  return new Map(choices?.provinces.map(({ code, name }) => [code, name]));
}

/** What the map of the country says. */
export function CountryTables({ country, regions, gaps, selected, onSelect }: Chosen & {
  country: Country;
  regions: ProvinceNames;
  /** The gaps that the territory is coloured by. */
  gaps: { label: string; values: Map<string, number> } | null;
}) {
  const names = new Map(country.provinces.map(({ province, name }) => [province, name]));
  const columns: Column<Country['provinces'][number]>[] = [
    { name: 'name', title: t.province, value: ({ name }) => name },
    { name: 'region', title: t.region, value: ({ region }) => regions.get(region) ?? region },
    ...COUNTS.map((count) => ({ name: count, title: terms.counts[count], value: (row: Country['provinces'][number]) => row[count] })),
    ...(gaps ? [{ name: 'gaps', title: gaps.label, value: ({ province }: Country['provinces'][number]) => gaps.values.get(province) ?? 0 }] : []),
  ];
  const ties: Column<Country['ties'][number]>[] = [
    { name: 'one', title: t.from, value: ({ one }) => names.get(one) ?? one },
    { name: 'other', title: t.to, value: ({ other }) => names.get(other) ?? other },
    { name: 'count', title: t.count, value: ({ count }) => count },
  ];
  const strongest = useMemo(() => country.ties.toSorted((a, b) => b.count - a.count), [country]);
  return (
    <>
      <DataTable
        caption={texts.captions.provinces}
        columns={columns}
        rows={country.provinces}
        keyOf={({ province }) => province}
        selected={selected}
        onSelect={({ province }) => onSelect(province)}
      />
      <DataTable caption={texts.captions.provinceTies} columns={ties} rows={strongest} keyOf={({ one, other }) => `${one}-${other}`} />
    </>
  );
}

const tieColumns = (nameOf: (id: string) => string): Column<Edge>[] => [
  { name: 'from', title: t.from, value: ({ from }) => nameOf(from) },
  { name: 'kind', title: t.tie, value: ({ kind }) => term(terms.tieKinds, kind) },
  { name: 'to', title: t.to, value: ({ to }) => nameOf(to) },
  { name: 'validFrom', title: t.validFrom, value: ({ validFrom }) => validFrom },
  { name: 'validUntil', title: t.validUntil, value: ({ validUntil }) => validUntil },
  { name: 'record', title: t.record, value: ({ recordKind }) => term(terms.recordKinds, recordKind) },
];

/** What the map of a province, or around a body, says. */
export function NetworkTables({ network, provinces, selected, onSelect }: Chosen & { network: Network; provinces: ProvinceNames }) {
  const { nodes, edges, measure } = network;
  const byId = useMemo(() => new Map(nodes.map((node, index) => [node.id, { node, index }])), [nodes]);
  const columns: Column<Node>[] = [
    { name: 'name', title: t.name, value: ({ name }) => name },
    { name: 'kind', title: t.kind, value: nodeTerm },
    { name: 'province', title: t.province, value: ({ province }) => (province && provinces.get(province)) ?? province },
    { name: 'degree', title: t.degree, value: ({ degree }) => degree },
    { name: 'measure', title: measure.label, value: ({ id }) => measure.values[byId.get(id)?.index ?? -1] ?? null },
  ];
  const nameOf = (id: string) => byId.get(id)?.node.name ?? id;
  return (
    <>
      <DataTable
        caption={texts.captions.nodes}
        columns={columns}
        rows={nodes}
        keyOf={({ id }) => id}
        selected={selected}
        onSelect={({ id }) => onSelect(id)}
      />
      <DataTable caption={texts.captions.ties} columns={tieColumns(nameOf)} rows={edges} keyOf={({ id }) => id} />
    </>
  );
}

interface Changed {
  key: string;
  change: Change;
  name: string;
  kind: string;
  node: string | null;
}

/** What has changed between two dates. */
export function DifferenceTable({ difference, nodes, selected, onSelect }: Chosen & { difference: Difference; nodes: Map<string, Node> }) {
  const nameOf = (id: string) => nodes.get(id)?.name ?? id;
  const ofNode = (change: Change) => (node: Node): Changed => ({
    key: node.id,
    change,
    name: node.name,
    kind: nodeTerm(node),
    node: node.id,
  });
  const ofEdge = (change: Change) => (edge: Pick<Edge, 'kind' | 'from' | 'to'>, index: number): Changed => ({
    key: `${change}-${index}`,
    change,
    name: `${nameOf(edge.from)} → ${nameOf(edge.to)}`,
    kind: term(terms.tieKinds, edge.kind),
    node: edge.from,
  });
  const rows = [
    ...difference.appearedNodes.map(ofNode('appeared')),
    ...difference.endedNodes.map(ofNode('ended')),
    ...difference.appearedEdges.map(ofEdge('appeared')),
    ...difference.endedEdges.map(ofEdge('ended')),
    ...difference.changedEdges.map(ofEdge('changed')),
  ];
  const columns: Column<Changed>[] = [
    { name: 'name', title: t.name, value: ({ name }) => name },
    { name: 'kind', title: t.kind, value: ({ kind }) => kind },
    { name: 'change', title: t.change, value: ({ change }) => texts.change[change] },
  ];
  return (
    <DataTable
      caption={texts.captions.differences}
      columns={columns}
      rows={rows}
      keyOf={({ key }) => key}
      selected={selected}
      onSelect={({ node }) => node && onSelect(node)}
    />
  );
}

interface Stage {
  key: string;
  path: number;
  step: number;
  from: Node;
  to: Node;
  edge: Edge;
}

/** The steps of the paths between two bodies. */
export function PathsTable({ paths, selected, onSelect }: Chosen & { paths: Path[] }) {
  const rows = paths.flatMap(({ steps }, path) =>
    steps.flatMap(({ from, to, edges }, step) =>
      edges.map((edge): Stage => ({ key: `${path}-${step}-${edge.id}`, path: path + 1, step: step + 1, from, to, edge })),
    ),
  );
  const nameOf = (row: Stage, id: string) => (row.from.id === id ? row.from.name : row.to.name);
  const columns: Column<Stage>[] = [
    { name: 'from', title: t.from, value: (row) => nameOf(row, row.edge.from) },
    { name: 'kind', title: t.tie, value: ({ edge }) => term(terms.tieKinds, edge.kind) },
    { name: 'to', title: t.to, value: (row) => nameOf(row, row.edge.to) },
    { name: 'path', title: t.path, value: ({ path }) => path },
    { name: 'step', title: t.step, value: ({ step }) => step },
    { name: 'record', title: t.record, value: ({ edge }) => term(terms.recordKinds, edge.recordKind) },
  ];
  return (
    <DataTable
      caption={texts.captions.paths}
      columns={columns}
      rows={rows}
      keyOf={({ key }) => key}
      selected={selected}
      onSelect={({ edge }) => onSelect(edge.from)}
    />
  );
}

/** The same figures of two things, side by side: two dates, or two provinces. */
export function FiguresTable({ rows, heads }: { rows: { name: string; one: number; other: number }[]; heads: [string, string] }) {
  const columns: Column<(typeof rows)[number]>[] = [
    { name: 'figure', title: t.figure, value: ({ name }) => name },
    { name: 'one', title: heads[0], value: ({ one }) => one },
    { name: 'other', title: heads[1], value: ({ other }) => other },
    { name: 'delta', title: t.delta, value: ({ one, other }) => other - one },
  ];
  return <DataTable caption={texts.captions.figures} columns={columns} rows={rows} keyOf={({ name }) => name} />;
}
