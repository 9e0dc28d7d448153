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
        labelBackgroundColor: `${palette.ground}cc`,
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
export function draw(renderer: Renderer, { marks, lines, frame, namedFrom }: Picture): void {
  const graph = new MultiDirectedGraph<MarkAttributes, LineAttributes>();
  for (const mark of marks) {
    graph.addNode(mark.id, {
      x: mark.x,
      y: mark.y,
      size: mark.size,
      color: mark.colour,
      label: mark.label,
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
