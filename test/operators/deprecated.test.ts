import torch, { type Tensor } from 'tsorch';

type Loose = (...args: unknown[]) => Tensor;

const x = torch.tensor([1, 2]);
const square = torch.ones(2, 2);

/** The warnings that a call shows, with its result. */
function warned(run: () => Tensor): [texts: string[], result: unknown] {
  const emit = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
  torch.set_warn_always(true);
  try {
    const result = run().tolist();
    return [emit.mock.calls.map(([text]) => String(text)), result];
  } finally {
    torch.set_warn_always(false);
    emit.mockRestore();
  }
}

it.each<[string, () => Tensor, string, string[], unknown]>([
  [
    'addcmul',
    () => (torch.addcmul as Loose)(x, 2, x, x),
    'Tensor input, Number value, Tensor tensor1, Tensor tensor2, *, Tensor out = None',
    ['Tensor input, Tensor tensor1, Tensor tensor2, *, Number value = 1, Tensor out = None'],
    [3, 10],
  ],
  [
    'addcmul',
    () => (x.addcmul as Loose).call(x, 2, x, x),
    'Number value, Tensor tensor1, Tensor tensor2',
    ['Tensor tensor1, Tensor tensor2, *, Number value = 1'],
    [3, 10],
  ],
  [
    'addmm',
    () => (torch.addmm as Loose)(1, square, 2, square, square),
    'Number beta, Tensor input, Number alpha, Tensor mat1, Tensor mat2, *, Tensor out = None',
    [
      'Tensor input, Tensor mat1, Tensor mat2, *, Number beta = 1, Number alpha = 1, Tensor out = None',
      'Tensor input, Tensor mat1, Tensor mat2, torch.dtype out_dtype, *, Number beta = 1, Number alpha = 1, Tensor out = None',
    ],
    [
      [5, 5],
      [5, 5],
    ],
  ],
])('a deprecated order of arguments of %s is told each time it is used', (name, run, used, others, result) => {
  const text = [
    `This overload of ${name} is deprecated:`,
    `\t${name}(${used})`,
    'Consider using one of the following signatures instead:',
    ...others.map((other) => `\t${name}(${other})`),
  ].join('\n');
  expect([warned(run), warned(run)]).toEqual([
    [[text], result],
    [[text], result],
  ]);
});

it('names count as positions do', () => {
  const [texts, sum] = warned(() => (torch.add as Loose)(x, 2, { other: x }));
  expect(texts.map((text) => text.split('\n')[0])).toEqual(['This overload of add is deprecated:']);
  expect(sum).toEqual([3, 6]);
});

it('torch.range says what to use instead', () => {
  const [texts, values] = warned(() => torch.range(0, 2));
  expect(texts).toEqual([expect.stringMatching(/^torch\.range is deprecated .* use torch\.arange/)]);
  expect(values).toEqual([0, 1, 2]);
});
