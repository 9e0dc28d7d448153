import type { Shape } from './picture';

const polygon = (corners: number, radius: number, turn: number): string =>
  `M${Array.from({ length: corners }, (_, corner) => {
    const angle = turn + (corner * 2 * Math.PI) / corners;
    return `${(radius * Math.cos(angle)).toFixed(3)} ${(radius * Math.sin(angle)).toFixed(3)}`;
  }).join('L')}Z`;

const disc = (radius: number): string => `M${radius} 0A${radius} ${radius} 0 1 1 ${-radius} 0A${radius} ${radius} 0 1 1 ${radius} 0Z`;

/** The shapes as paths around (0, 0), as large as a circle of radius 1, for what is not drawn by WebGL. */
export const OUTLINES: Record<Shape, string> = {
  circle: disc(1),
  square: 'M-.8-.8H.8V.8H-.8Z',
  hexagon: polygon(6, 1, 0),
  ring: `${disc(1)}${disc(0.56)}`,
  diamond: 'M0-1L1 0L0 1L-1 0Z',
  document: 'M-.68-.92H.2L.68-.44V.92H-.68Z',
  triangle: polygon(3, 1, -Math.PI / 2),
  pentagon: polygon(5, 1, -Math.PI / 2),
};
