import type { MapState } from './data/state';
import type { Choices } from './data/types';
import type { Change } from './data/use-state';
import { byName } from './language';
import { FIRST_DAY } from './data/api';
import { texts } from './texts';

interface Props {
  state: MapState;
  choices: Choices | undefined;
  today: string;
  change: Change;
}

/** Two dates of one place, or two provinces on one date. */
export function Compare({ state, choices, today, change }: Props) {
  const { place, since, beside, day } = state;
  return (
    <fieldset>
      <legend>{texts.compare}</legend>
      <label>
        {texts.compareWith}
        <input
          type="date"
          min={FIRST_DAY}
          max={day ?? today}
          value={since ?? ''}
          onChange={({ target }) => change({ since: target.value || null, beside: null })}
        />
      </label>
      {place.altitude === 'province' && (
        <label>
          {texts.compareProvince}
          <select value={beside ?? ''} onChange={({ target }) => change({ beside: target.value || null, since: null })}>
            <option value="" />
            {choices?.provinces
              .filter(({ code }) => code !== place.province)
              .toSorted((a, b) => byName(a.name, b.name))
              .map(({ code, name }) => (
                <option key={code} value={code}>
                  {name}
                </option>
              ))}
          </select>
        </label>
      )}
      {(since ?? beside) !== null && (
        <button type="button" onClick={() => change({ since: null, beside: null })}>
          {texts.stopCompare}
        </button>
      )}
    </fieldset>
  );
}
