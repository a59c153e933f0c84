import torch, { copy, nn, type Tensor } from 'tsorch';
import { expectGolden, type GoldenValue } from './golden';
import golden from './golden/utils.json';

const { utils } = nn;
const { parametrizations, parametrize, prune } = utils;

interface Trace {
  repr: string;
  state: Record<string, GoldenValue>;
  outs: GoldenValue;
  grads: GoldenValue;
}

const want = golden as unknown as Record<string, unknown>;

function seeded<Value>(make: () => Value): Value {
  torch.manual_seed(0);
  return make();
}

function expectState(module: nn.Module, expected: Record<string, GoldenValue>): void {
  const state = module.state_dict();
  expect(Object.keys(state)).toEqual(Object.keys(expected));
  for (const [key, value] of Object.entries(expected)) expectGolden(state[key], value, key);
}

const input = seeded(() => torch.randn(4, 3));

/** Two calls and a backward pass. */
function expectTrace(name: string, module: nn.Module): void {
  const expected = want[name] as Trace;
  const outs = [module(input), module(input)] as [Tensor, Tensor];
  outs[1].sum().backward();
  expect(String(module)).toBe(expected.repr);
  expectState(module, expected.state);
  expectGolden(outs, expected.outs, 'results');
  expectGolden(
    module.parameters().map((p) => p.grad),
    expected.grads,
    'gradients',
  );
}

describe('clipping gradients', () => {
  const make = (): nn.Linear => {
    const layer = seeded(() => new nn.Linear(3, 2));
    layer(torch.tensor([[1, -2, 0.5]]))
      .sum()
      .backward(); // prettier-ignore
    return layer;
  };
  const cases: [string, (p: nn.Parameter[]) => Tensor | null][] = [
    ['norm 2', (p) => utils.clip_grad_norm_(p, 0.5)],
    ['norm 1', (p) => utils.clip_grad_norm_(p, 10, { norm_type: 1 })],
    ['norm inf', (p) => utils.clip_grad_norm_(p, 0.1, { norm_type: Number.POSITIVE_INFINITY })],
    [
      'value',
      (p) => {
        utils.clip_grad_value_(p, 0.4);
        return null;
      },
    ],
  ];

  it.each(cases)('by %s', (name, clip) => {
    const layer = make();
    const expected = want[`clip ${name}`] as { total: GoldenValue; grads: GoldenValue };
    expectGolden(clip(layer.parameters()), expected.total);
    expectGolden(
      layer.parameters().map((p) => p.grad),
      expected.grads,
    );
  });

  it('gives the norm of tensors of several dtypes', () => {
    const tensors = [torch.ones(2), torch.full([3], 2, { dtype: torch.float64 })];
    expectGolden(utils.get_total_norm(tensors), want['total norm'] as GoldenValue);
  });

  it('takes one tensor, no gradients at all, and refuses norms that are not finite when asked', () => {
    const p = torch.ones(2, { requires_grad: true });
    expect(utils.clip_grad_norm_(p, 1).item()).toBe(0);
    p.grad = torch.tensor([Number.POSITIVE_INFINITY, 1]);
    expect(() => utils.clip_grad_norm_([p], 1, { error_if_nonfinite: true })).toThrow(
      'The total norm of order 2.0 for gradients from `parameters` is non-finite',
    );
    expect(p.grad!.tolist()).toEqual([Number.POSITIVE_INFINITY, 1]);
  });
});

it('parameters become a vector and come back', () => {
  const layer = seeded(() => new nn.Linear(3, 2));
  const vector = utils.parameters_to_vector(layer.parameters());
  expectGolden(vector, want.vector as GoldenValue);
  utils.vector_to_parameters(vector.detach().mul(2), layer.parameters());
  expect(layer.weight.shape).toEqual([2, 3]);
  expectGolden(utils.parameters_to_vector(layer.parameters()).div(2), want.vector as GoldenValue);
});

