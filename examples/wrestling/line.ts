/** Lines of an observation, with the peculiarities of the reference engine. */
import { intersection, type Vector } from './geometry';
import { pythonSet } from './python_set';
import { BACK, EDGES, inside, PIXEL, SIZE, VIEW } from './view';

/** The value of a line of which a single point is in sight, whatever its color. */
const SINGLE_POINT = 1;

function pixelAt(x: number, y: number): number {
  return (SIZE - 1 - Math.trunc(x)) * SIZE + Math.trunc(y);
}

/** The ends of a segment's visible part, in the order in which it is drawn. */
function visiblePart(segment: readonly [Vector, Vector]): Vector[] {
  const met = EDGES.map((edge) => intersection(edge, segment)).filter((point) => point !== undefined);
  const points = pythonSet(met);
  if (points.length === 0) return segment.every(inside) ? [...segment] : [];
  if (points.length === 1) return [...points, ...segment.filter(inside).slice(0, 1)];
  // A line along an edge of the view meets three; the reference draws none.
  return points.length === 2 ? points : [];
}

/** Draws a segment, given in the view's coordinates, by steps of one pixel along its longer axis (DDA). */
export function drawLine(pixels: Uint8Array, segment: readonly [Vector, Vector], color: number): void {
  const [from, to] = visiblePart(segment).map(({ x, y }) => ({ x: (x + BACK) / PIXEL, y: (y + VIEW / 2) / PIXEL }));
  if (from === undefined) return;
  let [x, y] = [from.x - 0.5, from.y - 0.5];
  const steps = to === undefined ? 0 : Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
  if (to === undefined || steps === 0) {
    pixels[pixelAt(x, y)] = SINGLE_POINT;
    return;
  }
  const stepX = (to.x - from.x) / steps;
  const stepY = (to.y - from.y) / steps;
  for (let i = 0; i < Math.floor(steps + 1); i++) {
    pixels[pixelAt(x, y)] = color;
    x += stepX;
    y += stepY;
  }
}
