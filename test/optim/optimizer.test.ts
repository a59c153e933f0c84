import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch, { nn, optim, type Tensor } from 'tsorch';
import golden from './golden/resume.json';

type Optimizer = InstanceType<typeof optim.Optimizer>;
const classes = optim as unknown as Record<string, new (params: unknown, options?: object) => Optimizer>;

const leaf = (...values: number[]) => torch.tensor(values, { requires_grad: true });

function lossOf(params: Tensor[]): Tensor {
  return params
    .map((p, k) =>
      p
        .mul(p)
        .sum()
        .mul(k + 1)
        .add(p.sin().sum()),
    )
    .reduce((a, b) => a.add(b)); // prettier-ignore
}

describe('parameter groups', () => {
  it('take parameters, pairs of names and parameters, and groups', () => {
    const model = new nn.Linear(2, 3);
    const plain = new optim.SGD(model.parameters());
    expect(plain.param_groups[0]!.params).toHaveLength(2);
    expect(plain.param_groups[0]!.params[0]).toBe(model.weight);
    const named = new optim.SGD(model.named_parameters());
    expect(named.param_groups[0]!.param_names).toEqual(['weight', 'bias']);
    expect(String(named)).toContain("    param_names: ['weight', 'bias']\n");
    const groups = new optim.SGD([{ params: model.weight, lr: 0.5 }, { params: [model.bias!] }], {
      lr: 0.1,
      momentum: 0.9,
    });
    expect(groups.param_groups.map(({ lr, momentum }) => [lr, momentum])).toEqual([
      [0.5, 0.9],
      [0.1, 0.9],
    ]);
    function* generate() {
      yield model.weight;
    }
    expect(new optim.SGD(generate()).param_groups[0]!.params).toHaveLength(1);
  });

  it('take their options by position or by name', () => {
    const optimizer = new optim.SGD([leaf(1)], 0.5, 0.9, { weight_decay: 0.1 });
    expect(optimizer.param_groups[0]).toMatchObject({ lr: 0.5, momentum: 0.9, weight_decay: 0.1, nesterov: false });
  });

  it('are live: a change counts from the next step on', () => {
    const p = leaf(1);
    const optimizer = new optim.SGD([p], { lr: 1 });
    p.grad = torch.tensor([0.5]);
    optimizer.step();
    optimizer.param_groups[0]!.lr = 0.1;
    optimizer.step();
    expect(p.item()).toBeCloseTo(0.45);
  });

  it('can be added', () => {
    const [p, q] = [leaf(1), leaf(2)];
    const optimizer = new optim.SGD([p], { lr: 1 });
    optimizer.add_param_group({ params: q, lr: 0.5 });
    for (const each of [p, q]) each.grad = torch.tensor([1]);
    optimizer.step();
    expect([p.item(), q.item()]).toEqual([0, 1.5]);
  });
});