describe('weights computed from others', () => {
  it.each<[string, () => nn.Module]>([
    ['weight_norm', () => utils.weight_norm(new nn.Linear(3, 2))],
    ['weight_norm dim', () => utils.weight_norm(new nn.Linear(3, 2), 'weight', null)],
    ['spectral_norm', () => utils.spectral_norm(new nn.Linear(3, 2), { n_power_iterations: 2 })],
    ['parametrized weight_norm', () => parametrizations.weight_norm(new nn.Linear(3, 2), { dim: 1 })],
    ['parametrized spectral_norm', () => parametrizations.spectral_norm(new nn.Linear(3, 2))],
    ['orthogonal matrix_exp', () => parametrizations.orthogonal(new nn.Linear(3, 3), { orthogonal_map: 'matrix_exp' })],
    ['orthogonal cayley', () => parametrizations.orthogonal(new nn.Linear(3, 3), { orthogonal_map: 'cayley' })],
    [
      'orthogonal householder',
      () => parametrizations.orthogonal(new nn.Linear(3, 3), { orthogonal_map: 'householder' }),
    ],
    ['orthogonal wide', () => parametrizations.orthogonal(new nn.Linear(3, 2))],
    [
      'orthogonal plain',
      () => parametrizations.orthogonal(new nn.Linear(3, 3), { orthogonal_map: 'cayley', use_trivialization: false }),
    ],
  ])('%s', (name, make) => {
    expectTrace(name, seeded(make));
  });

  it('norms are removed again', () => {
    const layer = utils.weight_norm(new nn.Linear(3, 2));
    const before = layer(input);
    utils.remove_weight_norm(layer);
    expect(Object.keys(layer.state_dict())).toEqual(['bias', 'weight']);
    expect(layer(input).allclose(before)).toBe(true);
    expect(() => utils.remove_weight_norm(layer)).toThrow("weight_norm of 'weight' not found in Linear(");

    const spectral = utils.spectral_norm(new nn.Linear(3, 2)).eval();
    const normalised = spectral(input);
    expect(() => utils.spectral_norm(spectral)).toThrow('Cannot register two spectral_norm hooks');
    utils.remove_spectral_norm(spectral);
    expect(spectral.weight).toBeInstanceOf(nn.Parameter);
    expect(spectral(input).allclose(normalised)).toBe(true);
  });

  it('states of the old weight_norm load into the parametrization', () => {
    const old = utils.weight_norm(new nn.Linear(3, 2));
    const layer = parametrizations.weight_norm(new nn.Linear(3, 2));
    expect(String(layer.load_state_dict(old.state_dict()))).toBe('<All keys matched successfully>');
    expect(layer(input).allclose(old(input))).toBe(true);
  });
});

class Symmetric extends nn.Module {
  override forward(x: Tensor): Tensor {
    return x.triu().add(x.triu(1).mT);
  }

  right_inverse(x: Tensor): Tensor {
    return x.triu();
  }
}

class Double extends nn.Module {
  override forward(x: Tensor): Tensor {
    return x.mul(2);
  }
}

