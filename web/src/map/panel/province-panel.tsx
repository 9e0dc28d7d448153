import type { Country } from '../data/types';
import type { Change } from '../data/use-state';
import { countsText } from '../summary';
import { texts } from '../texts';

interface Props {
  country: Country;
  code: string;
  change: Change;
}

/** A province of the map of the country: a sentence, and the way into it. */
export function ProvincePanel({ country, code, change }: Props) {
  const province = country.provinces.find((each) => each.province === code);
  if (!province) return <p className="notice">{texts.hidden}</p>;
  const names = new Map(country.provinces.map((each) => [each.province, each.name]));
  const ties = country.ties
    .filter(({ one, other }) => one === code || other === code)
    .map(({ one, other, count }) => ({ code: one === code ? other : one, count }))
    .toSorted((a, b) => b.count - a.count);
  const [most] = ties;
  const tail = most ? texts.mostly(names.get(most.code) ?? most.code, most.count) : '.';
  return (
    <>
      <p className="kind">{texts.level.pentagon}</p>
      <h2>{province.name}</h2>
      <p className="sentence">
        <strong>{province.name}</strong>: {texts.province(countsText([province]), province.tiesInside, province.tiesOutside)}
        {tail}
      </p>
      <p className="actions">
        <button
          type="button"
          className="primary"
          onClick={() => change({ place: { altitude: 'province', province: code }, selected: null })}
        >
          {texts.openProvince}
        </button>
      </p>
      {ties.length > 0 && (
        <section className="ties">
          <h3>{texts.captions.provinceTies}</h3>
          <ul>
            {ties.slice(0, 12).map((tie) => (
              <li key={tie.code}>
                <button type="button" className="quiet" onClick={() => change({ selected: tie.code })}>
                  {names.get(tie.code) ?? tie.code}
                </button>
                <span className="soft">{texts.ties(tie.count)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
