import { inspect } from 'node:util';
import torch, { nn } from 'tsorch';

afterEach(() => {
  torch.__future__.set_overwrite_module_params_on_conversion(false);
  torch.__future__.set_swap_module_params_on_conversion(false);
});

describe('converting a module', () => {
  it('changes the data of its parameters, unless they are to be replaced', () => {
    const layer = new nn.Linear(2, 2);
    const { weight } = layer;
    layer.double();
    expect(layer.weight).toBe(weight);
    torch.__future__.set_overwrite_module_params_on_conversion(true);
    expect(torch.__future__.get_overwrite_module_params_on_conversion()).toBe(true);
    layer.float();
    expect(layer.weight).not.toBe(weight);
    expect([weight.dtype, layer.weight.dtype]).toEqual([torch.float64, torch.float32]);
  });

  it('exchanges them, when asked to', () => {
    const layer = new nn.Linear(2, 2);
    const { weight } = layer;
    torch.__future__.set_swap_module_params_on_conversion({ value: true });
    layer.double();
    expect(layer.weight).toBe(weight);
    expect(weight.dtype).toBe(torch.float64);
  });

  it('warns of complex ones', () => {
    const emitted = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    new nn.Linear(1, 1).to(torch.complex64);
    expect(String(emitted.mock.calls[0]?.[0])).toContain('Complex modules are a new feature');
    emitted.mockRestore();
  });
});

describe('torch.utils.swap_tensors', () => {
  it('exchanges everything', () => {
    const a: torch.Tensor & { tag?: string } = torch.ones(2, { requires_grad: true });
    const b = new nn.Parameter(torch.zeros(3, { dtype: torch.float64 }));
    a.tag = 'a';
    a.sum().backward();
    torch.utils.swap_tensors(a, b);
    expect([a.shape, b.shape]).toEqual([[3], [2]]);
    expect(a).toBeInstanceOf(nn.Parameter);
    expect(b).not.toBeInstanceOf(nn.Parameter);
    expect([a.grad, b.grad?.tolist()]).toEqual([null, [1, 1]]);
    expect([a.tag, (b as typeof a).tag]).toEqual([undefined, 'a']);
  });

  it('exchanges places in the graph, with hooks', () => {
    const n = torch.ones(2, { requires_grad: true });
    const l = n.mul(n);
    l.register_hook((g) => g.mul(10));
    const o = torch.zeros(2);
    torch.utils.swap_tensors(l, o);
    expect([String(l), String(o)]).toEqual(['tensor([0., 0.])', 'tensor([1., 1.], grad_fn=<MulBackward0>)']);
    o.sum().backward();
    expect(n.grad!.tolist()).toEqual([20, 20]);
    const product = n.mul(3);
    const cube = n.mul(2);
    torch.utils.swap_tensors(product, cube);
    expect([String(product), String(cube)]).toEqual([
      'tensor([2., 2.], grad_fn=<MulBackward0>)',
      'tensor([3., 3.], grad_fn=<MulBackward0>)',
    ]);
  });

  it('makes running backward to a swapped leaf an error', () => {
    const x = torch.ones(2, { requires_grad: true });
    const z = x.mul(2);
    torch.utils.swap_tensors(x, torch.zeros(2));
    expect(String(x)).toBe('tensor([0., 0.])');
    expect(() => z.sum().backward()).toThrow(
      /^Trying to execute AccumulateGrad node that was poisoned by swap_tensors this can happen when you try to run backward/,
    );
  });

  it('refuses what others hold, and changes nothing', () => {
    const s = torch.ones(2, { requires_grad: true });
    const u = s.mul(s);
    const other = torch.zeros(2, { requires_grad: true });
    const v = other.mul(3);
    expect(() => torch.utils.swap_tensors(other, s)).toThrow(
      'Expected use_count of t2 to be 1 or 2 with an AccumulateGrad node but got 4 make sure you are not holding references to the tensor in other places.',
    );
    u.add(v).sum().backward();
    expect([s.grad!.tolist(), other.grad!.tolist()]).toEqual([
      [2, 2],
      [3, 3],
    ]);
    expect(() => torch.utils.swap_tensors(s, 3 as never)).toThrow(TypeError);
  });
});