describe('parametrize', () => {
  const make = (): nn.Linear => {
    const layer = new nn.Linear(3, 3);
    parametrize.register_parametrization(layer, 'weight', new Symmetric());
    return parametrize.register_parametrization(layer, 'weight', new Double());
  };

  it('computes, prints and removes as PyTorch', () => {
    const layer = seeded(make);
    expect(parametrize.is_parametrized(layer)).toBe(true);
    expect(parametrize.is_parametrized(layer, 'bias')).toBe(false);
    expect(parametrize.type_before_parametrizations(layer)).toBe(nn.Linear);
    expectTrace('parametrized', layer);
    parametrize.remove_parametrizations(layer, 'weight');
    const removed = want['parametrization removed'] as Trace;
    expect(String(layer)).toBe(removed.repr);
    expectState(layer, removed.state);
    expect(Object.getPrototypeOf(layer)).toBe(nn.Linear.prototype);
  });

  it('assigns through right_inverse', () => {
    const layer = new nn.Linear(2, 2);
    parametrize.register_parametrization(layer, 'weight', new Symmetric());
    Object.assign(layer, {
      weight: torch.tensor([
        [1, 2],
        [2, 3],
      ]),
    }); // prettier-ignore
    expect(layer.weight.tolist()).toEqual([
      [1, 2],
      [2, 3],
    ]); // prettier-ignore
    const twice = make();
    expect(() => Object.assign(twice, { weight: torch.ones(3, 3) })).toThrow(
      'parametrization Double does not implement right_inverse.',
    );
  });

  it('caches inside cached() and lives on in deep copies', () => {
    const layer = make();
    expect(layer.weight).not.toBe(layer.weight);
    parametrize.cached(() => {
      expect(layer.weight).toBe(layer.weight);
    });
    const copied = copy.deepcopy(layer);
    expect(String(copied)).toBe(String(layer));
    expect(copied(input).allclose(layer(input))).toBe(true);
    expect(copied.parameters().some((p) => layer.parameters().includes(p))).toBe(false);
  });

  it('refuses what changes shape, and names that are not there', () => {
    class Wider extends nn.Module {
      override forward(x: Tensor): Tensor {
        return x.repeat(1, 2);
      }
    }
    const layer = new nn.Linear(2, 2);
    expect(() => parametrize.register_parametrization(layer, 'weight', new Wider())).toThrow(
      'Registering a parametrization may not change the shape of the tensor, unless `unsafe` flag is enabled.\n' +
        'unparametrized shape: torch.Size([2, 2])\nparametrized shape: torch.Size([2, 4])',
    );
    expect(() => parametrize.register_parametrization(layer, 'weigth', new Double())).toThrow(
      "does not have a parameter, a buffer, or a parametrized element with name 'weigth'",
    );
    parametrize.register_parametrization(layer, 'weight', new Wider(), { unsafe: true });
    expect(layer.weight.shape).toEqual([2, 4]);
  });
});

it('the functions of nn.utils take names of tensors by name', () => {
  const layer = new nn.Linear(4, 4);
  parametrizations.orthogonal(layer, { name: 'weight' });
  expect(parametrize.is_parametrized(layer, { tensor_name: 'weight' })).toBe(true);
  expect(parametrize.is_parametrized(layer, { tensor_name: 'bias' })).toBe(false);
  const other = parametrize.transfer_parametrizations_and_params(layer, new nn.Linear(4, 4), { tensor_name: 'weight' });
  expect(parametrize.is_parametrized(other)).toBe(true);
  parametrize.remove_parametrizations(layer, { tensor_name: 'weight', leave_parametrized: false });
  expect(parametrize.is_parametrized(layer)).toBe(false);
  utils.weight_norm(layer, { name: 'weight', dim: null });
  expect(utils.remove_weight_norm(layer, { name: 'weight' }).weight.shape).toEqual([4, 4]);
  utils.spectral_norm(layer, { name: 'weight' });
  expect(utils.remove_spectral_norm(layer, { name: 'weight' }).weight.shape).toEqual([4, 4]);
  const padded = torch.arange(6).reshape(3, 2);
  const [first] = utils.rnn.unpad_sequence(padded.clone(), torch.tensor([3n, 1n]), { batch_first: false });
  expect(first!.tolist()).toEqual([0, 2, 4]);
});

