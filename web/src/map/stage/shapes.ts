import type { EdgeLayer, SDFShape } from 'sigma/rendering';
import type { Pattern, Shape } from './picture';

const plain = (name: Shape, inradiusFactor: number, glsl: string): SDFShape => ({ name, inradiusFactor, uniforms: [], glsl });

/** The grammar's shapes as distances to their rims; the distance functions are Inigo Quilez's, published for free use. */
export const SHAPE_PROGRAMS: SDFShape[] = [
  plain(
    'circle',
    1,
    `float sdf_circle(vec2 uv, float size) { return length(uv) - size; }`,
  ),
  plain(
    'square',
    0.8,
    `float sdf_square(vec2 uv, float size) {
      vec2 d = abs(uv) - vec2(size * 0.8);
      return length(max(d, 0.0)) + min(max(d.x, d.y), 0.0);
    }`,
  ),
  plain(
    'hexagon',
    0.86,
    `float sdf_hexagon(vec2 uv, float size) {
      vec3 k = vec3(-0.866025404, 0.5, 0.577350269);
      float r = size * 0.9;
      vec2 p = abs(uv.yx);
      p -= 2.0 * min(dot(k.xy, p), 0.0) * k.xy;
      p -= vec2(clamp(p.x, -k.z * r, k.z * r), r);
      return length(p) * sign(p.y);
    }`,
  ),
  plain(
    'ring',
    1,
    `float sdf_ring(vec2 uv, float size) { return abs(length(uv) - size * 0.78) - size * 0.22; }`,
  ),
  plain(
    'diamond',
    0.7,
    `float sdf_diamond(vec2 uv, float size) { vec2 p = abs(uv); return (p.x + p.y - size) * 0.70710678; }`,
  ),
  plain(
    'document',
    0.7,
    `float sdf_document(vec2 uv, float size) {
      vec2 d = abs(uv) - vec2(0.68, 0.92) * size;
      float page = length(max(d, 0.0)) + min(max(d.x, d.y), 0.0);
      float corner = (uv.x + uv.y - 1.12 * size) * 0.70710678;
      return max(page, corner);
    }`,
  ),
  plain(
    'triangle',
    0.5,
    `float sdf_triangle(vec2 uv, float size) {
      float r = size * 0.9;
      vec2 p = vec2(abs(uv.x) - r, uv.y + r * 0.57735);
      if (p.x + 1.7320508 * p.y > 0.0) p = vec2(p.x - 1.7320508 * p.y, -1.7320508 * p.x - p.y) / 2.0;
      p.x -= clamp(p.x, -2.0 * r, 0.0);
      return -length(p) * sign(p.y);
    }`,
  ),
  plain(
    'pentagon',
    0.8,
    `float sdf_pentagon(vec2 uv, float size) {
      vec3 k = vec3(0.809016994, 0.587785252, 0.726542528);
      float r = size * 0.82;
      vec2 p = vec2(abs(uv.x), -uv.y);
      p -= 2.0 * min(dot(vec2(-k.x, k.y), p), 0.0) * vec2(-k.x, k.y);
      p -= 2.0 * min(dot(vec2(k.x, k.y), p), 0.0) * vec2(k.x, k.y);
      p -= vec2(clamp(p.x, -r * k.z, r * k.z), r);
      return length(p) * sign(p.y);
    }`,
  ),
];

/** Each pattern's period and the part of it that is drawn, in pixels. */
export const PATTERNS: Record<Pattern, { period: number; drawn: number }> = {
  solid: { period: 0, drawn: 0 },
  dotted: { period: 5, drawn: 2 },
  dashed: { period: 12, drawn: 7 },
};

/** A line's body: it narrows towards its end where tapered, and is dotted or dashed. */
export const tieLayer = (): EdgeLayer => ({
  name: 'tie',
  uniforms: [],
  attributes: [
    { name: 'a_period', size: 1, type: WebGL2RenderingContext.FLOAT, source: 'period' },
    { name: 'a_drawn', size: 1, type: WebGL2RenderingContext.FLOAT, source: 'drawn' },
    { name: 'a_taper', size: 1, type: WebGL2RenderingContext.FLOAT, source: 'taper' },
  ],
  glsl: `
vec4 layer_tie(EdgeContext ctx) {
  float whole = max(ctx.distanceFromSource + ctx.distanceToTarget, 0.000001);
  float along = ctx.distanceFromSource / whole;
  float half_ = 1.0 - v_taper * 0.75 * along;
  float across = abs(v_side);
  float soft = max(fwidth(v_side), 0.0001);
  float alpha = 1.0 - smoothstep(half_ - soft * 0.5, half_ + soft * 0.5, across);
  if (v_period > 0.5) {
    float pixel = u_correctionRatio / u_sizeRatio;
    float place = mod(ctx.distanceFromSource / pixel, v_period);
    alpha *= 1.0 - smoothstep(v_drawn - 0.5, v_drawn + 0.5, place);
  }
  return vec4(v_color.rgb, v_color.a * alpha);
}
`,
});
