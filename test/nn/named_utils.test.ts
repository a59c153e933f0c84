/** torch.nn.utils with every argument by position or by name. */
import torch, { nn, type Tensor } from 'tsorch';

const { prune, parametrize, parametrizations } = nn.utils;
const values = torch.tensor([[3, -1], [2, -4]]); // biome-ignore format: a matrix

function layer(): nn.Linear {
  const made = new nn.Linear(2, 2, { bias: false });
  torch.no_grad(() => made.weight.copy_(values));
  return made;
}

class Double extends nn.Module {
  override forward(x: Tensor): Tensor {
    return x.mul(2);
  }
}

const given = torch.tensor([[1, 0], [0, 1]]); // biome-ignore format: a matrix
const pruned: [name: string, by: (module: nn.Linear) => unknown, zeros: number][] = [
  ['l1_unstructured', (module) => prune.l1_unstructured({ module, name: 'weight', amount: 1 }), 1],
  ['l1_unstructured, mixed', (module) => prune.l1_unstructured(module, { name: 'weight', amount: 2 }), 2],
  ['random_unstructured', (module) => prune.random_unstructured(module, 'weight', { amount: 3 }), 3],
  ['ln_structured', (module) => prune.ln_structured(module, 'weight', { amount: 1, n: 2, dim: 0 }), 2],
  ['random_structured', (module) => prune.random_structured({ module, name: 'weight', amount: 1, dim: 1 }), 2],
  ['custom_from_mask', (module) => prune.custom_from_mask({ module, name: 'weight', mask: given }), 2],
  ['identity', (module) => prune.identity({ module, name: 'weight' }), 0],
  ['L1Unstructured.apply', (module) => prune.L1Unstructured.apply({ module, name: 'weight', amount: 1 }), 1],
  ['LnStructured.apply', (module) => prune.LnStructured.apply(module, 'weight', 1, 1, { dim: 0 }), 2],
  ['RandomStructured.apply', (module) => prune.RandomStructured.apply(module, 'weight', { amount: 1 }), 2],
  ['CustomFromMask.apply', (module) => prune.CustomFromMask.apply(module, 'weight', given), 2],
  ['Identity.apply', (module) => prune.Identity.apply(module, 'weight'), 0],
  [
    'global_unstructured',
    (module) => {
      const parameters = [[module, 'weight']] as const;
      prune.global_unstructured({ parameters, pruning_method: prune.L1Unstructured, amount: 3 });
    },
    3,
  ],
];

test.each(pruned)('%s', (_, by, zeros) => {
  const module = layer();
  by(module);
  expect(module.weight.eq(0).sum().item()).toBe(zeros);
  expect(prune.is_pruned({ module })).toBe(true);
  expect(prune.remove({ module, name: 'weight' })).toBe(module);
  expect(prune.is_pruned(module)).toBe(false);
});

it('scores decide in place of the values', () => {
  const importance_scores = values.mul(-1).exp();
  const module = prune.l1_unstructured(layer(), 'weight', 1, { importance_scores });
  expect(module.weight.tolist()).toEqual([[0, -1], [2, -4]]); // biome-ignore format: a matrix
  const method = new prune.L1Unstructured({ amount: 1 });
  expect(method.prune({ t: values, importance_scores }).tolist()).toEqual(module.weight.tolist());
  expect(
    method
      .compute_mask({ t: values, default_mask: torch.ones(2, 2) })
      .sum()
      .item(),
  ).toBe(3);
});

