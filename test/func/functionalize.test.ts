/** Functions without changes in place give what the functions give. */
import torch, { type Tensor } from 'tsorch';
import * as func from 'tsorch/func';

const functions: Record<string, (x: Tensor) => Tensor> = {
  'a change of a view': (x) => {
    const y = x.clone();
    y.view(-1).index(0).add_(5);
    return y.mul(2);
  },
  'a change of the argument': (x) => x.mul_(2).add(1),
  'an assignment': (x) => {
    const y = x.clone();
    y.index_put_([0], 7);
    return y.index(0);
  },
  'an output': (x) => {
    const out = torch.zeros_like(x);
    torch.add(x, 1, { out });
    return out;
  },
  'nothing in place': (x) => x.sin().sum(),
};

describe.each(['mutations', 'mutations_and_views'] as const)('functionalize, without %s', (remove) => {
  it.each(Object.entries(functions))('computes %s', (_, f) => {
    const data = [
      [1, 2],
      [3, 4],
    ];
    const [x, y] = [torch.tensor(data), torch.tensor(data)];
    expect(func.functionalize(f, { remove })(x).tolist()).toEqual(f(y).tolist());
    expect(x.tolist()).toEqual(y.tolist());
  });
});

it('works below vmap and grad', () => {
  const f = func.functionalize((x: Tensor) => x.clone().mul_(x).sum());
  const x = torch.tensor([
    [1, 2],
    [3, 4],
  ]);
  expect((func.vmap(f)(x) as Tensor).tolist()).toEqual([5, 25]);
  expect((func.grad(f)(x) as Tensor).tolist()).toEqual([
    [2, 4],
    [6, 8],
  ]);
});

it('refuses to remove other things', () => {
  expect(() => func.functionalize((x: Tensor) => x, { remove: 'views' as 'mutations' })).toThrow(
    "received invalid argument for remove=views. Valid options are:\n     remove='mutations'",
  );
});

it('leaves no layer behind an error', () => {
  const f = func.functionalize(() => {
    throw new URIError('inside');
  });
  expect(f).toThrow(new URIError('inside'));
  expect(torch.ones(2).add_(1).tolist()).toEqual([2, 2]);
});
