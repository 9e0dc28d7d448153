import { Suspense, lazy, useMemo } from 'react';
import { gapCount, gapKind, gapsByProvince } from '../data/gaps';
import { COUNTS } from '../data/types';
import type { Count, Country, Gaps } from '../data/types';
import { number } from '../language';
import type { Land } from '../stage/land';
import type { Palette } from '../stage/palette';
import { terms } from '../terms';
import { texts } from '../texts';
import { classOf, limitsOf } from './classes';

const TerritoryMap = lazy(() => import('./territory-map'));

interface Props {
  country: Country;
  /** Where coordination falls short, once it is known. */
  gaps: Gaps | undefined;
  land: Land | null;
  palette: Palette;
  count: string;
  onCount: (count: string) => void;
  selected: string | null;
  onSelect: (code: string) => void;
}

const isCount = (count: string): count is Count => (COUNTS as readonly string[]).includes(count);

/** The provinces coloured by a chosen count, with what the colours mean. */
export function Territory({ country, gaps, land, palette, count, onCount, selected, onSelect }: Props) {
  const chosen: Count = isCount(count) ? count : 'nodeCount';
  const kind = gapKind(count);
  const gap = gaps?.totals.find((each) => each.kind === kind);
  const name = gap?.label ?? terms.counts[chosen];
  const values = useMemo(
    () =>
      gap && gaps ? gapsByProvince(gaps, gap.kind) : new Map(country.provinces.map((each) => [each.province, each[chosen]])),
    [country, chosen, gaps, gap],
  );
  const limits = useMemo(() => limitsOf(values.values()), [values]);
  return (
    <div className="territory">
      <label className="territory-choice">
        {texts.colourTerritory}
        <select value={gap ? count : chosen} onChange={({ target }) => onCount(target.value)}>
          {COUNTS.map((each) => (
            <option key={each} value={each}>
              {terms.counts[each]}
            </option>
          ))}
          {gaps && (
            <optgroup label={texts.gaps}>
              {gaps.totals.map((each) => (
                <option key={each.kind} value={gapCount(each.kind)}>
                  {each.label} ({number(each.count)})
                </option>
              ))}
            </optgroup>
          )}
        </select>
        {gap && <span className="explanation">{gap.explanation}</span>}
      </label>
      <Suspense fallback={<p className="soft">{texts.loading}</p>}>
        {land && (
          <TerritoryMap
            land={land}
            values={values}
            limits={limits}
            palette={palette}
            selected={selected}
            label={`${texts.views.territory}: ${name}`}
            onSelect={onSelect}
          />
        )}
      </Suspense>
      <ul className="classes" aria-label={`${texts.legend}: ${name}`}>
        <li>
          <span className="swatch" style={{ background: palette.land }} />0
        </li>
        {limits.map((limit, index) => (
          <li key={limit}>
            <span className="swatch" style={{ background: palette.ramp[classOf(limit, limits)] }} />
            {(limits[index - 1] ?? 0) + 1 < limit && `${number((limits[index - 1] ?? 0) + 1)}–`}
            {number(limit)}
          </li>
        ))}
      </ul>
    </div>
  );
}