it('a method of one’s own takes what its constructor takes', () => {
  class Below extends prune.BasePruningMethod {
    readonly PRUNING_TYPE = 'unstructured';
    constructor(private readonly options: { limit: number }) {
      super();
    }
    override compute_mask(t: Tensor, default_mask: Tensor): Tensor {
      return default_mask.mul(t.ge(this.options.limit));
    }
  }
  for (const module of [layer(), layer()]) {
    const scored = { importance_scores: values.mul(-1), limit: 0 };
    Below.apply(module, 'weight', scored);
    expect(module.weight.tolist()).toEqual([[0, -1], [0, -4]]); // biome-ignore format: a matrix
  }
  const named = layer();
  Below.apply({ module: named, name: 'weight', limit: 0 });
  expect(named.weight.abs().tolist()).toEqual([[3, 0], [2, 0]]); // biome-ignore format: a matrix
});

it('parametrizations', () => {
  const module = layer();
  parametrize.register_parametrization({ module, tensor_name: 'weight', parametrization: new Double(), unsafe: true });
  expect(module.weight.tolist()).toEqual(values.mul(2).tolist());
  expect(parametrize.is_parametrized({ module, tensor_name: 'weight' })).toBe(true);
  expect(parametrize.is_parametrized(module, { tensor_name: 'bias' })).toBe(false);
  const to_module = parametrize.transfer_parametrizations_and_params({ from_module: module, to_module: layer() });
  expect(to_module.weight.tolist()).toEqual(module.weight.tolist());
  expect(parametrize.type_before_parametrizations({ module })).toBe(nn.Linear);
  parametrize.remove_parametrizations(module, { tensor_name: 'weight', leave_parametrized: false });
  expect(module.weight.tolist()).toEqual(values.tolist());

  const turned = parametrizations.orthogonal({ module: layer(), orthogonal_map: 'cayley' });
  expect(torch.allclose(turned.weight.matmul(turned.weight.T), torch.eye(2), { atol: 1e-5 })).toBe(true);
  const normed = parametrizations.weight_norm(layer(), { dim: null });
  expect(normed.parametrizations!.weight!.original0.shape).toEqual([]);
  expect(parametrizations.spectral_norm({ module: layer(), n_power_iterations: 2 })).toBeInstanceOf(nn.Linear);
});

it('hooks on weights, fusion, vectors and calls with other tensors', () => {
  const spectral = nn.utils.spectral_norm({ module: layer(), eps: 1e-6 });
  expect(nn.utils.remove_spectral_norm({ module: spectral })).toBe(spectral);
  const normed = nn.utils.weight_norm({ module: layer(), name: 'weight' });
  expect(nn.utils.remove_weight_norm({ module: normed }).weight.shape).toEqual([2, 2]);

  const module = layer();
  const vec = nn.utils.parameters_to_vector({ parameters: module.parameters() });
  nn.utils.vector_to_parameters({ vec: vec.mul(2), parameters: module.parameters() });
  expect(module.weight.tolist()).toEqual(values.mul(2).tolist());

  const linear = layer().eval();
  const bn = new nn.BatchNorm1d(2).eval();
  const x = torch.ones(1, 2);
  expect(torch.allclose(nn.utils.fuse_linear_bn_eval({ linear, bn })(x), bn(linear(x)))).toBe(true);
  const conv = new nn.Conv1d(1, 2, 1).eval();
  const image = torch.ones(1, 1, 3);
  expect(torch.allclose(nn.utils.fuse_conv_bn_eval({ conv, bn })(image), bn(conv(image)))).toBe(true);

  const state = { weight: torch.eye(2) };
  expect(torch.func.functional_call(linear, state, x).tolist()).toEqual([[1, 1]]);
  const all = { module: linear, parameter_and_buffer_dicts: state, args: [], kwargs: { input: x } };
  expect(torch.func.functional_call(all).tolist()).toEqual([[1, 1]]);
  expect(torch.func.functional_call(linear, state, [], { input: x }).tolist()).toEqual([[1, 1]]);
});