describe('what optimizers refuse', () => {
  const p = leaf(1);
  const x = leaf(1).mul(2);
  const Adam = optim.Adam;
  it.each<[string, () => unknown, new (...args: never[]) => Error, string]>([
    ['no parameters', () => new Adam([]), RangeError, 'optimizer got an empty parameter list'],
    [
      'a tensor',
      () => new Adam(p),
      TypeError,
      'params argument given to the optimizer should be an iterable of Tensors or dicts, but got torch.FloatTensor',
    ],
    [
      'something else',
      () => new Adam([1] as never),
      TypeError,
      'optimizer can only optimize Tensors, but one of the params is number',
    ],
    ['a tensor that is no leaf', () => new Adam([x]), RangeError, "can't optimize a non-leaf Tensor"],
    [
      'a set',
      () => new Adam([{ params: new Set([p]) }]),
      TypeError,
      'optimizer parameters need to be organized in ordered collections',
    ],
    [
      'a parameter in two groups',
      () => new Adam([{ params: [p] }, { params: [p] }]),
      RangeError,
      'some parameters appear in more than one parameter group',
    ],
    [
      'names for some only',
      () => new Adam([['p', p], leaf(1)] as never),
      RangeError,
      'all optimizer params should be with/without names. Some param names are missing',
    ],
    ['a negative learning rate', () => new Adam([p], { lr: -1 }), RangeError, 'Invalid learning rate: -1'],
    [
      'a learning rate that is no number',
      () => new Adam([p], { lr: Number.NaN }),
      RangeError,
      'Invalid learning rate: nan',
    ],
    ['several learning rates', () => new Adam([p], { lr: torch.ones(2) }), RangeError, 'Tensor lr must be 1-element'],
    ['a beta of one', () => new Adam([p], { betas: [0.9, 1] }), RangeError, 'Invalid beta parameter at index 1: 1'],
    [
      'betas of two kinds',
      () => new Adam([p], { betas: [0.9, torch.tensor(0.9)] }),
      RangeError,
      'betas must be either both floats or both Tensors',
    ],
    [
      'a negative weight decay',
      () => new Adam([p], { weight_decay: -0.5 }),
      RangeError,
      'Invalid weight_decay value: -0.5',
    ],
    [
      'an unknown option',
      () => new Adam([p], { rate: 1 } as never),
      TypeError,
      "Adam.__init__() got an unexpected keyword argument 'rate'",
    ],
    ['an option twice', () => new Adam([p], 0.1, { lr: 0.1 }), TypeError, "got multiple values for argument 'lr'"],
    [
      'momentum that Nesterov cannot use',
      () => new optim.SGD([p], { nesterov: true }),
      RangeError,
      'Nesterov momentum requires a momentum and zero dampening',
    ],
    [
      'two implementations',
      () => new Adam([p], { fused: true, foreach: true }),
      torch.TorchError,
      '`fused` and `foreach` cannot be `True` together.',
    ],
    [
      'two groups for LBFGS',
      () => new optim.LBFGS([{ params: [p] }, { params: [leaf(1)] }]),
      RangeError,
      "LBFGS doesn't support per-parameter options (parameter groups)",
    ],
    [
      'LBFGS without a closure',
      () => new optim.LBFGS([p]).step(),
      TypeError,
      "missing 1 required positional argument: 'closure'",
    ],
    [
      'a vector for Muon',
      () => new optim.Muon([p]),
      RangeError,
      'Muon only supports 2D parameters whereas we found a parameter with size: torch.Size([1])',
    ],
    [
      'a decay below zero for Adafactor',
      () => new optim.Adafactor([p], { d: 0.5 }),
      RangeError,
      'Clipping threshold d should be >= 1 but is: 0.5',
    ],
  ])('%s', (_, make, kind, message) => {
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  }); // prettier-ignore

  it('gradients of the wrong kind, and leaves everything as it was', () => {
    const weight = torch.ones(3, 2, { requires_grad: true });
    const adam = new optim.Adam([p, weight]);
    p.grad = torch.tensor([1]);
    weight.grad = torch.eye(3).narrow(1, 0, 2).to_sparse(1);
    expect(() => adam.step()).toThrow('Adam does not support sparse gradients, please consider SparseAdam instead');
    expect([p.item(), adam.state.size]).toEqual([1, 0]);
    weight.grad = torch.ones(3, 2);
    expect(() => new optim.SparseAdam([weight]).step()).toThrow('SparseAdam does not support dense gradients');
    expect(() => new optim.Adam([p], { capturable: true }).step()).toThrow(
      'If capturable=True, params and state_steps must be on supported devices',
    );
  }); // prettier-ignore
});

describe('step and zero_grad', () => {
  it('runs a closure with gradients and gives its loss', () => {
    const p = leaf(3);
    const optimizer = new optim.SGD([p], { lr: 0.1 });
    const loss = torch.no_grad(() =>
      optimizer.step(() => {
        optimizer.zero_grad();
        const value = p.mul(p).sum();
        value.backward();
        return value;
      }),
    );
    expect(loss.item()).toBe(9);
    expect(p.item()).toBeCloseTo(2.4);
    expect(optimizer.step()).toBeNull();
  });

  it('skips parameters without a gradient, and makes no state for them', () => {
    const [p, q] = [leaf(1), leaf(1)];
    const optimizer = new optim.Adam([p, q], { lr: 0.1 });
    p.grad = torch.tensor([1]);
    optimizer.step();
    expect([p.item(), q.item()]).toEqual([expect.closeTo(0.9), 1]);
    expect([optimizer.state.size, optimizer.state.has(p)]).toEqual([1, true]);
    expect(optimizer.state.get(p)!.step.item()).toBe(1);
    expect(optimizer.state.get(p)!.exp_avg.item()).toBeCloseTo(0.1);
  });

  it('tells autograd that it wrote', () => {
    const p = leaf(1, 2);
    const loss = p.mul(p).sum();
    p.grad = torch.ones(2);
    new optim.SGD([p]).step();
    expect(() => loss.backward()).toThrow('modified by an inplace operation');
  });

  it('takes gradients away or fills them with zeros', () => {
    const p = leaf(1);
    const optimizer = new optim.SGD([p]);
    p.mul(2).backward();
    const { grad } = p;
    optimizer.zero_grad({ set_to_none: false });
    expect(p.grad).toBe(grad);
    expect(grad!.item()).toBe(0);
    optimizer.zero_grad();
    expect(p.grad).toBeNull();
  });

  it('sees a parameter that was moved to another dtype', () => {
    const model = new nn.Linear(2, 2);
    const optimizer = new optim.SGD(model.parameters(), { lr: 1 });
    model.double();
    model.weight.grad = torch.ones(2, 2, { dtype: torch.float64 });
    const before = model.weight.detach().clone();
    optimizer.step();
    expect(torch.equal(model.weight.detach(), before.sub(1))).toBe(true);
  });
});

