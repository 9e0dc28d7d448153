import type { Change } from '../stage/picture';
import type { Difference, Edge, Network, Node } from './types';

/** The network of the later day together with what has ended since the earlier one, and how each has changed. */
export interface Compared {
  network: Network;
  changes: Map<string, Change>;
}

export function compared(network: Network, difference: Difference): Compared {
  const changes = new Map<string, Change>();
  const tell = (items: { id: string }[], change: Change) => items.forEach(({ id }) => changes.set(id, change));
  const altered = new Set(difference.changedEdges.map(endsOf));
  tell(network.edges.filter((edge) => altered.has(endsOf(edge))), 'changed');
  tell(difference.appearedNodes, 'appeared');
  tell(difference.appearedEdges, 'appeared');
  tell(difference.endedNodes, 'ended');
  tell(difference.endedEdges, 'ended');
  const nodes = merged<Node>(network.nodes, [...difference.endedNodes, ...difference.appearedNodes]);
  const edges = merged<Edge>(network.edges, [...difference.endedEdges, ...difference.appearedEdges]);
  const known = new Set(nodes.map(({ id }) => id));
  return {
    changes,
    network: { ...network, nodes, edges: edges.filter(({ from, to }) => known.has(from) && known.has(to)) },
  };
}

/** Names a tie on both days, whose ids differ where another record makes it. */
const endsOf = ({ kind, from, to }: Pick<Edge, 'kind' | 'from' | 'to'>): string => `${kind} ${from} ${to}`;

function merged<Item extends { id: string }>(first: Item[], more: Item[]): Item[] {
  const known = new Set(first.map(({ id }) => id));
  const added = more.filter(({ id }) => !known.has(id) && known.add(id));
  return [...first, ...added];
}

/** Counts of a network by what its nodes are, for comparisons. */
export function figuresOf(network: Network, nameOf: (node: Node) => string): Map<string, number> {
  const figures = new Map<string, number>();
  for (const node of network.nodes) {
    const name = nameOf(node);
    figures.set(name, (figures.get(name) ?? 0) + 1);
  }
  return figures;
}
