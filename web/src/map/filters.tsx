import { COLOURS, isNarrowed } from './data/state';
import type { MapState, Place } from './data/state';
import { BODY_KINDS, METRICS, NODE_KINDS, TIE_KINDS } from './data/types';
import type { Choices, Programme } from './data/types';
import type { Change } from './data/use-state';
import { byName } from './language';
import { terms } from './terms';
import { texts } from './texts';

interface Props {
  state: MapState;
  choices: Choices | undefined;
  change: Change;
}

/** What the map is narrowed to, and how it is drawn. */
export function Filters({ state, choices, change }: Props) {
  const isCountry = state.place.altitude === 'country';
  return (
    <>
      <Territory place={state.place} choices={choices} onChange={(place) => change({ place, selected: null, beside: null })} />
      {state.place.altitude === 'around' && <Hops place={state.place} change={change} />}
      <Kinds title={texts.whatIsShown} all={NODE_KINDS} names={terms.nodeKinds} chosen={state.nodeKinds} onChange={(nodeKinds) => change({ nodeKinds })} isOpen />
      <Kinds title={texts.bodies} all={BODY_KINDS} names={terms.bodyKinds} chosen={state.bodyKinds} onChange={(bodyKinds) => change({ bodyKinds })} />
      <Kinds title={texts.whichTies} all={TIE_KINDS} names={terms.tieKinds} chosen={state.tieKinds} onChange={(tieKinds) => change({ tieKinds })} />
      <label>
        {texts.fund}
        <select value={state.programme ?? ''} onChange={({ target }) => change({ programme: target.value || null })}>
          <option value="">{texts.allFunds}</option>
          {choices?.programmes.map((programme) => (
            <optgroup key={programme.code} label={programme.name}>
              {lines(programme, 0).map(({ code, text }) => (
                <option key={code} value={code}>
                  {text}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      {(choices?.territorialPlans.nodes.length ?? 0) > 0 && (
        <label>
          {texts.plan}
          <select value={state.plan ?? ''} onChange={({ target }) => change({ plan: target.value || null })}>
            <option value="">{texts.allPlans}</option>
            {choices?.territorialPlans.nodes
              .toSorted((a, b) => byName(a.title, b.title))
              .map(({ id, title, periodFrom, periodUntil }) => (
                <option key={id} value={id}>
                  {title} ({periodFrom.slice(0, 4)}–{periodUntil.slice(0, 4)})
                </option>
              ))}
          </select>
        </label>
      )}
      {isNarrowed(state) && (
        <button type="button" onClick={() => change({ nodeKinds: [], bodyKinds: [], tieKinds: [], programme: null, plan: null })}>
          {texts.clear}
        </button>
      )}
      {!isCountry && (
        <fieldset>
          <legend>{texts.appearance}</legend>
          <label>
            {texts.colourBy}
            <select value={state.colour} onChange={({ target }) => change({ colour: target.value as MapState['colour'] })}>
              {COLOURS.map((colour) => (
                <option key={colour} value={colour}>
                  {texts.colours[colour]}
                </option>
              ))}
            </select>
          </label>
          <label>
            {texts.sizeBy}
            <select value={state.size} onChange={({ target }) => change({ size: target.value as MapState['size'] })}>
              {METRICS.map((metric) => (
                <option key={metric} value={metric}>
                  {texts.metrics[metric]}
                </option>
              ))}
            </select>
          </label>
        </fieldset>
      )}
    </>
  );
}

function lines({ code, label, name, children = [] }: Programme, depth: number): { code: string; text: string }[] {
  const own = { code, text: `${'\u2003'.repeat(depth)}${label} · ${name}` };
  return [own, ...children.flatMap((child) => lines(child, depth + 1))];
}

function Territory({ place, choices, onChange }: { place: Place; choices: Choices | undefined; onChange: (place: Place) => void }) {
  const value =
    place.altitude === 'province' ? `p${place.province}` : place.altitude === 'country' && place.region ? `r${place.region}` : '';
  const choose = (chosen: string) => {
    const code = chosen.slice(1);
    if (chosen.startsWith('p')) onChange({ altitude: 'province', province: code });
    else onChange({ altitude: 'country', region: code || null });
  };
  return (
    <label>
      {texts.territory}
      <select value={value} onChange={({ target }) => choose(target.value)}>
        <option value="">{texts.allCountry}</option>
        {choices?.regions.map((region) => (
          <optgroup key={region.code} label={region.name}>
            <option value={`r${region.code}`}>{region.name}</option>
            {choices.provinces
              .filter(({ region: { code } }) => code === region.code)
              .toSorted((a, b) => byName(a.name, b.name))
              .map(({ code, name, abbreviation }) => (
                <option key={code} value={`p${code}`}>
                  {'\u2003'}
                  {name} ({abbreviation})
                </option>
              ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

function Hops({ place, change }: { place: Extract<Place, { altitude: 'around' }>; change: Change }) {
  return (
    <label>
      {texts.hops}
      <select value={place.hops} onChange={({ target }) => change({ place: { ...place, hops: Number(target.value) } })}>
        {[1, 2, 3].map((hops) => (
          <option key={hops} value={hops}>
            {hops}
          </option>
        ))}
      </select>
    </label>
  );
}

interface KindsProps<Kind extends string> {
  title: string;
  all: readonly Kind[];
  names: Record<Kind, string>;
  /** None is all. */
  chosen: string[];
  onChange: (chosen: string[]) => void;
  isOpen?: boolean;
}

function Kinds<Kind extends string>({ title, all, names, chosen, onChange, isOpen = false }: KindsProps<Kind>) {
  const isOn = (kind: Kind) => chosen.length === 0 || chosen.includes(kind);
  const toggle = (kind: Kind) => {
    const now = all.filter((each) => (each === kind ? !isOn(each) : isOn(each)));
    onChange(now.length === all.length ? [] : now);
  };
  return (
    <details open={isOpen || chosen.length > 0}>
      <summary>
        {title}
        {chosen.length > 0 && <span className="soft"> ({chosen.length}/{all.length})</span>}
      </summary>
      <ul className="kinds">
        {all.map((kind) => (
          <li key={kind}>
            <label>
              <input type="checkbox" checked={isOn(kind)} disabled={isOn(kind) && chosen.length === 1} onChange={() => toggle(kind)} />
              {names[kind]}
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}
