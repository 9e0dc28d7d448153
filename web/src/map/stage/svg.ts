import type { Land } from './land';
import { ringsOf } from './land';
import { OUTLINES } from './outlines';
import type { Palette } from './palette';
import type { Picture } from './picture';

const WIDTH = 1600;
const MARGIN = 40;
/** Room for the title above and the source below. */
const HEAD = 70;
const FOOT = 40;
const DASHES = { solid: '', dotted: ' stroke-dasharray="2 4"', dashed: ' stroke-dasharray="8 6"' };

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!);

/** The picture as an SVG file, as it is seen, with a title and its source. */
export function pictureSvg(picture: Picture, land: Land | null, palette: Palette, title: string, source: string): string {
  const [left, bottom, right, top] = picture.frame;
  const scale = (WIDTH - 2 * MARGIN) / Math.max(right - left, 0.001);
  const height = Math.min(Math.max((top - bottom) * scale, 600), 2200);
  const fitted = Math.min(scale, height / Math.max(top - bottom, 0.001));
  const shift = (WIDTH - (right - left) * fitted) / 2;
  const x = (value: number) => (shift + (value - left) * fitted).toFixed(1);
  const y = (value: number) => (HEAD + height - (value - bottom) * fitted).toFixed(1);
  const parts: string[] = [];
  if (picture.isOnLand && land) {
    const path = ringsOf(land)
      .flatMap(({ rings }) => rings)
      .map((ring) => `M${ring.map(([a = 0, b = 0]) => `${x(a)} ${y(b)}`).join('L')}Z`)
      .join('');
    parts.push(`<path d="${path}" fill="${palette.land}" stroke="${palette.shore}"/>`);
  }
  const places = new Map(picture.marks.map((mark) => [mark.id, mark]));
  for (const { from, to, colour, width, pattern, opacity } of picture.lines) {
    const [start, end] = [places.get(from), places.get(to)];
    if (!start || !end) continue;
    parts.push(
      `<line x1="${x(start.x)}" y1="${y(start.y)}" x2="${x(end.x)}" y2="${y(end.y)}" stroke="${colour}" stroke-width="${width.toFixed(1)}" stroke-opacity="${opacity.toFixed(2)}"${DASHES[pattern]}/>`,
    );
  }
  const labels: string[] = [];
  for (const { x: a, y: b, size, shape, colour, label, isFaint, isNamed } of picture.marks) {
    const faint = isFaint ? ' opacity="0.2"' : '';
    parts.push(
      `<path d="${OUTLINES[shape]}" fill="${colour}" fill-rule="evenodd"${faint} transform="translate(${x(a)} ${y(b)}) scale(${size.toFixed(1)})"><title>${escaped(label)}</title></path>`,
    );
    if (isNamed && !isFaint) labels.push(`<text x="${Number(x(a)) + size + 5}" y="${Number(y(b)) + 5}">${escaped(label)}</text>`);
  }
  const whole = HEAD + height + FOOT;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${whole}" width="${WIDTH}" height="${whole}" font-family="'Titillium Web', sans-serif" font-size="16">
<rect width="100%" height="100%" fill="${palette.ground}"/>
<text x="${MARGIN}" y="42" font-size="24" font-weight="600" fill="${palette.text}">${escaped(title)}</text>
${parts.join('\n')}
<g fill="${palette.text}" stroke="${palette.ground}" stroke-width="3" paint-order="stroke">${labels.join('')}</g>
<text x="${MARGIN}" y="${whole - 14}" font-size="13" fill="${palette.text}">${escaped(source)}</text>
</svg>`;
}

/** Hands a file to the browser's downloads. */
export function download(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** An SVG file's picture in points. */
export async function rasterised(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: image.naturalWidth, height: image.naturalHeight });
  canvas.getContext('2d')!.drawImage(image, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('PNG'))), 'image/png');
  });
}
