import type { Edge, Network, Node } from '../data/types';
import type { Palette } from './palette';
import { MOST_LINES, MOST_MARKS, STROKES, frameOf, natureOf, shapeOf, sized } from './picture';
import type { Change, Line, Mark, Picture } from './picture';

export interface Position {
  x: number;
  y: number;
}

export interface Options {
  palette: Palette;
  isOnLand: boolean;
  selected: string | null;
  /** The colour of a node: by level, community or fund. */
  colourOf: (node: Node, index: number) => string;
  /** Positions already shown, which stay as they are. */
  places: Map<string, Position>;
  /** How each node and tie has changed; without it, nothing is compared. */
  changes?: Map<string, Change>;
}

/** Larger than most: the pillars of a province's network. */
const PILLARS = new Set(['square', 'hexagon', 'ring']);
const SIZES: [number, number] = [4, 16];
const NAMED = 12;
const SIGNS: Record<Change, string> = { appeared: '+ ', ended: '− ', changed: '± ', kept: '' };

/** Bodies, projects and agreements with the ties between them; the least tied are folded where there are too many. */
export function networkPicture(network: Network, options: Options): Picture {
  const { selected, palette, changes } = options;
  const { nodes, edges, measure } = network;
  const ranked = nodes
    .map((node, index) => ({ node, index, value: measure.values[index] ?? node.degree }))
    .sort((a, b) => rank(b, selected) - rank(a, selected) || b.value - a.value);
  const shown = ranked.slice(0, MOST_MARKS);
  const most = Math.max(...shown.map(({ value }) => value), 0);
  const known = new Set(shown.map(({ node }) => node.id));
  const near = neighbours(edges, selected);
  const isCompared = changes !== undefined;
  const marks = shown.map(({ node, index, value }, place): Mark => {
    const change = changes?.get(node.id) ?? 'kept';
    const shape = shapeOf(node);
    return {
      id: node.id,
      label: `${isCompared ? SIGNS[change] : ''}${node.name}`,
      shape,
      colour: isCompared ? palette[change] : options.colourOf(node, index),
      size: sized(value, most, SIZES) + (PILLARS.has(shape) ? 2 : 0),
      ...placed(node, index, options.places),
      isNamed: node.id === selected || (place < NAMED && PILLARS.has(shape)),
      isFaint: selected !== null && known.has(selected) && node.id !== selected && !near.has(node.id),
    };
  });
  const drawable = edges.filter(({ from, to }) => known.has(from) && known.has(to));
  const lines = drawable.slice(0, MOST_LINES).map((edge) => line(edge, options));
  return {
    marks,
    lines,
    isOnLand: options.isOnLand,
    folded: { nodes: nodes.length - marks.length, ties: edges.length - lines.length },
    frame: frameOf(marks),
  };
}

function rank({ node }: { node: Node }, selected: string | null): number {
  return node.id === selected ? 2 : PILLARS.has(shapeOf(node)) ? 1 : 0;
}

/** Where the hub placed a node, unless it is already shown somewhere; without a place, on a spiral around the middle. */
function placed(node: Node, index: number, places: Map<string, Position>): Position {
  const known = places.get(node.id);
  if (known) return known;
  const turn = index * 2.399963;
  const place = {
    x: node.x ?? 12.5 + 0.02 * Math.sqrt(index) * Math.cos(turn),
    y: node.y ?? 45 + 0.02 * Math.sqrt(index) * Math.sin(turn),
  };
  places.set(node.id, place);
  return place;
}

function neighbours(edges: Edge[], selected: string | null): Set<string> {
  if (!selected) return new Set();
  return new Set(edges.flatMap(({ from, to }) => (from === selected ? [to] : to === selected ? [from] : [])));
}

function line(edge: Edge, { palette, selected, changes }: Options): Line {
  const { width, pattern } = STROKES[natureOf(edge.kind)];
  const isChosen = edge.from === selected || edge.to === selected;
  const change = changes?.get(edge.id) ?? 'kept';
  const faded = selected ? 0.15 : 0.5;
  const base = { id: edge.id, from: edge.from, to: edge.to, isTapered: true };
  if (!changes) {
    return { ...base, colour: isChosen ? palette.chosen : palette.tie, width, pattern, opacity: isChosen ? 0.95 : faded };
  }
  const patterns = { appeared: 'solid', ended: 'dashed', changed: 'dotted', kept: pattern } as const;
  return {
    ...base,
    colour: palette[change],
    width: change === 'kept' ? width : Math.max(width, 2.2),
    pattern: patterns[change],
    opacity: change === 'kept' ? 0.25 : 0.95,
  };
}
