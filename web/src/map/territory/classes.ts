/** Colours of the territory. */
const CLASSES = 6;

/** Upper limits of the classes: each holds about as many of the provinces that have any. */
export function limitsOf(values: Iterable<number>): number[] {
  const ordered = [...values].filter((value) => value > 0).sort((a, b) => a - b);
  const limits = Array.from({ length: CLASSES }, (_, index) => {
    const place = Math.ceil(((index + 1) * ordered.length) / CLASSES) - 1;
    return ordered[Math.max(place, 0)] ?? 0;
  });
  return [...new Set(limits)].filter((limit) => limit > 0);
}

/** The place of a value's colour; few classes take the darker colours. */
export function classOf(value: number, limits: number[]): number {
  const found = limits.findIndex((limit) => value <= limit);
  return CLASSES - limits.length + (found < 0 ? limits.length - 1 : found);
}