describe('hooks', () => {
  it('run around steps, those of all optimizers outermost', () => {
    const calls: string[] = [];
    const note = (text: string) => () => void calls.push(text);
    const optimizer = new optim.SGD([leaf(1)]);
    const handles = [
      optim.register_optimizer_step_pre_hook(note('all before') as () => undefined),
      optim.register_optimizer_step_post_hook(note('all after')),
      optimizer.register_step_pre_hook(note('before') as () => undefined),
      optimizer.register_step_post_hook(note('after')),
    ];
    optimizer.step(note('closure'));
    for (const handle of handles) handle.remove();
    optimizer.step(note('alone'));
    expect(calls).toEqual(['all before', 'before', 'closure', 'after', 'all after', 'alone']);
  });

  it('can replace the arguments of a step', () => {
    const optimizer = new optim.SGD([leaf(1)]);
    optimizer.register_step_pre_hook(() => [() => 42]);
    expect(optimizer.step()).toBe(42);
    optimizer.register_step_pre_hook(() => 'no' as never);
    expect(() => optimizer.step()).toThrow('must return null or an array');
  });

  it('run around state_dict and load_state_dict', () => {
    const optimizer = new optim.SGD([leaf(1)]);
    const calls: string[] = [];
    optimizer.register_state_dict_pre_hook(() => void calls.push('before'));
    optimizer.register_state_dict_post_hook((_, state) => ({ ...state, note: 1 }) as typeof state);
    optimizer.register_load_state_dict_pre_hook((_, state) => {
      calls.push(...Object.keys(state));
      return undefined;
    });
    optimizer.register_load_state_dict_post_hook(() => void calls.push('after'), { prepend: true });
    optimizer.load_state_dict(optimizer.state_dict());
    expect(calls).toEqual(['before', 'state', 'param_groups', 'note', 'after']);
  });
});

describe('a class of yours', () => {
  class SignSGD extends optim.Optimizer<{ lr: number }, { count: number }> {
    constructor(params: Iterable<Tensor>, lr: number) {
      super(params, { lr });
    }
    override step(closure?: null): null;
    override step<Loss>(closure: () => Loss): Loss;
    override step(closure?: (() => unknown) | null): unknown {
      const loss = closure?.() ?? null;
      torch.no_grad(() => {
        for (const group of this.param_groups) {
          for (const p of group.params) {
            if (p.grad !== null) p.add_(p.grad.sign(), { alpha: -group.lr });
            this.state.set(p, { count: (this.state.get(p)?.count ?? 0) + 1 });
          }
        }
      });
      return loss;
    }
  }

  it('has hooks, state and a printout', () => {
    const p = leaf(1);
    p.grad = torch.tensor([5]);
    const optimizer = new SignSGD([p], 0.25);
    let steps = 0;
    optimizer.register_step_post_hook(() => {
      steps++;
    });
    optimizer.step();
    expect([p.item(), steps]).toEqual([0.75, 1]);
    expect(optimizer.state_dict()).toEqual({ state: { 0: { count: 1 } }, param_groups: [{ lr: 0.25, params: [0] }] });
    expect(`${optimizer}`).toBe('SignSGD (\nParameter Group 0\n    lr: 0.25\n)');
    optimizer.param_groups[0]!.lr = torch.tensor(0.5) as never; // Python formats it as its number
    expect(`${optimizer}`).toContain('    lr: 0.5\n');
    expect(() => new optim.Optimizer([p], {}).step()).toThrow('Optimizer does not define step()');
  });
});

