/** Line charts as SVG text. */

export interface Series {
  name: string;
  color: string;
  width: number;
  points: [x: number, y: number][];
}

export interface Chart {
  title: string;
  x: string;
  y: string;
  series: Series[];
}

const WIDTH = 720;
const HEIGHT = 400;
const MARGIN = { top: 40, right: 24, bottom: 48, left: 64 };

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** The smallest and the largest coordinate. */
function extent(series: Series[], axis: 0 | 1): [number, number] {
  const values = series.flatMap(({ points }) => points.map((point) => point[axis]));
  return [Math.min(...values), Math.max(...values)];
}

/** Draws the lines over labelled axes. */
export async function lineChart({ title, x, y, series }: Chart): Promise<string> {
  const { scaleLinear } = await import('d3-scale');
  const { line } = await import('d3-shape');
  const right = WIDTH - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const xs = scaleLinear(extent(series, 0), [MARGIN.left, right]);
  const ys = scaleLinear([0, extent(series, 1)[1]], [bottom, MARGIN.top]).nice();
  const path = line<[number, number]>(
    (point) => xs(point[0]),
    (point) => ys(point[1]),
  );
  const text = (at: string, content: string, anchor = 'middle') =>
    `<text ${at} text-anchor="${anchor}">${escaped(content)}</text>`;
  const columns = xs.ticks(8).map((value) => text(`x="${xs(value)}" y="${bottom + 18}"`, xs.tickFormat(8)(value)));
  const rows = ys.ticks(6).map((value) => {
    const grid = `<line x1="${MARGIN.left}" x2="${right}" y1="${ys(value)}" y2="${ys(value)}" stroke="#ddd"/>`;
    return grid + text(`x="${MARGIN.left - 8}" y="${ys(value) + 4}"`, ys.tickFormat(6)(value), 'end');
  });
  const lines = series.map(
    ({ points, color, width }) => `<path d="${path(points)}" fill="none" stroke="${color}" stroke-width="${width}"/>`,
  );
  const legend = series.map(
    ({ name, color }, i) =>
      `<rect x="${right - 150}" y="${MARGIN.top + 18 * i}" width="12" height="12" fill="${color}"/>` +
      text(`x="${right - 132}" y="${MARGIN.top + 18 * i + 10}"`, name, 'start'),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    `<g font-size="16">${text(`x="${WIDTH / 2}" y="24"`, title)}</g>`,
    ...rows,
    ...columns,
    ...lines,
    ...legend,
    text(`x="${WIDTH / 2}" y="${HEIGHT - 10}"`, x),
    text(`transform="translate(18 ${HEIGHT / 2}) rotate(-90)"`, y),
    '</svg>',
  ].join('\n');
}
