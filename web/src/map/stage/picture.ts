import type { BodyKind, Node, TieKind } from '../data/types';

export const SHAPES = ['square', 'hexagon', 'ring', 'circle', 'diamond', 'document', 'triangle', 'pentagon'] as const;
export type Shape = (typeof SHAPES)[number];

/** How a line is drawn, by the nature of its tie. */
export type Pattern = 'solid' | 'dotted' | 'dashed';

export const NATURES = ['institutional', 'membership', 'partnership', 'declared'] as const;
export type Nature = (typeof NATURES)[number];

export type Change = 'appeared' | 'ended' | 'changed' | 'kept';

/** A mark of the picture. */
export interface Mark {
  id: string;
  label: string;
  shape: Shape;
  colour: string;
  /** Radius in pixels. */
  size: number;
  x: number;
  y: number;
  /** Its label is always shown. */
  isNamed: boolean;
  isFaint: boolean;
}

/** A line between two marks. */
export interface Line {
  id: string;
  from: string;
  to: string;
  colour: string;
  /** Pixels. */
  width: number;
  pattern: Pattern;
  /** Narrows towards its end. */
  isTapered: boolean;
  opacity: number;
}

/** What is to be drawn, however it is drawn. */
export interface Picture {
  marks: Mark[];
  lines: Line[];
  /** Whether the provinces' outlines lie under it: it is placed by longitude and latitude. */
  isOnLand: boolean;
  /** Marks from this radius on, in pixels, show their names where there is room. */
  namedFrom: number;
  /** What of the answer is not drawn, to stay legible. */
  folded: { nodes: number; ties: number };
  /** Corners of what is first shown: left, bottom, right, top. */
  frame: [number, number, number, number];
}

/** Marks at once at the most. */
export const MOST_MARKS = 2000;
/** Lines at once at the most. */
export const MOST_LINES = 6000;

/** Characters of a label. */
const LONGEST_LABEL = 36;

/** Italy by longitude and Mercator ordinate. */
export const ITALY: Picture['frame'] = [6.6, 37.9, 18.6, 53.5];

const BODY_SHAPES: Partial<Record<BodyKind, Shape>> = {
  CENTRAL_AUTHORITY: 'square',
  PREFECTURE: 'hexagon',
  TERRITORIAL_COUNCIL: 'ring',
};

/** Shape is the level. */
export function shapeOf({ kind, organisationKind }: Pick<Node, 'kind' | 'organisationKind'>): Shape {
  switch (kind) {
    case 'ORGANISATION':
      return (organisationKind && BODY_SHAPES[organisationKind]) || 'circle';
    case 'PROJECT':
      return 'diamond';
    case 'AGREEMENT':
      return 'document';
    case 'INTERVENTION':
      return 'triangle';
    case 'PROVINCE':
      return 'pentagon';
  }
}

export function natureOf(kind: TieKind): Nature {
  switch (kind) {
    case 'SUPERVISES':
    case 'COMPETENT_FOR':
    case 'CHAIRS':
      return 'institutional';
    case 'MEMBER_OF':
      return 'membership';
    case 'RESPONSIBLE_FOR':
    case 'CARRIES_OUT':
      return 'declared';
    default:
      return 'partnership';
  }
}

/** Line style is the tie's nature: width and pattern. */
export const STROKES: Record<Nature, { width: number; pattern: Pattern }> = {
  institutional: { width: 4, pattern: 'solid' },
  membership: { width: 2.4, pattern: 'solid' },
  partnership: { width: 1.4, pattern: 'solid' },
  declared: { width: 2, pattern: 'dotted' },
};

/** The corners that hold all marks, with some air. */
export function frameOf(marks: { x: number; y: number }[]): Picture['frame'] {
  if (marks.length === 0) return ITALY;
  const xs = marks.map(({ x }) => x);
  const ys = marks.map(({ y }) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [bottom, top] = [Math.min(...ys), Math.max(...ys)];
  const air = Math.max(right - left, top - bottom, 0.2) * 0.06;
  return [left - air, bottom - air, right + air, top + air];
}

/** A name as it is written beside a mark: the whole of it is in the panel and the table. */
export function labelOf(name: string): string {
  const short = name
    .replace(/^Consiglio territoriale per l'immigrazione/i, 'Consiglio territoriale')
    .replace(/^Prefettura - Ufficio Territoriale del Governo/i, 'Prefettura')
    .replace(/^Protocollo d'intesa in materia di /i, 'Protocollo: ');
  return short.length > LONGEST_LABEL ? `${short.slice(0, LONGEST_LABEL).trimEnd()}…` : short;
}

/** Grows with the square root, as an area does. */
export function sized(value: number, most: number, [smallest, largest]: [number, number]): number {
  return smallest + (largest - smallest) * Math.sqrt(most > 0 ? Math.max(value, 0) / most : 0);
}
