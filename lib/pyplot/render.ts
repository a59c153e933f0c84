/** Figures to SVG, through Apache ECharts, which draws as text on the server. https://echarts.apache.org */
import type { CustomSeriesRenderItem, EChartsOption, SeriesOption, XAXisComponentOption } from 'echarts';
import { optional } from '../face/system';
import { type Artist, coordinates } from './artists';
import type { Axes, Axis } from './axes';
import { ticks, tickTexts } from './data';
import type { LineStyle, Marker } from './format';
import { type Cell, frameOf, type Rect } from './layout';

export interface Plot {
  axes: Axes;
  cell: Cell;
}

const INK = '#222';
const FONT = 12;

const dashes = { '-': 'solid', '--': [7, 4], ':': [2, 3], '-.': [8, 3, 2, 3], '': 'solid' } as const satisfies Record<
  LineStyle,
  unknown
>;

function dash(style: LineStyle): 'solid' | number[] {
  const found = dashes[style];
  return found === 'solid' ? found : [...found];
}

/** ECharts' symbols; a path is drawn in a box. */
const symbols: Record<Marker, string> = {
  o: 'circle',
  '.': 'circle',
  s: 'rect',
  '^': 'triangle',
  D: 'diamond',
  x: 'path://M1,0L5,4L9,0L10,1L6,5L10,9L9,10L5,6L1,10L0,9L4,5L0,1Z',
  '+': 'path://M4.3,0L5.7,0L5.7,4.3L10,4.3L10,5.7L5.7,5.7L5.7,10L4.3,10L4.3,5.7L0,5.7L0,4.3L4.3,4.3Z',
  '*': 'path://M5,0L6.2,3.6L10,3.6L6.9,5.9L8.1,9.5L5,7.3L1.9,9.5L3.1,5.9L0,3.6L3.8,3.6Z',
  '': 'none',
};

interface Ticks {
  values: number[];
  texts: Map<number, string>;
}

/** The ticks of an axis that is `length` pixels long; ECharts chooses those of short logarithmic ones. */
function ticksOf(axes: Axes, name: 'x' | 'y', length: number): Ticks | undefined {
  const axis = name === 'x' ? axes.xaxis : axes.yaxis;
  const [low, high] = axes.limits(name);
  const powers = powersOfTen(low, high, length / 50);
  if (axis.ticks === undefined && axis.scale === 'log')
    return powers.length < 2 ? undefined : labelled(powers, powers.map(String));
  let values = axis.ticks ?? ticks(low, high, length / (name === 'x' ? 60 : 50));
  if (axes.equal && axis.ticks === undefined) values = values.filter((value) => Number.isInteger(value));
  return labelled(values, axis.tickLabels ?? tickTexts(values));
}

function labelled(values: number[], texts: string[]): Ticks {
  return { values, texts: new Map(values.map((value, i) => [value, texts[i]!])) };
}

/** The powers of ten in a range, every second or third one where they are many. */
function powersOfTen(low: number, high: number, most: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  if (!(last >= first)) return [];
  const step = Math.ceil((last - first + 1) / Math.max(2, most));
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => Number(`1e${first + i * step}`));
}

type AxisOption = XAXisComponentOption & { gridIndex: number };

function axisOption(axes: Axes, name: 'x' | 'y', frame: Rect, gridIndex: number): AxisOption {
  const axis: Axis = name === 'x' ? axes.xaxis : axes.yaxis;
  const [min, max] = axes.limits(name);
  const found = ticksOf(axes, name, name === 'x' ? frame.width : frame.height);
  const custom = found && { customValues: found.values };
  const longest = name === 'y' ? yTickWidth(axes) + 14 : 26;
  return {
    type: axis.scale === 'log' ? 'log' : 'value',
    gridIndex,
    min,
    max,
    inverse: axis.inverted,
    show: axes.shown,
    position: name === 'x' ? 'bottom' : 'left',
    name: axis.label,
    nameLocation: 'middle',
    nameGap: longest,
    nameTextStyle: { color: INK, fontSize: FONT },
    axisLine: { show: false, onZero: false },
    axisTick: { show: true, lineStyle: { color: INK }, ...custom },
    axisLabel: {
      color: INK,
      fontSize: FONT - 1,
      hideOverlap: axis.tickLabels === undefined,
      ...custom,
      ...(found && { formatter: (value: number) => found.texts.get(value) ?? String(value) }),
    },
    splitLine: { show: false },
  } as AxisOption;
}

