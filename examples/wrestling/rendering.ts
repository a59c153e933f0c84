/** Pictures of a bout: the stage from above, and beside it what each wrestler sees and what energy it has. */
import { Canvas, type Color as Rgb } from './canvas';
import type { Wrestling } from './engine';
import { add, direction, scale, subtract, type Vector, vector } from './geometry';
import { CENTER, Color, CROSS, ENERGY_CAPACITY, INNER_RADIUS, RADIUS, STAGE_RADIUS } from './scenario';
import { SIZE } from './view';
import type { Side } from './wrestler';

const WIDTH = 640;
const HEIGHT = 440;
/** Moves the stage's centre to the middle of the left part. */
const OFFSET = subtract(CENTER, vector(HEIGHT / 2, HEIGHT / 2));
const PANEL = { left: 456, tops: [16, 232], pixel: 4, bar: 8 } as const;

const WHITE: Rgb = [255, 255, 255];
const MAT: Rgb = [250, 248, 240];
const INK: Rgb = [40, 40, 40];
const PAINT: Readonly<Record<number, Rgb>> = {
  [Color.empty]: [255, 255, 255],
  [Color.green]: [46, 160, 67],
  [Color.grey]: [176, 190, 204],
  [Color.blue]: [40, 80, 220],
  [Color.red]: [235, 90, 80],
};
const paint = (color: number): Rgb => PAINT[color] ?? INK;

function drawStage(canvas: Canvas): void {
  const center = subtract(CENTER, OFFSET);
  canvas.disc(center, STAGE_RADIUS, MAT);
  for (const [from, to] of CROSS) canvas.line(subtract(from, OFFSET), subtract(to, OFFSET), 5, paint(Color.grey));
  canvas.circle(center, INNER_RADIUS, 3, paint(Color.grey));
  canvas.circle(center, STAGE_RADIUS, 3, paint(Color.green));
}

function drawWrestler(canvas: Canvas, position: Vector, angle: number, color: number): void {
  const center = subtract(position, OFFSET);
  canvas.disc(center, RADIUS, paint(color));
  canvas.line(center, add(center, scale(direction(angle), RADIUS)), 3, INK);
}

function drawPanel(canvas: Canvas, bout: Wrestling, side: Side): void {
  const { left, pixel, bar } = PANEL;
  const top = PANEL.tops[side];
  const { energy, color } = bout.wrestlers[side];
  const full = SIZE * pixel;
  canvas.rectangle(left - 1, top - 1, full + 2, full + 2, INK);
  bout.observation(side).forEach((value, i) => {
    canvas.rectangle(left + pixel * (i % SIZE), top + pixel * Math.floor(i / SIZE), pixel, pixel, paint(value));
  });
  canvas.rectangle(left, top + full + bar, full, bar, [225, 225, 225]);
  const share = Math.max(0, energy) / ENERGY_CAPACITY;
  canvas.rectangle(left, top + full + bar, Math.round(full * share), bar, paint(color));
}

/** The bout as it stands. */
export function render(bout: Wrestling): Canvas {
  const canvas = new Canvas(WIDTH, HEIGHT, WHITE);
  drawStage(canvas);
  for (const { position, angle, color } of bout.wrestlers) drawWrestler(canvas, position, angle, color);
  drawPanel(canvas, bout, 0);
  drawPanel(canvas, bout, 1);
  return canvas;
}
