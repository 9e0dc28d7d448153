import { useEffect, useRef, useState } from 'react';
import { Map as MapLibre, NavigationControl, setWorkerUrl } from 'maplibre-gl';
import type { GeoJSONSource } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { Land } from '../stage/land';
import type { Palette } from '../stage/palette';
import { classOf } from './classes';

interface Props {
  land: Land;
  /** What each province is coloured by, by ISTAT code. */
  values: Map<string, number>;
  /** Where one colour ends and the next begins. */
  limits: number[];
  palette: Palette;
  selected: string | null;
  label: string;
  onSelect: (code: string) => void;
}

setWorkerUrl(workerUrl);

const ITALY: [number, number, number, number] = [6.3, 35.3, 18.8, 47.3];

/** Italy's provinces coloured by a count, without tiles: nothing is loaded from elsewhere. */
export default function TerritoryMap(props: Props) {
  const { land, values, limits, palette, selected, label } = props;
  const container = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [map, setMap] = useState<MapLibre | null>(null);

  useEffect(() => {
    const made = new MapLibre({
      container: container.current!,
      style: { version: 8, sources: {}, layers: [{ id: 'ground', type: 'background', paint: { 'background-color': palette.ground } }] },
      bounds: ITALY,
      fitBoundsOptions: { padding: 16 },
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: 0,
      canvasContextAttributes: { preserveDrawingBuffer: true },
    });
    made.addControl(new NavigationControl({ showCompass: false }));
    made.on('load', () => {
      made.addSource('provinces', { type: 'geojson', data: coloured(latest.current) });
      made.addLayer({ id: 'provinces', type: 'fill', source: 'provinces', paint: { 'fill-color': ['get', 'colour'] } });
      made.addLayer({ id: 'borders', type: 'line', source: 'provinces', paint: { 'line-color': palette.ground, 'line-width': 0.7 } });
      made.addLayer({
        id: 'chosen',
        type: 'line',
        source: 'provinces',
        filter: ['==', ['get', 'istat_code'], latest.current.selected ?? ''],
        paint: { 'line-color': palette.chosen, 'line-width': 4 },
      });
      made.on('click', 'provinces', ({ features }) => {
        const code = features?.[0]?.properties.istat_code as string | undefined;
        if (code) latest.current.onSelect(code);
      });
      made.on('mousemove', 'provinces', ({ features, target }) => {
        target.getCanvas().style.cursor = 'pointer';
        const { name, value } = features?.[0]?.properties ?? {};
        target.getCanvas().title = name ? `${name}: ${value}` : '';
      });
      made.on('mouseleave', 'provinces', ({ target }) => {
        target.getCanvas().style.cursor = '';
      });
      setMap(made);
    });
    return () => {
      setMap(null);
      made.remove();
    };
  }, [palette]);

  useEffect(() => {
    map?.getCanvas().setAttribute('aria-label', label);
  }, [map, label]);

  useEffect(() => {
    if (map) map.getSource<GeoJSONSource>('provinces')?.setData(coloured({ land, values, limits, palette }));
  }, [map, land, values, limits, palette]);

  useEffect(() => {
    if (map) map.setFilter('chosen', ['==', ['get', 'istat_code'], selected ?? '']);
  }, [map, selected]);

  return <div ref={container} className="territory-map" data-drawn={map ? land.features.length : undefined} />;
}

function coloured({ land, values, limits, palette }: Pick<Props, 'land' | 'values' | 'limits' | 'palette'>): Land {
  return {
    ...land,
    features: land.features.map((feature) => {
      const value = values.get(feature.properties.istat_code) ?? 0;
      const colour = value === 0 ? palette.land : palette.ramp[classOf(value, limits)];
      return { ...feature, properties: { ...feature.properties, value, colour } };
    }),
  };
}