/** A guess at the width of the widest tick text of the y axis. */
function yTickWidth(axes: Axes): number {
  const texts = [...(ticksOf(axes, 'y', 250)?.texts.values() ?? ['1,000'])];
  return Math.max(8, ...texts.map((text) => text.length * 6.6));
}

/** A series of one item that is drawn by `draw` in the plot's pixels. */
function custom(gridIndex: number, count: number, draw: CustomSeriesRenderItem, rest: object = {}): SeriesOption {
  return {
    type: 'custom',
    xAxisIndex: gridIndex,
    yAxisIndex: gridIndex,
    clip: true,
    data: Array.from({ length: count }, (_, i) => [i]),
    encode: { x: [], y: [] },
    renderItem: draw,
    silent: true,
    ...rest,
  } as SeriesOption;
}

function seriesOf(artist: Artist, gridIndex: number): SeriesOption {
  const place = { xAxisIndex: gridIndex, yAxisIndex: gridIndex, animation: false, silent: true };
  const named = 'label' in artist && artist.label !== undefined ? { name: artist.label } : {};
  const look =
    'color' in artist && 'alpha' in artist ? { itemStyle: { color: artist.color, opacity: artist.alpha } } : {};
  switch (artist.kind) {
    case 'line':
      return {
        type: 'line',
        ...place,
        ...named,
        ...look,
        data: artist.points,
        showSymbol: artist.marker !== '',
        showAllSymbol: true,
        symbol: symbols[artist.marker],
        symbolSize: artist.marker === '.' ? artist.markersize / 2 : artist.markersize,
        lineStyle: {
          color: artist.color,
          width: artist.linestyle === '' ? 0 : artist.width,
          type: dash(artist.linestyle),
          opacity: artist.alpha,
        },
      };
    case 'points': {
      const { colors, points } = artist;
      const data = points.map((value, i) => (colors ? { value, itemStyle: { color: colors[i]! } } : value));
      const symbol = symbols[artist.marker];
      return { type: 'scatter', ...place, ...named, ...look, data, symbol, symbolSize: artist.size };
    }
    case 'boxes':
      return custom(gridIndex, artist.boxes.length, boxes(artist.boxes, artist), { ...named, ...look });
    case 'area':
      return custom(gridIndex, 1, area(artist.points, artist), { ...named, ...look });
    case 'rule':
      return custom(gridIndex, 1, rule(artist), { ...named, ...look });
    case 'image':
      return custom(gridIndex, 1, image(artist));
    case 'text':
      return custom(gridIndex, 1, text(artist));
  }
}

type Kind<Name extends Artist['kind']> = Extract<Artist, { kind: Name }>;

function boxes(list: Kind<'boxes'>['boxes'], { color, alpha, edgecolor }: Kind<'boxes'>): CustomSeriesRenderItem {
  return ({ dataIndex }, api) => {
    const [left, right, bottom, top] = list[dataIndex]!;
    const [x1, y1] = api.coord([left, bottom]) as [number, number];
    const [x2, y2] = api.coord([right, top]) as [number, number];
    const shape = { x: Math.min(x1, x2), y: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1) };
    return { type: 'rect', shape, style: { fill: color, opacity: alpha, ...(edgecolor && { stroke: edgecolor }) } };
  };
}

function area(points: [number, number][], { color, alpha }: Kind<'area'>): CustomSeriesRenderItem {
  return (_, api) => ({
    type: 'polygon',
    shape: { points: points.map((point) => api.coord(point)) },
    style: { fill: color, opacity: alpha },
  });
}