describe('pruning', () => {
  interface Pruned {
    state: Record<string, GoldenValue>;
    weight: GoldenValue;
  }

  it.each<[string, (m: nn.Linear) => unknown]>([
    ['l1', (m) => prune.l1_unstructured(m, 'weight', { amount: 0.3 })],
    ['l1 count', (m) => prune.l1_unstructured(m, 'weight', 5, { importance_scores: m.weight.detach().square() })],
    ['random', (m) => prune.random_unstructured(m, 'weight', { amount: 0.4 })],
    ['random structured', (m) => prune.random_structured(m, 'weight', { amount: 0.5, dim: 1 })],
    ['ln', (m) => prune.ln_structured(m, 'weight', { amount: 2, n: 2, dim: 0 })],
    ['mask', (m) => prune.custom_from_mask(m, 'bias', { mask: torch.tensor([0, 1, 1, 0], { dtype: torch.int64 }) })],
    ['identity', (m) => prune.identity(m, 'bias')],
    [
      'twice',
      (m) => {
        prune.l1_unstructured(m, 'weight', 0.2);
        prune.ln_structured(m, 'weight', 0.5, { n: 1, dim: 1 });
      },
    ],
    ['removed', (m) => prune.remove(prune.l1_unstructured(m, 'weight', 0.5), 'weight')],
  ])('%s', (name, cut) => {
    const layer = seeded(() => new nn.Linear(6, 4));
    cut(layer);
    const expected = want[`prune ${name}`] as Pruned;
    expectState(layer, expected.state);
    expectGolden(layer.weight, expected.weight, 'weight');
    expect(prune.is_pruned(layer)).toBe(name !== 'removed');
  });

  it('takes its arguments by name', () => {
    const made = (cut: (m: nn.Linear) => unknown) => {
      const layer = seeded(() => new nn.Linear(6, 4));
      cut(layer);
      return layer.state_dict();
    };
    const pairs: [byName: (m: nn.Linear) => unknown, byPosition: (m: nn.Linear) => unknown][] = [
      [
        (m) => prune.l1_unstructured(m, { name: 'weight', amount: 0.3 }),
        (m) => prune.l1_unstructured(m, 'weight', 0.3),
      ],
      [
        (m) => prune.random_unstructured(m, { name: 'bias', amount: 2 }),
        (m) => prune.random_unstructured(m, 'bias', 2),
      ],
      [
        (m) => prune.ln_structured(m, { name: 'weight', amount: 0.5, n: 2, dim: 0 }),
        (m) => prune.ln_structured(m, 'weight', 0.5, 2, 0),
      ],
      [
        (m) => prune.global_unstructured([[m, 'weight']], { pruning_method: prune.L1Unstructured, amount: 0.2 }),
        (m) => prune.global_unstructured([[m, 'weight']], prune.L1Unstructured, { amount: 0.2 }),
      ],
      [
        (m) => prune.remove(prune.identity(m, { name: 'bias' }), { name: 'bias' }),
        (m) => prune.remove(prune.identity(m, 'bias'), 'bias'),
      ],
    ]; // prettier-ignore
    for (const [byName, byPosition] of pairs) expect(String(made(byName))).toBe(String(made(byPosition)));
    expect(new prune.L1Unstructured({ amount: 0.2 }).amount).toBe(0.2);
    expect(() => prune.ln_structured(new nn.Linear(1, 1), 'weight', 0.5, { n: 2 } as never)).toThrow(
      "ln_structured() missing 1 required positional argument: 'dim'",
    );
  });

  it('counts several tensors as one', () => {
    const [a, b] = seeded(() => [new nn.Linear(3, 3), new nn.Linear(3, 2)] as const);
    const targets = [
      [a, 'weight'],
      [b, 'weight'],
    ] as const; // prettier-ignore
    prune.global_unstructured(targets, prune.L1Unstructured, { amount: 0.4 });
    const { state } = want['prune global'] as Pruned;
    expectState(a, Object.fromEntries(Object.entries(state).filter(([key]) => !key.startsWith('b.'))));
    expectGolden(b.state_dict().weight_mask, state['b.weight_mask']!);
  });

  it('takes methods of the user’s own, and keeps pruned weights pruned in training', () => {
    class EveryOther extends prune.BasePruningMethod {
      readonly PRUNING_TYPE = 'unstructured';

      override compute_mask(_t: Tensor, default_mask: Tensor): Tensor {
        const mask = default_mask.clone();
        mask.view(-1).index_put_(['::2'], 0);
        return mask;
      }
    }
    const layer = new nn.Linear(2, 2);
    EveryOther.apply(layer, 'weight');
    expect(layer.weight.reshape(-1).index('::2').abs().tolist()).toEqual([0, 0]);
    layer(torch.ones(1, 2)).sum().backward();
    expect((layer as unknown as { weight_orig: Tensor }).weight_orig.grad!.reshape(-1).tolist()).toEqual([0, 1, 0, 1]);
  });

  it('refuses in PyTorch’s words', () => {
    const layer = new nn.Linear(2, 2);
    expect(() => prune.remove(layer, 'weight')).toThrow('has to be pruned before pruning can be removed');
    expect(() => prune.l1_unstructured(layer, 'weight', 5)).toThrow(
      'amount=5 should be smaller than the number of parameters to prune=4',
    );
    expect(Object.keys(layer.state_dict()).sort()).toEqual(['bias', 'weight']);
    expect(() => prune.l1_unstructured(layer, 'weight', -0.1)).toThrow(
      'amount=-0.1 should either be a float in the range [0, 1] or a non-negative integer',
    );
    expect(() => prune.ln_structured(layer, 'bias', { amount: 1, n: 1, dim: 0 })).toThrow(
      'Structured pruning can only be applied to multidimensional tensors.',
    );
  });
});

