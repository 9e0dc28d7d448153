import type { Edge, Node, Path } from '../data/types';
import { nodeTerm } from '../terms';
import type { Palette } from './palette';
import { STROKES, labelOf, natureOf, shapeOf } from './picture';
import type { Picture } from './picture';

/** Between the columns, room for a name; from one end to the other. */
const [WIDTH, HEIGHT] = [1.7, 3.2];

/** Paths from top to bottom, one beside the other, between the same two ends. */
export function pathsPicture(paths: Path[], palette: Palette): Picture {
  const nodes = new Map<string, { node: Node; x: number; y: number }>();
  const edges = new Map<string, Edge>();
  const middle = (paths.length - 1) / 2;
  paths.forEach(({ steps, length }, column) => {
    const along = [steps[0]?.from, ...steps.map(({ to }) => to)].filter((node) => node !== undefined);
    along.forEach((node, place) => {
      const isEnd = place === 0 || place === length;
      if (!nodes.has(node.id)) nodes.set(node.id, { node, x: isEnd ? 0 : WIDTH * (column - middle), y: (-HEIGHT * place) / Math.max(length, 1) });
    });
    for (const edge of steps.flatMap((step) => step.edges)) edges.set(edge.id, edge);
  });
  const ends = new Set(paths.flatMap(({ steps }) => [steps[0]?.from.id, steps.at(-1)?.to.id]));
  const marks = [...nodes.values()].map(({ node, x, y }) => {
    const shape = shapeOf(node);
    const isEnd = ends.has(node.id);
    return {
      id: node.id,
      label: node.name ? labelOf(node.name) : nodeTerm(node),
      shape,
      colour: isEnd ? palette.chosen : (palette.level[shape] ?? palette.accent),
      size: isEnd ? 14 : 10,
      x,
      y,
      isNamed: true,
      isFaint: false,
    };
  });
  const lines = [...edges.values()].map((edge) => ({
    ...STROKES[natureOf(edge.kind)],
    id: edge.id,
    from: edge.from,
    to: edge.to,
    colour: palette.tie,
    isTapered: true,
    opacity: 0.9,
  }));
  return { marks, lines, isOnLand: false, namedFrom: 0, folded: { nodes: 0, ties: 0 }, frame: [-WIDTH * (middle + 0.2), -HEIGHT * 1.05, WIDTH * (middle + 0.8), HEIGHT * 0.05] };
}
