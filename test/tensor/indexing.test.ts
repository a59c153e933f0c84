import torch from 'tsorch';

const x = torch.arange(24).reshape(2, 3, 4);

describe('index', () => {
  it.each([
    ['an integer', [0], [3, 4], 66],
    ['a negative integer', [-1], [3, 4], 210],
    ['a slice', ['0:1'], [1, 3, 4], 66],
    ['open slices', [':', '1:', ':-1'], [2, 2, 3], 156],
    ['a step', [':', '::2'], [2, 2, 4], 184],
    ['the ellipsis', ['...', 0], [2, 3], 60],
    ['a new dimension', [null, 0], [1, 3, 4], 66],
    ['a list', [[0, 1, 1]], [3, 3, 4], 486],
    [
      'lists together',
      [
        [0, 1],
        [2, 0],
      ],
      [2, 4],
      92,
    ],
    ['a boolean list', [[true, false]], [1, 3, 4], 66],
    ['true', [true], [1, 2, 3, 4], 276],
  ] as const)('by %s', (_, indices, shape, sum) => {
    const result = x.index(...(indices as readonly unknown[] as never[]));
    expect(result.shape).toEqual(shape);
    expect(result.sum().item()).toBe(sum);
  });

  it('by a mask and by an index tensor', () => {
    expect(x.index(x.gt(20)).tolist()).toEqual([21, 22, 23]);
    expect(x.index(torch.tensor([1n])).shape).toEqual([1, 3, 4]);
  });

  it('gives a view for integers and slices', () => {
    const y = torch.zeros(3, 3);
    y.index(1).fill_(5);
    y.index(':', '2:').fill_(7);
    expect(y.tolist()).toEqual([
      [0, 0, 7],
      [5, 5, 7],
      [0, 0, 7],
    ]); // prettier-ignore
  });

  it('refuses with PyTorch’s words', () => {
    expect(() => x.index(2)).toThrow(new RangeError('index 2 is out of bounds for dimension 0 with size 2'));
    expect(() => x.index(0, 0, 0, 0)).toThrow(RangeError);
    expect(() => x.index('0:1:-1')).toThrow('step must be greater than zero');
    expect(() => x.index(1.5)).toThrow(RangeError);
    expect(() => x.index('one')).toThrow("'one' is not an index");
    expect(() => torch.tensor(1).index(0)).toThrow(RangeError);
  });
});

describe('index_put_', () => {
  it('assigns numbers and tensors, with broadcasting', () => {
    const y = torch.zeros(2, 3);
    expect(y.index_put_([0], 1)).toBe(y);
    y.index_put_([':', '1:'], torch.tensor([5, 6]));
    y.index_put_([y.eq(1)], -1);
    expect(y.tolist()).toEqual([
      [-1, 5, 6],
      [0, 5, 6],
    ]); // prettier-ignore
  });

  it('adds with accumulate', () => {
    const y = torch.zeros(3);
    y.index_put_([[0, 0, 2]], torch.ones(3), true);
    expect(y.tolist()).toEqual([2, 0, 1]);
  });

  it('changes nothing when it refuses', () => {
    const y = torch.zeros(2);
    expect(() => y.index_put_([5], 1)).toThrow(RangeError);
    expect(() => y.index_put_([':'], torch.ones(3))).toThrow(torch.TorchError);
    expect(y.tolist()).toEqual([0, 0]);
  });
});

it('iterates over the first dimension', () => {
  expect(
    [
      ...torch.tensor([
        [1, 2],
        [3, 4],
      ]),
    ].map((row) => row.tolist()),
  ).toEqual([
    [1, 2],
    [3, 4],
  ]); // prettier-ignore
  expect(() => [...torch.tensor(1)]).toThrow('iteration over a 0-d tensor');
  expect(torch.zeros(3, 2)).toHaveLength(3);
  expect(() => torch.tensor(1).length).toThrow('len() of a 0-d tensor');
});
