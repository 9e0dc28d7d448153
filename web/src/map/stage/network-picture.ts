import type { Edge, Network, Node } from '../data/types';
import type { Palette } from './palette';
import { MOST_LINES, MOST_MARKS, STROKES, frameOf, labelOf, natureOf, shapeOf, sized } from './picture';
import type { Change, Line, Mark, Picture } from './picture';

export interface Position {
  x: number;
  y: number;
}

export interface Options {
  palette: Palette;
  /** Province whose own nodes stand in the middle; all others around it. */
  focus: string | null;
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
/** So few marks are all named. */
const FEW = 60;
/** Outside the province, marks are smaller. */
const OUTSIDE = 0.75;
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
  const isOwn = ({ province }: Node) => !options.focus || province === options.focus;
  place(nodes, isOwn, options.places);
  const isCompared = changes !== undefined;
  const marks = shown.map(({ node, index, value }): Mark => {
    const change = changes?.get(node.id) ?? 'kept';
    const shape = shapeOf(node);
    return {
      id: node.id,
      label: `${isCompared ? SIGNS[change] : ''}${labelOf(node.name)}`,
      shape,
      colour: isCompared ? palette[change] : options.colourOf(node, index),
      size: (sized(value, most, SIZES) + (PILLARS.has(shape) ? 2 : 0)) * (isOwn(node) ? 1 : OUTSIDE),
      ...options.places.get(node.id)!,
      isNamed: node.id === selected || (isOwn(node) && PILLARS.has(shape)) || shape === 'square',
      isFaint: selected !== null && known.has(selected) && node.id !== selected && !near.has(node.id),
    };
  });
  const drawable = edges.filter(({ from, to }) => known.has(from) && known.has(to));
  const lines = drawable.slice(0, MOST_LINES).map((edge) => line(edge, options));
  return {
    marks,
    lines,
    isOnLand: options.focus !== null,
    namedFrom: marks.length > FEW ? 5 : 0,
    folded: { nodes: nodes.length - marks.length, ties: edges.length - lines.length },
    frame: options.focus ? frameOf(marks) : roomy(frameOf(marks)),
  };
}

function rank({ node }: { node: Node }, selected: string | null): number {
  return node.id === selected ? 2 : PILLARS.has(shapeOf(node)) ? 1 : 0;
}

/**
 * Gives each node a place that it then keeps: where the hub placed it, or, outside the province that is looked at, on a
 * rim around it, in the direction in which it lies.
 */
function place(nodes: Node[], isOwn: (node: Node) => boolean, places: Map<string, Position>): void {
  nodes.forEach((node, index) => {
    if (isOwn(node) && !places.has(node.id)) places.set(node.id, given(node) ?? spiral(index));
  });
  const outside = nodes.filter((node) => !isOwn(node) && !places.has(node.id));
  if (outside.length === 0) return;
  const [left, bottom, right, top] = frameOf(nodes.filter(isOwn).map(({ id }) => places.get(id)!));
  const middle = { x: (left + right) / 2, y: (bottom + top) / 2 };
  const radius = Math.max(right - left, top - bottom) / 2;
  const bearing = (node: Node) => Math.atan2((node.y ?? top) - middle.y, (node.x ?? middle.x) - middle.x);
  const ordered = outside.map((node) => ({ node, angle: bearing(node) })).sort((a, b) => a.angle - b.angle);
  spread(ordered.map(({ angle }) => angle)).forEach((angle, index) => {
    const at = { x: middle.x + 1.6 * radius * Math.cos(angle), y: middle.y + 1.15 * radius * Math.sin(angle) };
    places.set(ordered[index]!.node.id, at);
  });
}

/** With room for the names on the right. */
function roomy([left, bottom, right, top]: Picture['frame']): Picture['frame'] {
  return [left - 0.1 * (right - left), bottom, right + 0.4 * (right - left), top];
}

const given = ({ x, y }: Node): Position | null => (typeof x === 'number' && typeof y === 'number' ? { x, y } : null);

const spiral = (index: number): Position => ({
  x: 12.5 + 0.02 * Math.sqrt(index) * Math.cos(index * 2.399963),
  y: 45 + 0.02 * Math.sqrt(index) * Math.sin(index * 2.399963),
});

/** Ascending angles, moved apart as far as needed; in the same order. */
export function spread(angles: number[]): number[] {
  const gap = Math.min((2 * Math.PI) / Math.max(angles.length, 1), 0.09);
  let last = -Infinity;
  const moved = angles.map((angle) => (last = Math.max(angle, last + gap)));
  const excess = Math.max(last - (moved[0] ?? 0) - 2 * Math.PI + gap, 0);
  // What was pushed beyond a full turn is taken back evenly.
  return excess === 0 ? moved : moved.map((_, index) => (moved[0] ?? 0) + (index * 2 * Math.PI) / angles.length);
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
    opacity: change === 'kept' ? 0.12 : 0.9,
  };
}
