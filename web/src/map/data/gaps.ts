import type { Gaps } from './types';

/** What the territory is coloured by when it is a kind of gap, as the address keeps it. */
const PREFIX = 'gap:';

export const gapCount = (kind: string): string => PREFIX + kind;

/** The kind of gap that the territory is coloured by; `null` for any other count. */
export const gapKind = (count: string): string | null => (count.startsWith(PREFIX) ? count.slice(PREFIX.length) : null);

/** Gaps of a kind by the provinces of the office that they concern, by ISTAT code. */
export function gapsByProvince(gaps: Gaps, kind: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const { office, counts } of gaps.offices) {
    const count = counts.find((each) => each.kind === kind)?.count ?? 0;
    for (const { code } of office.provinces) values.set(code, (values.get(code) ?? 0) + count);
  }
  return values;
}
