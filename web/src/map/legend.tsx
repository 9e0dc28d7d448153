import type { MapState } from './data/state';
import type { Measure } from './data/types';
import { number } from './language';
import type { Palette } from './stage/palette';
import { NATURES, STROKES } from './stage/picture';
import type { Change, Shape } from './stage/picture';
import { ShapeIcon } from './shape-icon';
import { texts } from './texts';

export interface ColourKey {
  name: string;
  colour: string;
}

interface Props {
  state: MapState;
  palette: Palette;
  /** The shapes in the picture. */
  shapes: Set<Shape>;
  measure: Measure | undefined;
  /** What the colours mean, where they do not mean the level. */
  colours: ColourKey[];
}

const DASHES = { solid: undefined, dotted: '2 3', dashed: '7 5' };

/** What shapes, colours, sizes and lines mean. */
export function Legend({ state, palette, shapes, measure, colours }: Props) {
  if (state.place.altitude === 'country' && !state.towards) {
    return (
      <div className="legend-body">
        {state.since ? (
          <ul>
            {(['appeared', 'ended', 'kept'] as const).map((change) => (
              <li key={change}>
                <ShapeIcon shape={change === 'ended' ? 'diamond' : 'circle'} colour={palette[change]} />
                {texts.growth[change]}
              </li>
            ))}
          </ul>
        ) : (
          <p>{texts.legendProvince}</p>
        )}
        <p>{texts.legendProvinceTies}</p>
      </div>
    );
  }
  const isByLevel = colours.length === 0 && !state.since;
  return (
    <div className="legend-body">
      <ul>
        {Object.entries(texts.level)
          .filter(([shape]) => shapes.has(shape as Shape))
          .map(([shape, name]) => (
            <li key={shape}>
              <ShapeIcon shape={shape as Shape} colour={isByLevel ? palette.level[shape]! : palette.text} />
              {name}
            </li>
          ))}
      </ul>
      {state.since ? (
        <Changes palette={palette} />
      ) : (
        <>
          {colours.length > 0 && (
            <ul>
              {colours.map(({ name, colour }) => (
                <li key={name}>
                  <span className="swatch" style={{ background: colour }} />
                  {name}
                </li>
              ))}
            </ul>
          )}
          <ul>
            {NATURES.map((nature) => (
              <li key={nature}>
                <svg viewBox="0 0 28 8" width="28" height="8" aria-hidden="true">
                  <line x1="0" x2="28" y1="4" y2="4" stroke={palette.tie} strokeWidth={STROKES[nature].width} strokeDasharray={DASHES[STROKES[nature].pattern]} />
                </svg>
                {texts.natures[nature]}
              </li>
            ))}
          </ul>
          <p>{texts.tapered}</p>
          {!state.towards && state.place.altitude === 'province' && <p>{texts.legendRim}</p>}
          {!state.towards && measure && <Size measure={measure} />}
        </>
      )}
    </div>
  );
}

function Size({ measure }: { measure: Measure }) {
  const { label, explanation, isExact, sampledSources, standardError, values } = measure;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return (
    <p>
      <strong>
        {texts.sizeBy}: {label.toLowerCase()}
      </strong>
      {values.length > 0 && ` (${texts.smallest} ${number(least)} ${texts.largest} ${number(most)})`}. {explanation}{' '}
      {!isExact && sampledSources !== null && texts.sampled(sampledSources, number(standardError ?? 0))}
    </p>
  );
}

function Changes({ palette }: { palette: Palette }) {
  const signs: [Change, string][] = [
    ['appeared', '+'],
    ['ended', '−'],
    ['changed', '±'],
    ['kept', '='],
  ];
  const dashes = { appeared: undefined, ended: '7 5', changed: '2 3', kept: undefined };
  return (
    <ul>
      {signs.map(([change, sign]) => (
        <li key={change}>
          <svg viewBox="0 0 28 8" width="28" height="8" aria-hidden="true">
            <line x1="0" x2="28" y1="4" y2="4" stroke={palette[change]} strokeWidth="3" strokeDasharray={dashes[change]} />
          </svg>
          {sign} {texts.change[change]}
        </li>
      ))}
    </ul>
  );
}
