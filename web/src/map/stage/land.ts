import { feature } from 'topojson-client';
import type { FeatureCollection, MultiPolygon, Polygon, Position } from 'geojson';
import type { GeometryCollection, Topology } from 'topojson-specification';
import before2026 from '../../../../data/reference/provinces.small.topo.json?url';
import from2026 from '../../../../data/reference/provinces_2026.topo.json?url';

export interface LandProperties {
  istat_code: string;
  name: string;
  region_istat: string;
}

export type Land = FeatureCollection<Polygon | MultiPolygon, LandProperties>;

/** The day from which Sardinia has its new provinces. */
const REFORM = '2026-01-01';

const known = new Map<string, Promise<Land>>();

/** The provinces' outlines in force on a day. */
export function landOn(day: string): Promise<Land> {
  const url = day < REFORM ? before2026 : from2026;
  const asked = known.get(url) ?? load(url);
  known.set(url, asked);
  return asked;
}

async function load(url: string): Promise<Land> {
  const topology = (await (await fetch(url)).json()) as Topology<{ provinces: GeometryCollection<LandProperties> }>;
  return feature(topology, topology.objects.provinces) as Land;
}

/** Mercator's ordinate of a latitude, in degrees as the hub counts it. */
export function ordinate(latitude: number): number {
  return (180 / Math.PI) * Math.log(Math.tan(Math.PI / 4 + (latitude * Math.PI) / 360));
}

/** Each outline as rings of places by longitude and Mercator ordinate. */
export function ringsOf(land: Land): { code: string; rings: Position[][] }[] {
  return land.features.map(({ properties, geometry }) => {
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
    const rings = polygons.flat().map((ring) => ring.map(([x = 0, y = 0]) => [x, ordinate(y)]));
    return { code: properties.istat_code, rings };
  });
}