describe('fusion with batch normalisation', () => {
  it('of a convolution', () => {
    const [conv, bn, batch] = seeded(
      () => [new nn.Conv2d(2, 3, 2), new nn.BatchNorm2d(3), torch.randn(4, 3, 2, 2)] as const,
    );
    bn(batch);
    const fused = utils.fuse_conv_bn_eval(conv.eval(), bn.eval());
    expectState(fused, (want['fuse conv'] as Trace).state);
    const x = torch.randn(1, 2, 3, 3);
    expect(fused(x).allclose(bn(conv(x)), { atol: 1e-5 })).toBe(true);
    expect(() => utils.fuse_conv_bn_eval(conv.train(), bn)).toThrow('Fusion only for eval!');
  });

  it('of a linear map', () => {
    const [linear, bn, batch] = seeded(
      () => [new nn.Linear(2, 3, { bias: false }), new nn.BatchNorm1d(3), torch.randn(4, 3)] as const,
    );
    bn(batch);
    const { running_mean, running_var, eps, weight, bias } = bn.eval();
    const fused = utils.fuse_linear_bn_weights(linear.weight, null, running_mean!, running_var!, eps, weight!, bias!);
    expectGolden(fused, want['fuse linear'] as GoldenValue);
  });
});

describe('functional_call', () => {
  const { functional_call } = utils.stateless;

  it('computes with the given tensors and puts the module’s own back', () => {
    const layer = new nn.Linear(2, 1);
    const { weight } = layer;
    const given = torch.tensor([[1, 2]], { requires_grad: true });
    const out = functional_call(layer, { weight: given, bias: torch.zeros(1) }, torch.ones(1, 2));
    expect(out.tolist()).toEqual([[3]]);
    out.sum().backward();
    expect(given.grad!.tolist()).toEqual([[1, 1]]);
    expect(layer.weight).toBe(weight);
    expect(layer.parameters()).toContain(weight);
  });

  it('gives back what the module puts in the place of a tensor', () => {
    class Counter extends nn.Module {
      declare count: Tensor;
      constructor() {
        super();
        this.register_buffer('count', torch.zeros(1));
      }
      override forward(x: Tensor): Tensor {
        this.count = this.count.add(1);
        return x.add(this.count);
      }
    }
    const module = new Counter();
    const two = torch.full([1], 2);
    const given = { count: two };
    expect(functional_call(module, given, torch.ones(1)).tolist()).toEqual([4]);
    expect([module.count.item(), given.count.item(), two.item()]).toEqual([0, 3, 2]);
    const functional = torch.func.functional_call(module, Object.freeze({ count: two }), torch.ones(1)) as Tensor;
    expect(functional.tolist()).toEqual([4]);
  });

  it('names keys that are missing in their order', () => {
    const net = new nn.Sequential(new nn.Linear(1, 1));
    net.register_buffer('a', torch.ones(1));
    net.register_buffer('z', torch.ones(1));
    expect(() =>
      functional_call(net, { y: torch.ones(1), b: torch.ones(1) }, torch.ones(1, 1), { strict: true }),
    ).toThrow("Unexpected key(s): 'b', 'y'.\n\tMissing key(s): '0.bias', '0.weight', 'a', 'z'.");
  });

  it('ties what is tied, checks keys when strict, and restores after an error', () => {
    class Tied extends nn.Module {
      a = new nn.Linear(1, 1, { bias: false });
      b = new nn.Linear(1, 1, { bias: false });
      constructor() {
        super();
        this.b.weight = this.a.weight;
      }
      override forward(x: Tensor): Tensor {
        return this.b(this.a(x));
      }
    }
    const net = new Tied();
    const three = torch.full([1, 1], 3);
    expect(functional_call(net, { 'a.weight': three }, torch.ones(1, 1)).item()).toBe(9);
    const loose = functional_call(net, { 'a.weight': three }, torch.ones(1, 1), { tie_weights: false });
    expect(loose.item()).toBeCloseTo(3 * net.b.weight.item(), 5);
    expect(() => functional_call(net, { c: three }, torch.ones(1, 1), { strict: true })).toThrow(
      "Error(s) in reparametrizing for Tied:\n\tUnexpected key(s): 'c'.\n\tMissing key(s): 'a.weight', 'b.weight'.",
    );
    const { weight } = net.a;
    expect(() => functional_call(net, { 'a.weight': torch.ones(2, 2) }, torch.ones(1, 1))).toThrow();
    expect(net.a.weight).toBe(weight);
  });
});

