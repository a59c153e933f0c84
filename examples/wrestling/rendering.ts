/** A picture of a bout as SVG: the stage from above, and beside it what each wrestler sees and what energy it has left. */
import type { Wrestling } from './engine';
import { direction } from './geometry';
import { CENTER, Color, CROSS, ENERGY_CAPACITY, INNER_RADIUS, RADIUS, STAGE_RADIUS } from './scenario';
import { SIZE } from './view';
import type { Side, Wrestler } from './wrestler';

const WIDTH = 640;
const HEIGHT = 440;
const PANEL = { left: 456, tops: [16, 232], pixel: 4, bar: 8 } as const;

const PAINT: Readonly<Record<number, string>> = {
  [Color.empty]: 'white',
  [Color.green]: '#2ea043',
  [Color.grey]: '#b0bec8',
  [Color.blue]: '#2850dc',
  [Color.red]: '#eb5a50',
};

const circle = (radius: number, style: string) =>
  `<circle cx="${CENTER.x}" cy="${CENTER.y}" r="${radius}" stroke-width="3" ${style}/>`;

function stage(): string {
  const cross = CROSS.map(
    ([from, to]) => `<path d="M${from.x} ${from.y}L${to.x} ${to.y}" stroke="${PAINT[Color.grey]}" stroke-width="5"/>`,
  );
  return [
    circle(STAGE_RADIUS, `fill="#faf8f0" stroke="${PAINT[Color.green]}"`),
    ...cross,
    circle(INNER_RADIUS, `fill="none" stroke="${PAINT[Color.grey]}"`),
  ].join('');
}

function disc({ position, angle, color }: Wrestler): string {
  const { x, y } = direction(angle);
  return (
    `<circle cx="${position.x}" cy="${position.y}" r="${RADIUS}" fill="${PAINT[color]}"/>` +
    `<path d="M${position.x} ${position.y}l${RADIUS * x} ${RADIUS * y}" stroke="#222" stroke-width="3"/>`
  );
}

function rectangle(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>`;
}

function panel(bout: Wrestling, side: Side): string {
  const { left, pixel, bar } = PANEL;
  const top = PANEL.tops[side];
  const full = SIZE * pixel;
  const { energy, color } = bout.wrestlers[side];
  const pixels = [...bout.observation(side)].map((value, i) => {
    const [row, column] = [Math.floor(i / SIZE), i % SIZE];
    return value === Color.empty
      ? ''
      : rectangle(left + pixel * column, top + pixel * row, pixel, pixel, PAINT[value] ?? '#222');
  });
  return [
    rectangle(left - 1, top - 1, full + 2, full + 2, '#222'),
    rectangle(left, top, full, full, 'white'),
    `<g shape-rendering="crispEdges">${pixels.join('')}</g>`,
    rectangle(left, top + full + bar, full, bar, '#e1e1e1'),
    rectangle(left, top + full + bar, (full * Math.max(0, energy)) / ENERGY_CAPACITY, bar, PAINT[color]!),
  ].join('');
}

/** The bout as it stands. */
export function render(bout: Wrestling): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">`,
    rectangle(0, 0, WIDTH, HEIGHT, 'white'),
    `<g transform="translate(${HEIGHT / 2 - CENTER.x} ${HEIGHT / 2 - CENTER.y})">`,
    stage(),
    ...bout.wrestlers.map(disc),
    '</g>',
    panel(bout, 0),
    panel(bout, 1),
    '</svg>',
  ].join('');
}
