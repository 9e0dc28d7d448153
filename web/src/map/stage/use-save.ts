import type { MapState } from '../data/state';
import { texts } from '../texts';
import type { Land } from './land';
import type { Palette } from './palette';
import type { Picture } from './picture';
import { download, pictureSvg, rasterised } from './svg';

/** Saves the picture as it is seen; `null` while there is none. */
export function useSave(
  state: MapState,
  picture: Picture | null,
  land: Land | null,
  palette: Palette,
  title: string,
): ((kind: 'png' | 'svg') => void) | null {
  if (!picture || state.view === 'table') return null;
  const save = async (kind: 'png' | 'svg') => {
    const source = `Raccordo · ${texts.title} · Dati ISTAT (CC BY). Confini: Openpolis su dati ISTAT (CC BY 4.0).`;
    const svg = pictureSvg(picture, land, palette, title, source);
    const content = kind === 'svg' ? new Blob([svg], { type: 'image/svg+xml' }) : await rasterised(svg);
    download(content, `raccordo-${state.day ?? new Date().toISOString().slice(0, 10)}.${kind}`);
  };
  return (kind) => void save(kind);
}
