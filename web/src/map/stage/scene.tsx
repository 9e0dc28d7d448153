import { useEffect, useRef, useState } from 'react';
import { texts } from '../texts';
import type { Land } from './land';
import { ringsOf } from './land';
import { usePalette } from './palette';
import type { Palette } from './palette';
import type { Picture } from './picture';
import { createRenderer, draw, labelsReady } from './renderer';
import type { Renderer } from './renderer';

interface Props {
  picture: Picture;
  land: Land | null;
  /** Changes when the camera is to go back to the whole picture. */
  place: string;
  /** A mark to fly to, where there is one. */
  flyTo: string | null;
  onSelect: (id: string | null) => void;
  /** A mark was opened: pressed twice, or come close to. */
  onOpen: (id: string) => void;
  /** One went far away from the picture. */
  onLeave: (() => void) | null;
}

/** Nearer than this, the country becomes a province. */
const NEAR = 0.11;
/** Farther than this, a province becomes the country. */
const FAR = 2.4;

const isStill = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
const flight = () => ({ duration: isStill() ? 0 : 500 });

/** The picture on a WebGL canvas. It says nothing that the table does not say. */
export function Scene(props: Props) {
  const { picture, land, place, flyTo } = props;
  const palette = usePalette();
  const container = useRef<HTMLDivElement>(null);
  const ground = useRef<HTMLCanvasElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [renderer, setRenderer] = useState<Renderer | null>(null);
  const [hasFailed, setHasFailed] = useState(false);

  useEffect(() => {
    let made: Renderer | null = null;
    let isGone = false;
    void labelsReady().then(() => {
      if (isGone || !container.current) return;
      try {
        made = createRenderer(container.current, palette);
      } catch {
        setHasFailed(true);
        return;
      }
      listen(made, latest);
      setRenderer(made);
    });
    return () => {
      isGone = true;
      made?.kill();
      setRenderer(null);
    };
  }, [palette]);

  useEffect(() => {
    if (renderer) draw(renderer, palette, picture);
  }, [renderer, picture, palette]);

  useEffect(() => {
    renderer?.getCamera().cancelAnimation().setState({ x: 0.5, y: 0.5, ratio: 1, angle: 0 });
  }, [renderer, place]);

  useEffect(() => {
    if (!renderer || !flyTo) return;
    const at = renderer.getNodeDisplayData(flyTo);
    if (at) void renderer.getCamera().animate({ x: at.x, y: at.y, ratio: Math.min(renderer.getCamera().ratio, 0.6) }, flight());
  }, [renderer, flyTo]);

  useEffect(() => {
    const canvas = ground.current;
    if (!renderer || !canvas) return;
    const rings = picture.isOnLand && land ? ringsOf(land) : [];
    const paint = () => paintLand(canvas, renderer, rings, palette);
    paint();
    renderer.on('afterRender', paint);
    return () => void renderer.off('afterRender', paint);
  }, [renderer, land, palette, picture.isOnLand]);

  const zoom = (factor: number) => {
    const camera = renderer?.getCamera();
    if (camera) void camera.animate({ ratio: camera.ratio * factor }, flight());
  };
  const showAll = () => void renderer?.getCamera().animate({ x: 0.5, y: 0.5, ratio: 1 }, flight());
  if (hasFailed) return <p className="notice">{texts.noWebgl}</p>;
  return (
    <>
      <canvas ref={ground} className="ground" aria-hidden="true" />
      <div ref={container} className="scene" role="img" aria-label={texts.stage} data-drawn={renderer ? picture.marks.length : undefined} />
      <div className="zoom">
        <button type="button" onClick={() => zoom(1 / 1.5)} aria-label={texts.zoomIn} title={texts.zoomIn}>+</button>
        <button type="button" onClick={() => zoom(1.5)} aria-label={texts.zoomOut} title={texts.zoomOut}>−</button>
        <button type="button" onClick={showAll} aria-label={texts.zoomAll} title={texts.zoomAll}>⤢</button>
      </div>
    </>
  );
}

/** Presses select, double presses open; going near or far by the wheel changes the altitude. */
function listen(renderer: Renderer, latest: { current: Props }): void {
  renderer.on('clickNode', ({ node }) => latest.current.onSelect(node));
  renderer.on('clickStage', () => latest.current.onSelect(null));
  renderer.on('doubleClickNode', (payload) => {
    payload.preventSigmaDefault();
    latest.current.onOpen(payload.node);
  });
  const settle = () => {
    const { picture, onOpen, onLeave } = latest.current;
    const { ratio, x, y } = renderer.getCamera().getState();
    if (ratio > FAR) onLeave?.();
    if (ratio >= NEAR || !picture.isOnLand || onLeave) return;
    const distance = (id: string) => {
      const at = renderer.getNodeDisplayData(id);
      return at ? Math.hypot(at.x - x, at.y - y) : Infinity;
    };
    const [nearest] = picture.marks.map(({ id }) => id).toSorted((a, b) => distance(a) - distance(b));
    if (nearest) onOpen(nearest);
  };
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const settleSoon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(settle, 250);
  };
  renderer.on('wheelStage', settleSoon);
  renderer.on('wheelNode', settleSoon);
  renderer.on('kill', () => clearTimeout(waiting));
}

function paintLand(
  canvas: HTMLCanvasElement,
  renderer: Renderer,
  outlines: ReturnType<typeof ringsOf>,
  palette: Palette,
): void {
  const { width, height } = renderer.getDimensions();
  const scale = devicePixelRatio;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext('2d');
  if (!context || outlines.length === 0) return;
  // The way from the map to the screen is linear: three points tell it.
  const origin = renderer.graphToViewport({ x: 0, y: 0 });
  const along = renderer.graphToViewport({ x: 1, y: 0 });
  const up = renderer.graphToViewport({ x: 0, y: 1 });
  context.setTransform(
    (along.x - origin.x) * scale,
    (along.y - origin.y) * scale,
    (up.x - origin.x) * scale,
    (up.y - origin.y) * scale,
    origin.x * scale,
    origin.y * scale,
  );
  context.beginPath();
  for (const { rings } of outlines) {
    for (const ring of rings) {
      ring.forEach(([x = 0, y = 0], index) => (index === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
      context.closePath();
    }
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.fillStyle = palette.land;
  context.strokeStyle = palette.shore;
  context.lineWidth = 1;
  context.fill();
  context.stroke();
}
