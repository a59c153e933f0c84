/** What a wrestler sees: a square of the stage around it, turned so that it looks up. */
import { add, along, direction, distance, distanceToLine, scale, subtract, type Vector } from './geometry';
import { drawLine } from './line';
import { CENTER, Color, CROSS, INNER_RADIUS, RADIUS, STAGE_RADIUS } from './scenario';
import { AHEAD, PIXEL, RIGHT, SIZE, VIEW } from './view';
import type { Wrestler } from './wrestler';

/** How far ahead the point lies by whose distance the engine decides what may be in sight. */
const FOCUS = 80;
/** Half the diagonal of the view; for round things the engine rounds it up. */
const LINE_REACH = (VIEW * Math.SQRT2) / 2;
const ROUND_REACH = (VIEW / 2) * 1.415;

/** Colors the pixels whose middle is within a radius of a point of the view. */
function drawDisc(pixels: Uint8Array, center: Vector, color: number): void {
  for (let row = 0; row < SIZE; row++) {
    const dx = AHEAD[row]! - center.x;
    if (Math.abs(dx) > RADIUS) continue;
    for (let column = 0; column < SIZE; column++) {
      const dy = RIGHT[column]! - center.y;
      if (Math.sqrt(dx * dx + dy * dy) <= RADIUS) pixels[row * SIZE + column] = color;
    }
  }
}

/** Colors the empty pixels whose middle is within half a pixel of a circle. */
function drawCircle(pixels: Uint8Array, center: Vector, radius: number, color: number): void {
  const [inner, outer] = [radius - PIXEL / 2, radius + PIXEL / 2];
  for (let row = 0; row < SIZE; row++) {
    const dx = AHEAD[row]! - center.x;
    if (Math.abs(dx) > outer) continue;
    for (let column = 0; column < SIZE; column++) {
      const dy = RIGHT[column]! - center.y;
      const away = Math.sqrt(dx * dx + dy * dy);
      if (away <= outer && away >= inner && pixels[row * SIZE + column] === Color.empty)
        pixels[row * SIZE + column] = color;
    }
  }
}

/** 40 rows of 40 colors. What is drawn first stays, except that wrestlers cover everything. */
export function observe(self: Wrestler, other: Wrestler): Uint8Array {
  const pixels = new Uint8Array(SIZE * SIZE);
  const heading = direction(self.angle);
  const focus = add(self.position, scale(heading, FOCUS));
  const seen = (point: Vector) => along(subtract(point, self.position), heading);

  for (const line of CROSS)
    if (distanceToLine(focus, line) <= LINE_REACH) drawLine(pixels, [seen(line[0]), seen(line[1])], Color.grey);
  drawDisc(pixels, seen(self.position), self.color);
  if (distance(focus, other.position) <= ROUND_REACH + RADIUS) drawDisc(pixels, seen(other.position), other.color);
  const circles = [
    { radius: INNER_RADIUS, color: Color.grey },
    { radius: STAGE_RADIUS, color: Color.green },
  ].filter(({ radius }) => distance(focus, CENTER) <= ROUND_REACH + radius);
  for (const { radius, color } of circles) drawCircle(pixels, seen(CENTER), radius, color);
  // The engine draws the wrestler itself again with each circle, so over the other one unless no circle is near.
  if (circles.length > 0) drawDisc(pixels, seen(self.position), self.color);
  return pixels;
}
