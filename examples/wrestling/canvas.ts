/** A picture of RGB pixels, and a few shapes with smooth edges. */
import { dot, length, scale, subtract, type Vector, vector } from './geometry';

export type Color = readonly [red: number, green: number, blue: number];

export class Canvas {
  readonly data: Uint8Array;

  constructor(
    readonly width: number,
    readonly height: number,
    background: Color,
  ) {
    this.data = new Uint8Array(width * height * 3);
    for (let i = 0; i < width * height; i++) this.data.set(background, 3 * i);
  }

  disc(center: Vector, radius: number, color: Color): void {
    this.paint(center, radius, color, (point) => length(subtract(point, center)) - radius);
  }

  circle(center: Vector, radius: number, width: number, color: Color): void {
    const outside = (point: Vector) => Math.abs(length(subtract(point, center)) - radius) - width / 2;
    this.paint(center, radius + width / 2, color, outside);
  }

  line(from: Vector, to: Vector, width: number, color: Color): void {
    const span = subtract(to, from);
    const middle = vector((from.x + to.x) / 2, (from.y + to.y) / 2);
    this.paint(middle, (length(span) + width) / 2, color, (point) => {
      const share = dot(subtract(point, from), span) / dot(span, span);
      const nearest = scale(span, Math.min(1, Math.max(0, share)));
      return length(subtract(subtract(point, from), nearest)) - width / 2;
    });
  }

  /** Whole pixels, from the left upper corner. */
  rectangle(left: number, top: number, width: number, height: number, color: Color): void {
    for (let y = top; y < top + height; y++)
      for (let x = left; x < left + width; x++) this.data.set(color, 3 * (y * this.width + x));
  }

  /** Blends a color in, within a distance of a point, where `outside` (how far a point is from the shape) is below 0. */
  private paint(center: Vector, reach: number, color: Color, outside: (point: Vector) => number): void {
    const top = Math.max(0, Math.floor(center.y - reach));
    const bottom = Math.min(this.height, Math.ceil(center.y + reach) + 1);
    const left = Math.max(0, Math.floor(center.x - reach));
    const right = Math.min(this.width, Math.ceil(center.x + reach) + 1);
    for (let y = top; y < bottom; y++)
      for (let x = left; x < right; x++) this.blend(x, y, color, 0.5 - outside({ x: x + 0.5, y: y + 0.5 }));
  }

  private blend(x: number, y: number, color: Color, cover: number): void {
    if (cover <= 0) return;
    const share = Math.min(1, cover);
    const at = 3 * (y * this.width + x);
    for (let i = 0; i < 3; i++) this.data[at + i] = Math.round((1 - share) * this.data[at + i]! + share * color[i]!);
  }
}