describe('state', () => {
  const groupsOf = (params: Tensor[]) => params.map((p) => ({ params: [p] }));
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tsorch-optim-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(golden.map((each) => [each.class, each] as const))(
    '%s goes on from a file that PyTorch saved',
    (name, expected) => {
      const file = join(folder, `${name}.pt`);
      writeFileSync(file, Buffer.from(expected.file, 'base64'));
      const saved = torch.load(file) as { optimizer: ReturnType<Optimizer['state_dict']>; params: Tensor[] };
      const params = saved.params.map((p) => p.clone().requires_grad_());
      const optimizer = new classes[name]!(name === 'LBFGS' ? params : groupsOf(params));
      optimizer.load_state_dict(saved.optimizer);

      // Once more through a file of our own.
      torch.save(optimizer.state_dict(), `${file}.ours`);
      const again = new classes[name]!(name === 'LBFGS' ? params : groupsOf(params));
      again.load_state_dict(torch.load(`${file}.ours`) as ReturnType<Optimizer['state_dict']>);
      expect(readFileSync(`${file}.ours`).length).toBeGreaterThan(0);
      for (let i = 0; i < 2; i++) {
        again.step(() => {
          again.zero_grad();
          const loss = lossOf(params);
          loss.backward();
          return loss;
        });
      }
      params.forEach((p, i) => {
        const close = torch.allclose(p.detach(), torch.tensor(expected.params[i]!), { rtol: 1e-5, atol: 1e-6 });
        expect([p.tolist(), close]).toEqual([p.tolist(), true]);
      });
    },
  );

  it('comes in the dtype of the parameters and leaves the options alone', () => {
    const p = leaf(1, 2);
    p.grad = torch.ones(2);
    const optimizer = new optim.Adam([p], { lr: 0.25 });
    optimizer.step();
    const q = torch.ones(2, { dtype: torch.float64, requires_grad: true });
    const other = new optim.Adam([q], { lr: 1 });
    const state = optimizer.state_dict();
    other.load_state_dict(state);
    expect(other.state.get(q)!.exp_avg.dtype).toBe(torch.float64);
    expect(other.state.get(q)!.step.dtype).toBe(torch.float32);
    expect(other.param_groups[0]!.lr).toBe(0.25);
    other.param_groups[0]!.lr = 3;
    expect(state.param_groups[0]!.lr).toBe(0.25);
    expect(optimizer.param_groups[0]!.lr).toBe(0.25);
  });

  it('of older versions is completed', () => {
    const p = leaf(1);
    const optimizer = new optim.Adam([p]);
    optimizer.load_state_dict({
      state: { 0: { step: 4, exp_avg: torch.zeros(1), exp_avg_sq: torch.zeros(1) } },
      param_groups: [{ lr: 0.1, betas: [0.9, 0.999], eps: 1e-8, weight_decay: 0, params: [0] }],
    });
    p.grad = torch.tensor([1]);
    optimizer.step();
    expect(optimizer.state.get(p)!.step.item()).toBe(5);
    expect(optimizer.param_groups[0]).toMatchObject({ amsgrad: false, maximize: false, fused: null });
  });

  it('of other groups is refused', () => {
    const two = new optim.SGD(groupsOf([leaf(1), leaf(2)]));
    const one = new optim.SGD([leaf(1), leaf(2)]);
    const small = new optim.SGD([leaf(1)]);
    expect(() => one.load_state_dict(two.state_dict())).toThrow(
      'loaded state dict has a different number of parameter groups',
    );
    expect(() => one.load_state_dict(small.state_dict())).toThrow(
      "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
    );
  }); // prettier-ignore
});

describe('learning', () => {
  it.each([
    'SGD',
    'Adam',
    'AdamW',
    'Adagrad',
    'Adadelta',
    'Adamax',
    'ASGD',
    'NAdam',
    'RAdam',
    'RMSprop',
    'Rprop',
    'Adafactor',
    'LBFGS',
  ])('%s fits a line without growing in memory', (name) => {
    torch.manual_seed(0);
    const x = torch.linspace(-1, 1, 32).unsqueeze(1);
    const y = x.mul(2).add(0.5);
    const model = new nn.Linear(1, 1);
    const lr = name === 'Adadelta' ? 20 : 0.1;
    const optimizer = new classes[name]!(model.parameters(), { lr });
    const closure = () => {
      optimizer.zero_grad();
      const loss = model(x).sub(y).pow(2).mean();
      loss.backward();
      return loss;
    };
    const first = optimizer.step(closure).item();
    for (let i = 0; i < 150; i++) optimizer.step(closure);
    expect(closure().item()).toBeLessThan(first / 20);
    torch.gc();
    const { tensors } = torch.memory_stats();
    for (let i = 0; i < 50; i++) optimizer.step(closure);
    torch.gc();
    expect(torch.memory_stats().tensors).toBeLessThanOrEqual(tensors + 8);
  });
}); // prettier-ignore