describe('loading a state, when parameters are to be exchanged', () => {
  const state = (dtype = torch.float32) => ({ weight: torch.full([1, 2], 3, { dtype }), bias: torch.zeros(1) });
  beforeEach(() => torch.__future__.set_swap_module_params_on_conversion(true));

  it('keeps objects and memory, and drops gradients', () => {
    const m = new nn.Linear(2, 1);
    const { weight } = m;
    weight.grad = torch.ones(1, 2);
    const at = weight.data_ptr();
    const given = state(torch.float64);
    expect(String(m.load_state_dict(given))).toBe('<All keys matched successfully>');
    expect(m.weight).toBe(weight);
    expect([weight.tolist(), weight.dtype, weight.requires_grad, weight.grad]).toEqual([
      [[3, 3]],
      torch.float32,
      true,
      null,
    ]);
    expect(weight.data_ptr()).toBe(at);
    expect(given.weight.dtype).toBe(torch.float64);
  });

  it('takes the memory of the state to assign it', () => {
    const m = new nn.Linear(2, 1);
    const { weight } = m;
    const given = state();
    m.load_state_dict(given, { assign: true });
    expect(m.weight).toBe(weight);
    expect(weight).toBeInstanceOf(nn.Parameter);
    expect([weight.data_ptr(), weight.requires_grad]).toEqual([given.weight.data_ptr(), true]);
  });

  it('exchanges buffers too, and reports what does not fit', () => {
    const m = new nn.BatchNorm1d(2);
    m.load_state_dict(Object.fromEntries(Object.entries(m.state_dict()).map(([key, x]) => [key, x.add(1)])));
    expect([m.num_batches_tracked!.item(), m.running_mean!.tolist()]).toEqual([1, [1, 1]]);
    expect(() => new nn.Linear(2, 1).load_state_dict({ weight: torch.zeros(3, 2), bias: torch.zeros(1) })).toThrow(
      'size mismatch for weight: copying a param with shape torch.Size([3, 2]) from checkpoint, the shape in current model is torch.Size([1, 2]).',
    );
  });

  it('refuses a module_load that gives one of both', () => {
    const m = new nn.Linear(2, 1);
    Object.defineProperty(m.weight, 'module_load', { value: (other: torch.Tensor) => other, configurable: true });
    expect(() => m.load_state_dict(state())).toThrow(
      /module_load returned one of self or other, please .detach\(\) the result/,
    );
  });
});

describe('a module shows its hooks by number', () => {
  it('and forgets those that are deleted there', () => {
    const layer = new nn.Linear(1, 1);
    let calls = 0;
    const hook = () => void calls++;
    layer.register_forward_pre_hook(hook);
    layer.register_forward_hook(hook);
    expect([...layer._forward_pre_hooks.values()]).toEqual([hook]);
    expect(layer._backward_hooks.size).toBe(0);
    layer._forward_hooks.clear();
    layer(torch.ones(1, 1));
    expect(calls).toBe(1);
  });
});

describe('torch.Tensor', () => {
  it('makes tensors as in Python, with new or without', () => {
    expect(new torch.Tensor(2, 3).shape).toEqual([2, 3]);
    expect(torch.Tensor(2, 3).dtype).toBe(torch.float32);
    expect(torch.Tensor([1, 2]).tolist()).toEqual([1, 2]);
    expect(new torch.Tensor().shape).toEqual([0]);
    expect(torch.ones(1)).toBeInstanceOf(torch.Tensor);
    expect(() => torch.Tensor(torch.ones(1, { dtype: torch.int64 }))).toThrow('torch.float32');
  });
});

describe('a device', () => {
  it('is printed as in Python', () => {
    const device = torch.device('cuda', 1);
    expect(inspect(device)).toBe('cuda:1');
    expect(inspect([device])).toBe("[ device(type='cuda', index=1) ]");
  });
});

describe('torch.backends', () => {
  it('sets flags for a while', () => {
    const { mkldnn } = torch.backends;
    const before = mkldnn.enabled;
    expect(mkldnn.flags({ enabled: !before }, () => mkldnn.enabled)).toBe(!before);
    expect(mkldnn.enabled).toBe(before);
    expect(torch.backends.cudnn.flags({ benchmark: true }, () => torch.backends.cudnn.benchmark)).toBe(true);
    expect(() => torch.backends.cudnn.flags({ wrong: true } as object)).toThrow("unexpected keyword argument 'wrong'");
  });
});

describe('a distribution', () => {
  it('without checks takes numbers for values', () => {
    const options = { validate_args: false };
    const gumbel = new torch.distributions.Gumbel(torch.tensor(0), torch.tensor(1), options);
    expect(gumbel.cdf(20 as never).item()).toBeCloseTo(1, 6);
    const normal = new torch.distributions.Normal(0, 1);
    expect(() => normal.log_prob(0.5 as never)).toThrow('The value argument to log_prob must be a Tensor');
  });
});

describe('arguments by name', () => {
  it('of tensor, as_tensor, load_state_dict and pruning methods', () => {
    expect(torch.tensor({ data: [1, 2], dtype: torch.int32 }).tolist()).toEqual([1, 2]);
    expect(torch.as_tensor({ data: [1n] }).dtype).toBe(torch.int64);
    const layer = new nn.Linear(1, 1);
    layer.load_state_dict({ state_dict: new nn.Linear(1, 1, { bias: false }).state_dict(), strict: false });
    const { prune } = nn.utils;
    const t = torch.arange(4, { dtype: torch.float32 });
    expect(new prune.L1Unstructured(2).prune(t, { importance_scores: t }).tolist()).toEqual([0, 0, 2, 3]);
    const mask = new prune.CustomFromMask({ mask: torch.tensor([1, 0]) });
    expect(mask.compute_mask(torch.ones(2), { default_mask: torch.ones(2) }).tolist()).toEqual([1, 0]);
  });
});
