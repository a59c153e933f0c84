/** Plots: their SVG, their pixels, and the numbers behind. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch from 'tsorch';
import * as plt from 'tsorch/pyplot';
import { read_image } from 'tsorch/vision/io';

afterEach(() => plt.close());

/** The texts of an SVG in order. */
function texts(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!);
}

test('lines have titles, labels, ticks, a legend, and their colours', () => {
  const x = torch.linspace(0, 10, 50).requires_grad_();
  plt.plot(x, x.sin(), { label: 'sin <x>' });
  plt.plot(x, x.cos(), 'r--', { label: 'cos' });
  plt.title('Waves');
  plt.xlabel('time');
  plt.ylabel('height');
  plt.legend();
  const svg = plt.gcf().to_svg();
  const found = texts(svg);
  for (const text of ['Waves', 'time', 'height', 'sin &lt;x&gt;', 'cos', '0', '2', '10', '-1.0', '0.5', '1.0']) {
    expect(found).toContain(text);
  }
  expect(svg).toContain('stroke="#1f77b4"');
  expect(svg).toMatch(/stroke="#ff0000"[^>]*stroke-dasharray="7,4"|stroke-dasharray="7,4"[^>]*stroke="#ff0000"/);
});

test('a legend shows lines dashed as they are drawn, and points as points', () => {
  plt.plot([0, 1], { label: 'solid' });
  plt.plot([1, 0], 'r--', { label: 'dashed' });
  plt.scatter([0, 1], [1, 1], { label: 'points' });
  plt.legend();
  const marks = plt
    .gcf()
    .to_svg()
    .match(/<path[^>]*ecmeta_ssr_type="legend" ecmeta_silent="true"[^>]*>/g)!;
  const pieces = marks.map((mark) => / d="([^"]*)"/.exec(mark)![1]!.match(/Z/g)?.length ?? 0);
  expect(pieces).toEqual([1, 3, 0]);
  expect(marks[2]).toMatch(/ d="[^"]*A7 7/);
});

test('a histogram counts as numpy does', () => {
  const [counts, edges] = plt.hist([0, 0.1, 0.5, 0.99, 1], 2);
  expect([counts, edges]).toEqual([
    [2, 3],
    [0, 0.5, 1],
  ]);
  const [density] = plt.hist([1, 2, 2, 9], { bins: [0, 2, 4], density: true });
  expect(density).toEqual([1 / 3 / 2, 2 / 3 / 2]);
  expect(plt.hist([3, 3], 4)[1]).toEqual([2.5, 2.75, 3, 3.25, 3.5]);
  expect(() => plt.hist([1], 0)).toThrow(/`bins` must be positive/);
});

test('an image is drawn pixel by pixel', () => {
  const [figure, axes] = plt.subplots(1, 1, { figsize: [2, 2] });
  const image = torch.tensor(new Uint8Array([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255])).view(2, 2, 3);
  axes.imshow(image);
  axes.axis('off');
  const pixels = figure.to_image();
  expect(pixels.shape).toEqual([3, 200, 200]);
  const at = (y: number, x: number) => pixels.index(':', y, x).tolist();
  expect([at(40, 40), at(40, 160), at(160, 40), at(160, 160)]).toEqual([
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 255],
  ]);
  axes.cla();
  axes.imshow(image.permute(2, 0, 1).to(torch.float32).div(255));
  axes.axis('off');
  expect(figure.to_image().equal(pixels)).toBe(true);
  expect(() => axes.imshow(torch.ones(2, 2, 2))).toThrow('Invalid shape (2, 2, 2) for image data');
});

test('values get the colours of a map', () => {
  const [figure, axes] = plt.subplots(1, 1, { figsize: [2, 1] });
  axes.imshow(torch.tensor([[0, 0.5, 1]]), { cmap: 'gray' });
  axes.axis('off');
  const pixels = figure.to_image();
  expect([40, 100, 160].map((x) => pixels.index(0, 50, x).item())).toEqual([0, 128, 255]);
  expect(() => axes.imshow(torch.ones(2, 2), { cmap: 'rainbows' })).toThrow(/'rainbows' is not a known value for cmap/);
});

test('a confusion matrix has its counts and classes', () => {
  plt.confusion_matrix(
    torch.tensor([
      [50n, 3n],
      [7n, 40n],
    ]),
    { display_labels: ['cat', 'dog'] },
  );
  const found = texts(plt.gcf().to_svg());
  for (const text of ['50', '3', '7', '40', 'cat', 'dog', 'True label', 'Predicted label'])
    expect(found).toContain(text);
});

test('tables of plots, logarithmic axes, and every kind of mark', () => {
  const [figure, [[a, b], [c, d]]] = plt.subplots(2, 2);
  figure.suptitle('Four');
  a.plot([1, 2, 3], [0.001, 0.1, 100], 'go-');
  a.set_yscale('log');
  b.bar(['x', 'y'], torch.tensor([3, 4]), { color: 'C1' });
  c.scatter(torch.randn(5), torch.randn(5), { c: torch.arange(5) });
  c.text(0, 0, 'here');
  c.axhline(0.25, { ls: ':' });
  d.fill_between([0, 1], [1, 2], [0, 0.5], { alpha: 0.5 });
  d.grid();
  const svg = figure.to_svg();
  for (const text of ['Four', '0.001', '10', 'x', 'y', 'here']) expect(texts(svg)).toContain(text);
  expect(svg).toContain('#ff7f0e');
  expect(figure.axes).toHaveLength(4);
  expect(figure.add_subplot(2, 2, 3)).toBe(c);
  expect(() => figure.add_subplot(2, 2, 5)).toThrow('num must be an integer with 1 <= num <= 4, not 5');
});

test('errors name what is wrong', () => {
  expect(() => plt.plot([1, 2], [1, 2, 3])).toThrow(
    'x and y must have same first dimension, but have shapes (2,) and (3,)',
  );
  expect(() => plt.xlim([0] as never, 1)).toThrow('must be a list of numbers');
  expect(() => plt.hist([1], [[0], 1] as never)).toThrow("hist(): argument 'bins' must be a list of numbers");
  expect(() => plt.hist([[1]] as never)).toThrow('not a list of lists');
  expect(() => plt.plot([1], 'q')).toThrow("'q' is not a valid format string");
  expect(() => plt.savefig('plot.gif')).toThrow("Format 'gif' is not supported");
});

test('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsorch-pyplot-'));
  try {
    plt.plot(torch.arange(10));
    plt.savefig(join(folder, 'a.svg'));
    plt.savefig(join(folder, 'a.png'), { dpi: 50 });
    expect(readFileSync(join(folder, 'a.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>$/s);
    expect(read_image(join(folder, 'a.png'), { mode: 'RGB' }).shape).toEqual([3, 240, 320]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('arguments by name', () => {
  const [wide] = plt.subplots({ figsize: [8, 4] });
  expect(wide.figsize).toEqual([8, 4]);
  const [, table] = plt.subplots({ nrows: 2, ncols: 3 });
  expect(table.map((row) => row.length)).toEqual([3, 3]);
  const [, row] = plt.subplots(1, { ncols: 2, figsize: [3, 3] });
  expect(row).toHaveLength(2);
  expect(plt.subplot(122)).toBe(row[1]);
  plt.axhline({ y: 0.5, color: 'red' });
  expect(plt.gcf().to_svg()).toContain('stroke="red"');
  expect(() => plt.scatter([1], [2], { colour: 'red' } as never)).toThrow("unexpected keyword argument 'colour'");
  expect(() => plt.subplots({ figze: [1, 2] } as never)).toThrow("unexpected keyword argument 'figze'");
});
