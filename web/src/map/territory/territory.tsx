import { Suspense, lazy, useMemo } from 'react';
import { COUNTS } from '../data/types';
import type { Count, Country } from '../data/types';
import { number } from '../language';
import type { Land } from '../stage/land';
import type { Palette } from '../stage/palette';
import { terms } from '../terms';
import { texts } from '../texts';
import { classOf, limitsOf } from './classes';

const TerritoryMap = lazy(() => import('./territory-map'));

interface Props {
  country: Country;
  land: Land | null;
  palette: Palette;
  count: string;
  onCount: (count: string) => void;
  selected: string | null;
  onSelect: (code: string) => void;
}

const isCount = (count: string): count is Count => (COUNTS as readonly string[]).includes(count);

/** The provinces coloured by a chosen count, with what the colours mean. */
export function Territory({ country, land, palette, count, onCount, selected, onSelect }: Props) {
  const chosen: Count = isCount(count) ? count : 'nodeCount';
  const values = useMemo(() => new Map(country.provinces.map((each) => [each.province, each[chosen]])), [country, chosen]);
  const limits = useMemo(() => limitsOf(values.values()), [values]);
  return (
    <div className="territory">
      <label className="territory-choice">
        {texts.colourTerritory}
        <select value={chosen} onChange={({ target }) => onCount(target.value)}>
          {COUNTS.map((each) => (
            <option key={each} value={each}>
              {terms.counts[each]}
            </option>
          ))}
        </select>
      </label>
      <Suspense fallback={<p className="soft">{texts.loading}</p>}>
        {land && (
          <TerritoryMap
            land={land}
            values={values}
            limits={limits}
            palette={palette}
            selected={selected}
            label={`${texts.views.territory}: ${terms.counts[chosen]}`}
            onSelect={onSelect}
          />
        )}
      </Suspense>
      <ul className="classes" aria-label={`${texts.legend}: ${terms.counts[chosen]}`}>
        <li>
          <span className="swatch" style={{ background: palette.land }} />0
        </li>
        {limits.map((limit, index) => (
          <li key={limit}>
            <span className="swatch" style={{ background: palette.ramp[classOf(limit, limits)] }} />
            {number((limits[index - 1] ?? 0) + 1)}–{number(limit)}
          </li>
        ))}
      </ul>
    </div>
  );
}
