import { useCallback, useEffect, useState } from 'react';
import { format, parse } from './state';
import type { MapState } from './state';

/** What stands in an address beside the map's state. */
const KEPT = ['embed', 'lang'];

/** The address of a state, here. */
export function addressOf(state: MapState, more: Record<string, string> = {}): string {
  const query = format(state);
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  const text = query.toString().replaceAll('%3A', ':').replaceAll('%2C', ',');
  return text ? `${location.pathname}?${text}` : location.pathname;
}

export type Change = (part: Partial<MapState>) => void;

/** The map's state, kept in the address. A new place is a new page of the browser's history. */
export function useMapState(): [MapState, Change] {
  const [state, setState] = useState(() => parse(location.search));
  useEffect(() => {
    const back = () => setState(parse(location.search));
    addEventListener('popstate', back);
    return () => removeEventListener('popstate', back);
  }, []);
  const change = useCallback((part: Partial<MapState>) => {
    const next = { ...parse(location.search), ...part };
    const now = new URLSearchParams(location.search);
    const kept = Object.fromEntries(KEPT.flatMap((name) => (now.has(name) ? [[name, now.get(name)!]] : [])));
    const write = part.place ? history.pushState : history.replaceState;
    write.call(history, null, '', addressOf(next, kept));
    setState(next);
  }, []);
  return [state, change];
}
