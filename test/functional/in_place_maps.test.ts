import torch from 'tsorch';

const { Complex } = torch;
const refusal = (name: string) =>
  `Can't call ${name}() on Variable that requires grad. Use var.detach().${name}() instead.`;

describe('apply_', () => {
  it('gives complex numbers and takes them', () => {
    const x = torch.ones(2).mul(new Complex(1, 2));
    const double = (z: torch.Complex) => new Complex(2 * z.re, 5);
    expect(x.apply_(double as never).tolist()).toEqual([new Complex(2, 5), new Complex(2, 5)]);
    expect(x.apply_(() => 2).tolist()).toEqual([new Complex(2, 0), new Complex(2, 0)]);
  });

  it('rounds no large integer', () => {
    const large = 2n ** 62n + 1n;
    expect(
      torch
        .zeros(1, { dtype: torch.int64 })
        .apply_((() => large) as never)
        .item(),
    ).toBe(large);
  });

  it('takes booleans, and truncates for integers', () => {
    expect(
      torch
        .ones(2)
        .apply_((() => true) as never)
        .tolist(),
    ).toEqual([1, 1]);
    expect(
      torch
        .zeros(1, { dtype: torch.int64 })
        .apply_(() => 2.5)
        .item(),
    ).toBe(2);
  });

  it('refuses what is no number', () => {
    const [floats, integers] = [torch.ones(1), torch.ones(1, { dtype: torch.int64 })];
    expect(() => floats.apply_((() => 'a') as never)).toThrow(new TypeError('must be real number, not string'));
    expect(() => floats.apply_((() => undefined) as never)).toThrow(
      new TypeError('must be real number, not undefined'),
    );
    expect(() => floats.apply_((() => new Complex(0, 1)) as never)).toThrow(TypeError);
    expect(() => integers.apply_((() => 'a') as never)).toThrow("'string' object cannot be interpreted as an integer");
    expect([floats.item(), integers.item()]).toEqual([1, 1]);
  });

  it('leaves a tensor without data as it is', () => {
    const x = torch.ones(2, { device: 'meta' });
    expect(x.apply_((z) => z)).toBe(x);
  });
});

describe('apply_, map_ and map2_', () => {
  it('refuse tensors that require grad, also where none is recorded', () => {
    const [x, leaf] = [torch.ones(2), torch.ones(2, { requires_grad: true })];
    expect(() => leaf.apply_((z) => z)).toThrow(new torch.TorchError(refusal('apply_')));
    expect(() => torch.no_grad(() => leaf.apply_((z) => z))).toThrow(refusal('apply_'));
    expect(() => x.map_(leaf, (a) => a)).toThrow(refusal('map_'));
    expect(() => x.map2_(x, leaf, (a) => a)).toThrow(refusal('map2_'));
  });

  it('refuse tensors of another type', () => {
    const [x, double] = [torch.ones(2), torch.ones(2, { dtype: torch.float64 })];
    const got = 'expected torch.FloatTensor for';
    expect(() => x.map_(double, (a) => a)).toThrow(new TypeError(`map_: ${got} 'other' (got torch.DoubleTensor)`));
    expect(() => x.map2_(double, x, (a) => a)).toThrow(`map2_: ${got} argument 'x' (got torch.DoubleTensor)`);
    expect(() => x.map2_(x, double, (a) => a)).toThrow(`map2_: ${got} argument 'y' (got torch.DoubleTensor)`);
  });
});
