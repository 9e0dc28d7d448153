import { MultiDirectedGraph } from 'graphology';
import Sigma from 'sigma';
import { pathLine } from 'sigma/rendering';
import type { Palette } from './palette';
import type { Picture } from './picture';
import { PATTERNS, SHAPE_PROGRAMS, tieLayer } from './shapes';

interface MarkAttributes {
  x: number;
  y: number;
  size: number;
  color: string;
  label: string;
  labelGround: string;
  shape: string;
  opacity: number;
  labelVisibility: 'auto' | 'visible';
  depth: 'nodes' | 'topNodes';
}

interface LineAttributes {
  size: number;
  color: string;
  opacity: number;
  period: number;
  drawn: number;
  taper: number;
}

export type Renderer = Sigma<MarkAttributes, LineAttributes>;

/** The typeface of the labels, which must be there before they are drawn. */
const LABEL_FONT = '600 14px "Titillium Web"';
const FAINT = 0.18;
/** Pixels from which on marks have their full size; on less they shrink, to a point. */
const FULL_SIZE = 560;
const SMALLEST_SCALE = 0.6;

const groundOf = ({ ground }: Palette): string => `${ground}cc`;

/** Waits for the labels' typeface, but not long. */
export async function labelsReady(): Promise<void> {
  const patience = new Promise((resolve) => setTimeout(resolve, 400));
  await Promise.race([document.fonts.load(LABEL_FONT), patience]);
}

/** Draws into an element with WebGL; throws where there is none. */
export function createRenderer(container: HTMLElement, palette: Palette): Renderer {
  const numeric = (attribute: string) => ({ attribute, defaultValue: 0 });
  return new Sigma<MarkAttributes, LineAttributes>(new MultiDirectedGraph<MarkAttributes, LineAttributes>(), container, {
    settings: {
      labelDensity: 0.4,
      labelGridCellSize: 110,
      stagePadding: 24,
      minCameraRatio: 0.02,
      maxCameraRatio: 4,
      enableCameraRotation: false,
      nodePickingPadding: 4,
      minEdgeThickness: 0.6,
      itemSizesReference: 'screen',
      zoomToSizeRatioFunction: (ratio: number) => Math.sqrt(Math.sqrt(ratio)),
      allowInvalidContainer: true,
    },
    primitives: {
      nodes: {
        shapes: SHAPE_PROGRAMS,
        label: { margin: 4, font: { family: '"Titillium Web", sans-serif', weight: '600', size: 14 } },
      },
      edges: {
        paths: [pathLine()],
        layers: [tieLayer()],
        variables: {
          period: { type: 'number', default: 0 },
          drawn: { type: 'number', default: 0 },
          taper: { type: 'number', default: 0 },
        },
      },
    },
    styles: {
      nodes: {
        x: { attribute: 'x' },
        y: { attribute: 'y' },
        size: { attribute: 'size' },
        color: { attribute: 'color' },
        shape: { attribute: 'shape' },
        opacity: { attribute: 'opacity' },
        label: { attribute: 'label' },
        labelColor: palette.text,
        labelSize: 14,
        labelFont: '"Titillium Web", sans-serif',
        labelBackgroundColor: { attribute: 'labelGround', defaultValue: groundOf(palette) },
        labelBackgroundPadding: 2,
        labelVisibility: {
          whenState: 'isHovered',
          then: 'visible',
          else: { attribute: 'labelVisibility', defaultValue: 'auto' },
        },
        depth: { whenState: 'isHovered', then: 'topNodes', else: { attribute: 'depth', defaultValue: 'nodes' } },
        cursor: 'pointer',
      },
      edges: {
        path: 'line',
        size: { attribute: 'size' },
        color: { attribute: 'color' },
        opacity: { attribute: 'opacity' },
        period: numeric('period'),
        drawn: numeric('drawn'),
        taper: numeric('taper'),
      },
    },
  } as ConstructorParameters<typeof Sigma<MarkAttributes, LineAttributes>>[2]);
}

/** Puts a picture in place of the one before; the camera stays where it is. */
export function draw(renderer: Renderer, palette: Palette, { marks, lines, frame, namedFrom }: Picture): void {
  const graph = new MultiDirectedGraph<MarkAttributes, LineAttributes>();
  const labelGround = groundOf(palette);
  const { width, height } = renderer.getDimensions();
  const scale = Math.min(Math.max(Math.min(width, height) / FULL_SIZE, SMALLEST_SCALE), 1);
  for (const mark of marks) {
    const size = mark.size * scale;
    // A label begins at the first rim from the middle: inside a ring.
    const isHollow = mark.shape === 'ring';
    graph.addNode(mark.id, {
      x: mark.x,
      y: mark.y,
      size,
      color: mark.colour,
      label: isHollow ? `${'\u00a0'.repeat(Math.ceil(size / 2.5))}${mark.label}` : mark.label,
      labelGround: isHollow ? '#00000000' : labelGround,
      shape: mark.shape,
      opacity: mark.isFaint ? FAINT : 1,
      labelVisibility: mark.isNamed ? 'visible' : 'auto',
      depth: mark.isNamed ? 'topNodes' : 'nodes',
    });
  }
  for (const line of lines) {
    const { period, drawn } = PATTERNS[line.pattern];
    graph.addEdgeWithKey(line.id, line.from, line.to, {
      size: line.width,
      color: line.colour,
      opacity: line.opacity,
      period,
      drawn,
      taper: line.isTapered ? 1 : 0,
    });
  }
  const [left, bottom, right, top] = frame;
  renderer.setSetting('labelRenderedSizeThreshold', namedFrom);
  renderer.setCustomBBox({ x: [left, right], y: [bottom, top] });
  renderer.setGraph(graph);
}