function rule({ axis, at, color, width, alpha, linestyle }: Kind<'rule'>): CustomSeriesRenderItem {
  return (params, api) => {
    const frame = params.coordSys as unknown as { x: number; y: number; width: number; height: number };
    const [x, y] = api.coord(axis === 'x' ? [at, 0] : [0, at]) as [number, number];
    const shape =
      axis === 'x'
        ? { x1: x, x2: x, y1: frame.y, y2: frame.y + frame.height }
        : { x1: frame.x, x2: frame.x + frame.width, y1: y, y2: y };
    return {
      type: 'line',
      shape,
      style: { stroke: color, lineWidth: width, opacity: alpha, lineDash: dash(linestyle) },
    };
  };
}

function image({ left, right, bottom, top, source }: Kind<'image'>): CustomSeriesRenderItem {
  return (_, api) => {
    const [x1, y1] = api.coord([left, top]) as [number, number];
    const [x2, y2] = api.coord([right, bottom]) as [number, number];
    return { type: 'image', style: { image: source, x: x1, y: y1, width: x2 - x1, height: y2 - y1 } };
  };
}

function text({ x, y, text, color, fontsize, ha, va }: Kind<'text'>): CustomSeriesRenderItem {
  return (_, api) => {
    const [left, top] = api.coord([x, y]) as [number, number];
    const verticalAlign = va === 'center' ? 'middle' : va;
    const font = `${(fontsize * FONT) / 10}px sans-serif`;
    return { type: 'text', style: { x: left, y: top, text, fill: color, align: ha, verticalAlign, font } };
  };
}

/** The grid's lines, drawn below everything else. */
function gridLines(axes: Axes, frame: Rect, gridIndex: number): SeriesOption[] {
  if (!axes.hasGrid) return [];
  const look = { color: '#b0b0b0', alpha: 0.6, width: 0.8, linestyle: '-' as const };
  return (['x', 'y'] as const).flatMap((axis) => {
    const places = ticksOf(axes, axis, axis === 'x' ? frame.width : frame.height)?.values ?? [];
    return places.map((at) => seriesOf({ kind: 'rule', axis, at, ...look }, gridIndex));
  });
}

/** The corner of a plot with the fewest points: 0 or 1 for left or right, 0 or 1 for top or bottom. */
function emptiestCorner(axes: Axes): [number, number] {
  const counts = [0, 0, 0, 0];
  const [xs, ys] = [axes.limits('x'), axes.limits('y')];
  for (const artist of axes.artists) {
    const [x, y] = [coordinates(artist, 'x'), coordinates(artist, 'y')];
    x.forEach((value, i) => {
      const across = (value - xs[0]) / (xs[1] - xs[0]);
      const up = ((y[i] ?? ys[0]) - ys[0]) / (ys[1] - ys[0]);
      const low = axes.yaxis.inverted ? up > 0.5 : up < 0.5;
      counts[(across < 0.4 ? 0 : across > 0.6 ? 1 : 4) + (low ? 2 : 0)]! += 1;
    });
  }
  const order = [1, 0, 3, 2];
  const best = order.reduce((a, b) => (counts[b]! < counts[a]! ? b : a));
  return [best % 2, best >> 1];
}

type Named = Exclude<Artist, { kind: 'image' | 'text' }> & { label: string };

/** What stands for a line in the legend, 25 units wide. */
const strokes: Readonly<Record<string, string>> = {
  '--': 'M0,6H7V8H0Z M9,6H16V8H9Z M18,6H25V8H18Z',
  ':': 'M0,6H3V8H0Z M5.5,6H8.5V8H5.5Z M11,6H14V8H11Z M16.5,6H19.5V8H16.5Z M22,6H25V8H22Z',
  '-.': 'M0,6H10V8H0Z M12,6H14V8H12Z M16,6H25V8H16Z',
};

