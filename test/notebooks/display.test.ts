/** What values show in notebooks, without one. */
import torch, { nn, optim } from 'tsorch';
import { bundleOf, display, picture, table } from 'tsorch/notebook';
import * as plt from 'tsorch/pyplot';
import { tqdm } from 'tsorch/tqdm';

const symbol = Symbol.for('Jupyter.display');

test('tensors, parameters, modules, optimizers and bars show their text', async () => {
  const layer = new nn.Linear(1, 2);
  const optimizer = new optim.SGD(layer.parameters(), { lr: 0.1 });
  for (const value of [torch.ones(2), layer, layer.weight, optimizer, tqdm([1, 2])]) {
    expect((value as unknown as Record<symbol, () => unknown>)[symbol]!()).toEqual({ 'text/plain': String(value) });
  }
  expect((await bundleOf(layer.weight))['text/plain']).toMatch(/^Parameter containing:/);
  expect(await bundleOf(3)).toEqual({ 'text/plain': '3' });
  expect(await bundleOf(null)).toEqual({ 'text/plain': 'null' });
});

test('members for notebooks are not among the properties', () => {
  expect(Object.keys(torch.ones(1))).not.toContain(symbol);
  expect(Object.getOwnPropertySymbols(new nn.Linear(1, 1))).not.toContain(symbol);
});

/** A drawing without the names of its classes, which count up. */
const named = (drawing: string) => drawing.replace(/zr\d+-[\w-]+/g, 'class');

test('a figure shows its drawing', async () => {
  const [figure, axes] = plt.subplots();
  axes.plot([1, 2, 3]);
  const bundle = await bundleOf(figure);
  expect(bundle['text/plain']).toBe('<Figure size 640x480 with 1 Axes>');
  expect(named(bundle['image/svg+xml']!)).toBe(named(figure.to_svg()));
});

test.each([
  [[5, 7], 7, 5],
  [[1, 5, 7], 7, 5],
  [[3, 5, 7], 7, 5],
  [[4, 1, 5, 7], 38, 9],
])('a tensor of %j as a picture, on request', async (shape, width, height) => {
  const shown = picture(torch.rand(shape).requires_grad_());
  expect(shown).toMatchObject({ width, height });
  const bundle = await bundleOf(shown);
  expect(bundle['text/plain']).toBe(`<Picture size ${width}x${height}>`);
  expect(Buffer.from(bundle['image/png']!, 'base64')).toEqual(Buffer.from(shown.png));
});

test('bytes and floats make the same picture, other floats with normalize', () => {
  const bytes = torch.randint(0, 256, [3, 4, 4], { dtype: torch.uint8 });
  expect(picture(bytes.div(255)).png).toEqual(picture(bytes).png);
  const range = torch.tensor([[-2, 6]]);
  expect(picture(range, { normalize: true }).png).toEqual(picture(torch.tensor([[0, 1]])).png);
});

test('a table has its texts as text', async () => {
  const bundle = await bundleOf(table(['name', '<b>'], [['a & "b"', 2]]));
  expect(bundle['text/plain']).toBe('name\t<b>\na & "b"\t2');
  expect(bundle['text/html']).toMatch('<th>&lt;b&gt;</th>');
  expect(bundle['text/html']).toMatch('<td style="text-align:left">a &amp; &quot;b&quot;</td>');
});

test('in tslab, values go to its display in the richest format; without a kernel their text is printed', async () => {
  const shown: [type: string, data: string][] = [];
  const target = { raw: (type: string, data: string) => shown.push([type, named(data)]) };
  const [figure] = plt.subplots();
  await display(figure, target);
  await display(torch.ones(1), target);
  expect(shown).toEqual([
    ['image/svg+xml', named(figure.to_svg())],
    ['text/plain', 'tensor([1.])'],
  ]);
  const printed = jest.spyOn(console, 'log').mockImplementation(() => {});
  await display(torch.ones(1));
  expect(printed.mock.calls).toEqual([['tensor([1.])']]);
  printed.mockRestore();
});

test('a bar in a notebook is one output that is shown again', () => {
  const calls: [text: string, options: { display_id: string; update: boolean }][] = [];
  const jupyter = {
    async display(
      value: Record<symbol, () => Record<string, string>>,
      options: { display_id: string; update: boolean },
    ) {
      calls.push([value[symbol]!()['text/plain']!, options]);
    },
  };
  Object.assign(globalThis, { Deno: { jupyter } });
  try {
    for (const _ of tqdm([1, 2, 3], { mininterval: 0, desc: 'x' }));
    for (const _ of tqdm([1], { leave: false }));
    for (const _ of tqdm([1], { disable: true }));
  } finally {
    Reflect.deleteProperty(globalThis, 'Deno');
  }
  const first = calls.filter(([, { display_id }]) => display_id === calls[0]![1].display_id);
  expect(first.map(([, { update }]) => update)).toEqual([false, true, true, true, true]);
  expect(first[0]![0]).toMatch(/^x: {3}0%/);
  expect(first.at(-1)![0]).toMatch(/^x: 100%/);
  expect(calls.at(-1)).toEqual(['', expect.objectContaining({ update: true })]);
});