it('skip_init leaves the random stream alone', () => {
  torch.manual_seed(3);
  const layer = utils.skip_init(nn.Linear, 4, 2);
  const drawn = torch.rand(1).item();
  torch.manual_seed(3);
  expect(torch.rand(1).item()).toBe(drawn);
  expect(layer.weight.shape).toEqual([2, 4]);
  expect(layer.weight.device.type).toBe('cpu');
});

it('converts the weights of convolutions to channels last', () => {
  const net = new nn.Sequential(new nn.Conv2d(2, 3, 2), new nn.Conv3d(1, 1, 1));
  utils.convert_conv2d_weight_memory_format(net, torch.channels_last);
  expect((net[0] as nn.Conv2d).weight.is_contiguous({ memory_format: torch.channels_last })).toBe(true);
  expect((net[1] as nn.Conv3d).weight.is_contiguous()).toBe(true);
});

describe('functional_call and attributes that are neither parameters nor buffers', () => {
  class Scaled extends nn.Module {
    w = new nn.Parameter(torch.ones(2));
    extra = torch.ones(2);
    count = 3;
    declare later?: torch.Tensor;
    inner = new nn.Linear(2, 2);

    override forward(x: torch.Tensor) {
      return x
        .mul(this.extra)
        .mul(this.w)
        .add(this.later ?? 0);
    }
  }
  const call = (given: Record<string, unknown>) =>
    torch.func.functional_call(new Scaled(), given as Record<string, torch.Tensor>, torch.ones(2));

  it('takes them for the call, missing ones too', () => {
    const net = new Scaled();
    const { extra } = net;
    const given = { extra: torch.full([2], 5), later: torch.ones(2) };
    expect(torch.func.functional_call(net, given, torch.ones(2)).tolist()).toEqual([6, 6]);
    expect(net.extra).toBe(extra);
    expect('later' in net).toBe(false);
    expect(net.forward(torch.ones(2)).tolist()).toEqual([1, 1]);
  });

  it.each([
    ['a number in the place', { count: torch.ones(1) }, 'attribute `count`: 3 is not an instance of torch.Tensor'],
    ['a number for a parameter', { w: 3 }, '3 is not an instance of torch.Tensor'],
    ['a number for an attribute', { extra: 3 }, '3 is not an instance of torch.Tensor'],
    ['no submodule', { 'a.b': torch.ones(1) }, 'Scaled has no attribute `a`'],
  ] as [string, Record<string, unknown>, string][])('%s is refused as in Python', (_, given, message) => {
    expect(() => call(given)).toThrow(message);
  });
});