test('those with one parameter, or whose first is a list', () => {
  const init = (fill: (args: { tensor: Tensor }) => Tensor) => fill({ tensor: torch.full([2, 2], 5) }).tolist();
  expect([nn.init.ones_, nn.init.zeros_, nn.init.eye_].map(init)).toEqual([
    [[1, 1], [1, 1]], // biome-ignore format: matrices
    [
      [0, 0],
      [0, 0],
    ],
    [
      [1, 0],
      [0, 1],
    ],
  ]);
  const { pack_sequence, unpack_sequence, invert_permutation, PackedSequence } = nn.utils.rnn;
  const sequences = [torch.ones(1), torch.ones(2)];
  const packed = pack_sequence({ sequences, enforce_sorted: false });
  expect(unpack_sequence({ packed_sequences: packed }).map((each) => each.length)).toEqual([1, 2]);
  expect(invert_permutation({ permutation: torch.tensor([1n, 2n, 0n]) })!.tolist()).toEqual([2, 0, 1]);
  expect(new PackedSequence({ data: packed.data, batch_sizes: packed.batch_sizes }).data).toBe(packed.data);

  expect(new nn.ModuleList({ modules: [layer()] }).length).toBe(1);
  expect(new nn.ParameterList({ values: [torch.ones(1)] }).length).toBe(1);
  expect(nn.Transformer.generate_square_subsequent_mask({ sz: 2, dtype: torch.float64 }).dtype).toBe(torch.float64);

  const modules = nn.parallel.replicate({ network: layer(), devices: ['cpu'] });
  const outputs = nn.parallel.parallel_apply({ modules, inputs: [torch.ones(1, 2)] }) as Tensor[];
  expect(nn.parallel.gather({ outputs, target_device: 'cpu' }).shape).toEqual([1, 2]);
  expect(nn.parallel.scatter({ inputs: torch.ones(2), target_gpus: ['cpu', 'cpu'], dim: 0 })).toHaveLength(2);

  const { Normal, kl_divergence } = torch.distributions;
  expect(kl_divergence({ p: new Normal(0, 1), q: new Normal(1, 1) }).item()).toBe(0.5);
  torch.set_rng_state({ new_state: torch.get_rng_state() });
  torch.set_default_device({ device: 'cpu' });
  torch.set_default_device({ device: null });
  torch.set_deterministic_debug_mode({ debug_mode: 'warn' });
  expect(torch.get_deterministic_debug_mode()).toBe(1);
  torch.set_deterministic_debug_mode(0n as never);
  torch.autograd.set_detect_anomaly({ mode: false });
  expect(torch.autograd.graph.saved_tensors_hooks({ pack_hook: (x) => x, unpack_hook: (x) => x }, () => 3)).toBe(3);
});

test('integers as bigints are numbers, from callbacks too', () => {
  const { LambdaLR, StepLR } = torch.optim.lr_scheduler;
  const make = () => new torch.optim.SGD(layer().parameters(), { lr: 0.5 });
  const scheduled = new LambdaLR(make(), () => 2n);
  expect(scheduled.get_last_lr()).toEqual([1]);
  const step = new StepLR(make(), 1);
  step.step(3n as never);
  expect(step.last_epoch).toBe(3);
  expect(torch.broadcast_shapes([2n, 1n] as never, 3n as never)).toEqual([2, 3]);
});

describe('what does not fit', () => {
  test.each<[run: () => unknown, message: string]>([
    [() => prune.l1_unstructured(layer(), 'weight' as never), "missing 1 required positional argument: 'amount'"],
    [
      () => prune.L1Unstructured.apply(layer() as never),
      'L1Unstructured.apply() missing 2 required positional arguments',
    ],
    [() => prune.remove(layer(), { nam: 'weight' } as never), "remove() got an unexpected keyword argument 'nam'"],
    [() => prune.remove(3 as never, 'weight'), "remove(): argument 'module' must be a Module, not number"],
    [
      () => nn.utils.vector_to_parameters(torch.ones(1) as never),
      "vector_to_parameters() missing 1 required positional argument: 'parameters'",
    ],
  ])('%#: %s', (run, message) => expect(run).toThrow(message));
});