/** A line without markers is a stroke in the legend too, a cloud of points a point. */
function icon(artist: Named): { icon?: string } {
  if (artist.kind === 'points') return { icon: 'circle' };
  if (artist.kind !== 'line' && artist.kind !== 'rule') return { icon: 'rect' };
  if (artist.kind === 'line' && artist.marker !== '') return {};
  return { icon: `path://${strokes[artist.linestyle] ?? 'M0,6H25V8H0Z'}` };
}

/** How much wider a letter may be than ECharts thinks, which knows one font: viewers of an SVG have others. */
const SPARE = 0.08 * FONT;

function legendOf(axes: Axes, frame: Rect, size: { width: number; height: number }): object[] {
  const named = axes.artists.filter((artist) => 'label' in artist && artist.label !== undefined) as Named[];
  if (!axes.hasLegend || named.length === 0) return [];
  const [right, bottom] = emptiestCorner(axes);
  return [
    {
      data: [...new Map(named.map((artist) => [artist.label, { name: artist.label, ...icon(artist) }])).values()],
      orient: 'vertical',
      align: 'left',
      backgroundColor: 'rgba(255,255,255,0.8)',
      borderColor: '#ccc',
      borderWidth: 1,
      borderRadius: 3,
      padding: [4, 8 + SPARE * Math.max(...named.map(({ label }) => label.length)), 4, 8],
      itemGap: 4,
      textStyle: { color: INK, fontSize: FONT },
      ...(right ? { right: size.width - frame.left - frame.width + 8 } : { left: frame.left + 8 }),
      ...(bottom ? { bottom: size.height - frame.top - frame.height + 8 } : { top: frame.top + 8 }),
    },
  ];
}

function titleOf(text: string, center: number, top: number, fontSize: number, color = INK): object {
  return {
    text,
    left: center,
    top,
    textAlign: 'center',
    padding: 0,
    textStyle: { color, fontSize, fontWeight: 400 },
  };
}

/** An SVG document of plots in a figure of this size in pixels. */
export function renderSvg(plots: readonly Plot[], suptitle: string, width: number, height: number): string {
  const echarts = optional<typeof import('echarts')>('echarts', 'pyplot');
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  const head = suptitle === '' ? 0 : 28;
  const space = { left: 0, top: head, width, height: height - head };
  const frames = plots.map(({ axes, cell }) => frameOf(axes, cell, space, yTickWidth(axes)));
  const titles = plots.map(({ axes }, i) => {
    const frame = frames[i]!;
    const { color, fontsize } = axes.titleStyle;
    return titleOf(axes.title, frame.left + frame.width / 2, frame.top - 8 - fontsize * 1.17, fontsize * 1.17, color);
  });
  const option = {
    animation: false,
    backgroundColor: '#fff',
    textStyle: { fontFamily: 'sans-serif' },
    title: [...titles, titleOf(suptitle, width / 2, 8, 17)],
    grid: plots.map(({ axes }, i) => ({
      ...frames[i]!,
      show: axes.shown,
      borderColor: INK,
      borderWidth: 1,
      backgroundColor: 'transparent',
      outerBoundsMode: 'none',
    })),
    xAxis: plots.map(({ axes }, i) => axisOption(axes, 'x', frames[i]!, i)),
    yAxis: plots.map(({ axes }, i) => axisOption(axes, 'y', frames[i]!, i)),
    legend: plots.flatMap(({ axes }, i) => legendOf(axes, frames[i]!, { width, height })),
    series: plots.flatMap(({ axes }, i) => [
      ...gridLines(axes, frames[i]!, i),
      ...axes.artists.map((artist) => seriesOf(artist, i)),
    ]),
  };
  try {
    chart.setOption(option as EChartsOption);
    // Pixels of a picture stay squares when it is enlarged.
    return chart
      .renderToSVGString()
      .replaceAll('<image ', '<image style="image-rendering:pixelated" preserveAspectRatio="none" ');
  } finally {
    chart.dispose();
  }
}
