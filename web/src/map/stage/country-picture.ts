import type { Country, Province } from '../data/types';
import type { Palette } from './palette';
import { ITALY, frameOf, sized } from './picture';
import type { Line, Mark, Picture } from './picture';

/** Pairs of provinces drawn at the most; the strongest. */
const MOST_PAIRS = 400;
/** Provinces whose names always stand there, unless a region is looked at: the largest, where there is room. */
const NAMED = 22;
/** Room that a name takes, in degrees. */
const [NAME_WIDTH, NAME_HEIGHT] = [1.6, 0.5];

interface Options {
  region: string | null;
  selected: string | null;
  palette: Palette;
}

/** Of a country, what concerns one region; all of it without one. */
export function ofRegion(country: Country, region: string | null): Country {
  if (!region) return country;
  const provinces = country.provinces.filter((province) => province.region === region);
  const codes = new Set(provinces.map(({ province }) => province));
  return { ...country, provinces, ties: country.ties.filter(({ one, other }) => codes.has(one) && codes.has(other)) };
}

/** The provinces at their places, ties bundled between them. */
export function countryPicture(country: Country, { region, selected, palette }: Options): Picture {
  const { provinces, ties } = ofRegion(country, region);
  const ordered = provinces.filter(({ x, y }) => x !== null && y !== null).toSorted((a, b) => b.nodeCount - a.nodeCount);
  const most = Math.max(...country.provinces.map(({ nodeCount }) => nodeCount), 1);
  const pairs = ties.toSorted((a, b) => b.count - a.count);
  const drawn = pairs.slice(0, MOST_PAIRS);
  if (selected) drawn.push(...pairs.slice(MOST_PAIRS).filter((tie) => tie.one === selected || tie.other === selected));
  const strongest = pairs[0]?.count ?? 1;
  const near = new Set(
    selected ? ties.flatMap(({ one, other }) => (one === selected ? [other] : other === selected ? [one] : [])) : [],
  );
  const named = region ? null : namedOf(ordered);
  const marks = ordered.map(
    (province): Mark => ({
      id: province.province,
      label: province.name,
      shape: 'circle',
      colour: province.province === selected ? palette.chosen : palette.accent,
      size: sized(province.nodeCount, most, region ? [4, 26] : [1, 15]),
      x: province.x ?? 0,
      y: province.y ?? 0,
      isNamed: !named || named.has(province.province) || province.province === selected,
      isFaint: selected !== null && province.province !== selected && !near.has(province.province),
    }),
  );
  const known = new Set(marks.map(({ id }) => id));
  const lines = drawn
    .filter(({ one, other }) => known.has(one) && known.has(other))
    .map(({ one, other, count }): Line => {
      const isChosen = one === selected || other === selected;
      return {
        id: `${one}-${other}`,
        from: one,
        to: other,
        colour: isChosen ? palette.chosen : palette.tie,
        width: sized(count, strongest, [1, 9]),
        pattern: 'solid',
        isTapered: false,
        opacity: isChosen ? 0.9 : (selected ? 0.12 : 0.25) + 0.4 * (count / strongest),
      };
    });
  return {
    marks,
    lines,
    isOnLand: true,
    namedFrom: region ? 0 : 15,
    folded: { nodes: 0, ties: ties.length - lines.length },
    frame: region ? widened(frameOf(marks)) : ITALY,
  };
}

/** Provinces from the largest on, whose names do not stand on one another. */
function namedOf(ordered: Province[]): Set<string> {
  const named: Province[] = [];
  for (const one of ordered) {
    const isFree = named.every(
      (other) => Math.abs(one.x! - other.x!) > NAME_WIDTH || Math.abs(one.y! - other.y!) > NAME_HEIGHT,
    );
    if (isFree) named.push(one);
    if (named.length === NAMED) break;
  }
  return new Set(named.map(({ province }) => province));
}

/** A region's frame, wide enough for the names at its rim. */
function widened([left, bottom, right, top]: Picture['frame']): Picture['frame'] {
  return [left - 0.25, bottom - 0.25, right + 0.25, top + 0.25];
}

/** The picture of the later day, its provinces marked by how they have changed since the earlier one. */
export function comparedCountry(picture: Picture, before: Country, after: Country, palette: Palette): Picture {
  const earlier = new Map(before.provinces.map(({ province, nodeCount }) => [province, nodeCount]));
  const later = new Map(after.provinces.map(({ province, nodeCount }) => [province, nodeCount]));
  const most = Math.max(...picture.marks.map(({ id }) => Math.abs((later.get(id) ?? 0) - (earlier.get(id) ?? 0))), 1);
  const marks = picture.marks.map((mark): Mark => {
    const delta = (later.get(mark.id) ?? 0) - (earlier.get(mark.id) ?? 0);
    const change = delta > 0 ? 'appeared' : delta < 0 ? 'ended' : 'kept';
    return {
      ...mark,
      label: `${mark.label} ${delta > 0 ? '+' : delta < 0 ? '−' : '='}${delta === 0 ? '' : Math.abs(delta)}`,
      // Not by colour alone.
      shape: delta < 0 ? 'diamond' : 'circle',
      colour: palette[change],
      size: sized(Math.abs(delta), most, [3, 15]),
    };
  });
  return { ...picture, marks };
}
