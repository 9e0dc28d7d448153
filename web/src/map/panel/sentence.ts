import type { Edge, Node, Network, TieKind } from '../data/types';
import { TIE_KINDS } from '../data/types';
import { dayText } from '../language';
import { texts } from '../texts';

/** Ties of one kind and direction of the chosen node. */
export interface Group {
  kind: TieKind;
  /** Whether the node is where they start. */
  isActive: boolean;
  ties: { edge: Edge; other: Node }[];
}

/** A node's ties, as its ego network tells them. */
export function groupsOf(network: Network, id: string): Group[] {
  const nodes = new Map(network.nodes.map((node) => [node.id, node]));
  const order = [true, false].flatMap((isActive) => TIE_KINDS.map((kind) => ({ kind, isActive })));
  return order.flatMap(({ kind, isActive }) => {
    const ties = network.edges.flatMap((edge) => {
      const other = nodes.get(isActive ? edge.to : edge.from);
      return edge.kind === kind && other && (isActive ? edge.from : edge.to) === id ? [{ edge, other }] : [];
    });
    return ties.length > 0 ? [{ kind, isActive, ties }] : [];
  });
}

/** How many bodies a node works with: those of its councils, projects, agreements and interventions. */
export function partnersOf(network: Network, id: string): number {
  return network.nodes.filter(
    (node) => node.kind === 'ORGANISATION' && node.organisationKind !== 'TERRITORIAL_COUNCIL' && node.id !== id,
  ).length;
}

function clause({ kind, isActive, ties }: Group): string {
  const [active = kind, passive = kind] = texts.isTie[kind] ?? [];
  const verb = isActive ? active : passive;
  const [first] = ties;
  if (ties.length === 1 && first) {
    const { validFrom } = first.edge;
    return [verb, first.other.name, validFrom && texts.since(dayText(validFrom))].filter(Boolean).join(' ');
  }
  const kinds = new Set(ties.map(({ other }) => other.kind));
  const ends = new Set(ties.map(({ other }) => other.id)).size;
  const [only] = kinds;
  const count = kinds.size === 1 && only ? texts.many[only] : texts.many.nodes;
  return `${verb} ${count?.(ends) ?? ends}`;
}

/** What follows a name: "is a member of … since …, leads 2 projects and works with 14 bodies." */
export function sentence(groups: Group[], partners: number): string {
  const clauses = groups.map(clause);
  if (clauses.length === 0) return `${texts.noTies}.`;
  if (partners > 0) clauses.push(texts.worksWith(partners));
  const last = clauses.pop();
  return `${clauses.length > 0 ? `${clauses.join(', ')}${texts.and}` : ''}${last}.`;
}
