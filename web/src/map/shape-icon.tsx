import { OUTLINES } from './stage/outlines';
import type { Shape } from './stage/picture';

/** A shape of the map beside its name. */
export function ShapeIcon({ shape, colour }: { shape: Shape; colour: string }) {
  return (
    <svg viewBox="-1.1 -1.1 2.2 2.2" width="16" height="16" aria-hidden="true">
      <path d={OUTLINES[shape]} fill={colour} fillRule="evenodd" />
    </svg>
  );
}
