// The steps of random programs. Each takes tensors of the program, disturbs where other code may run, and gives what it
// made; it may throw any error that users may see.
import { functionsOf } from './program_functions.mjs';

/** @typedef {(value?: any) => any} Disturb gives the value back */
/** @typedef {{ random: import('./random.mjs').Random, take: () => any, disturb: Disturb, pool: any[] }} Program */

/** The same list, disturbed at each element. @param {Program} program @param {any[]} values */
function lazy({ disturb }, values) {
  return new Proxy(values, {
    get(list, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) disturb();
      return Reflect.get(list, key);
    },
  });
}

/** The same options, disturbed when read. @param {Program} program @param {Record<string, unknown>} options */
function getters({ disturb }, options) {
  const made = {};
  for (const [key, value] of Object.entries(options)) {
    Object.defineProperty(made, key, { enumerable: true, get: () => disturb(value) });
  }
  return made;
}

const UNARY = ['sin', 'exp', 'neg', 'tanh', 'sigmoid', 'abs', 'relu', 'clone', 'detach', 'square', 'isnan', 'floor'];
const BINARY = ['add', 'mul', 'sub', 'div', 'maximum', 'eq', 'lt', 'matmul', 'atan2', 'pow'];
const CHANGES = ['add_', 'mul_', 'sub_', 'copy_', 'div_'];
const CHANGES_ALONE = ['relu_', 'sin_', 'zero_', 'neg_', 'tanh_', 't_', 'squeeze_', 'detach_'];
const REDUCTIONS = ['sum', 'mean', 'max', 'min', 'std', 'prod', 'argmax', 'cumsum', 'logsumexp', 'median', 'sort'];

/**
 * Hooks that reach no tensor of the program: a cycle through them is never freed, in Python neither.
 * @param {Disturb} disturb @returns {[(x: any) => any, (kept: any) => any]}
 */
const hooksOfSaved = (disturb) => [(x) => disturb([x.detach().clone()]), ([x]) => disturb(x)];

/** @param {any} torch */
export function makeSteps(torch) {
  const F = torch.nn.functional;
  const functions = functionsOf(torch);
  /** @param {any} x */
  const differentiable = (x) => (x.requires_grad ? x.sum() : x.detach().clone().requires_grad_().sin().sum());
  /** @type {Record<string, (program: Program) => unknown>} */
  const plain = {
    unary: (p) => p.take()[p.random.pick(UNARY)](),
    binary: (p) => p.take()[p.random.pick(BINARY)](p.take()),
    scalar: (p) => p.take()[p.random.pick(BINARY.slice(0, 4))](p.random.pick([2, 0.5, true, 3n])),
    reduction: (p) => p.take()[p.random.pick(REDUCTIONS)](p.random.below(2)),
    change: (p) => p.take()[p.random.pick(CHANGES)](p.take()),
    changeAlone: (p) => p.take()[p.random.pick(CHANGES_ALONE)](),
    changeWithoutGrad: (p) => torch.no_grad(() => p.take()[p.random.pick(CHANGES)](p.take())),
    out: (p) => torch.add(p.take().detach(), p.take().detach(), { out: p.take() }),
    sortOut: (p) => torch.sort(p.take(), { out: [p.take(), torch.empty(0, { dtype: torch.int64 })] }),
    random: (p) => torch.randn(3, 3, { requires_grad: p.random.below(2) === 1 }),
    leaf: (p) => p.take().detach().clone().to(torch.float32).requires_grad_(),
    nan: (p) => p.take().nan_to_num(0.5),
    kind: (p) => p.take().to(p.random.pick([torch.float64, torch.float32, torch.int64, torch.float16])),
    complex: (p) => torch.complex(p.take(), p.take()).to(torch.float32), // warns
  };
  /** @type {Record<string, (program: Program) => unknown>} */
  const views = {
    row: (p) => p.take().index(p.random.below(3)),
    column: (p) => p.take().index(':', p.random.below(3)),
    slice: (p) => p.take().index(lazy(p, ['1:', '::2'])),
    lists: (p) => p.take().index(lazy(p, [2, 0]), lazy(p, [0, 1])),
    mask: (p) => p.take().index(p.take().gt(0)),
    put: (p) => p.take().index_put_(lazy(p, [p.random.below(3), '1:']), p.random.pick([5, p.take()])),
    transposed: (p) => p.take().t(),
    reshaped: (p) => p.take().reshape(lazy(p, [-1])),
    square: (p) => p.take().view(lazy(p, [3, 3])),
    expanded: (p) => p.take().unsqueeze(0).expand(2, -1, -1),
    strided: (p) => p.take().as_strided(lazy(p, [2, 2]), lazy(p, [1, 2]), p.random.below(8)),
    stridedInPlace: (p) => p.take().as_strided_([2, 2], [p.random.pick([1, 2, 2 ** 61]), 1], p.random.below(8)),
    split: (p) => torch.split(p.take(), lazy(p, [1, 2])),
    unbound: (p) => p.take().unbind(),
    data: (p) => p.take().data,
    setData: (p) => {
      p.take().data = p.take().detach().clone();
    },
    set: (p) => p.take().set_(p.take().detach()),
    resized: (p) =>
      p
        .take()
        .resize_([2, p.random.below(6)])
        .zero_(),
  };
  /** @type {Record<string, (program: Program) => unknown>} */
  const lists = {
    cat: (p) => torch.cat(lazy(p, [p.take(), p.take()]), getters(p, { dim: p.random.below(2) })),
    stack: (p) => torch.stack(lazy(p, [p.take(), p.take()]), getters(p, { dim: 0 })),
    sum: (p) => torch.sum(p.take(), getters(p, { dim: lazy(p, [0, 1]), keepdim: true, dtype: torch.float64 })),
    einsum: (p) => torch.einsum('ij,jk->ik', lazy(p, [p.take(), p.take()])),
    block: (p) => torch.block_diag(p.take(), p.take()),
    data: (p) => torch.tensor(lazy(p, [lazy(p, [1, 2]), lazy(p, [p.random.below(9), 4])])),
    throwing: (p) =>
      torch.cat(
        Object.defineProperty([p.take()], 1, {
          get() {
            p.disturb();
            throw new RangeError('in a getter');
          },
        }),
      ),
    disposing: (p) => {
      const x = p.take().clone();
      const list = Object.defineProperty([x], 1, { get: () => p.disturb(torch.ones(x.dispose() ?? 3, 3)) });
      return torch.cat(list);
    },
    shrinking: (p) => {
      const x = torch.ones(100);
      const list = Object.defineProperty([x], 1, { get: () => p.disturb(x.set_(torch.ones(2))).clone() });
      return torch.stack(list);
    },
  };
  /** @type {Record<string, (program: Program) => unknown>} */
  const gradients = {
    backward: (p) => differentiable(p.take()).backward({ retain_graph: p.random.below(2) === 1 }),
    grad: (p) => torch.autograd.grad(p.take().sum(), p.take(), getters(p, { allow_unused: true, retain_graph: true })),
    gradTwice: (p) => {
      const x = p.take();
      const [g] = torch.autograd.grad(x.pow(3).sum(), x, { create_graph: true });
      return torch.autograd.grad(g.sum(), x, { retain_graph: true });
    },
    stored: (p) => p.take().grad,
    forget: (p) => {
      p.take().grad = null;
    },
    hook: (p) => {
      const x = p.take();
      const double = p.random.below(2) === 1;
      x.register_hook((/** @type {any} */ g) => p.disturb(double ? g?.mul(2) : undefined));
    },
    hookWithItself: (p) => {
      const x = p.take();
      x.register_hook((/** @type {any} */ g) => p.disturb(g?.add(x.detach().mul(0))));
    },
    hookThatThrows: (p) => {
      const x = p.take().mul(1);
      x.register_hook(() => {
        p.disturb();
        throw new RangeError('in a hook');
      });
      x.sum().backward();
    },
    hookRemoved: (p) =>
      p
        .take()
        .register_hook(() => p.disturb())
        .remove(),
    nodeHooks: (p) => {
      const y = p.take().sin();
      y.grad_fn?.register_hook(() => p.disturb());
      y.grad_fn?.register_prehook(() => p.disturb());
      return y;
    },
    accumulated: (p) => {
      const x = p.take().detach().clone().requires_grad_();
      x.register_post_accumulate_grad_hook((/** @type {any} */ leaf) => p.disturb(leaf.grad.mul_(2)));
      x.mul(x).sum().backward();
      return x.grad;
    },
    hookThatDifferentiates: (p) => {
      const y = p.take().exp();
      y.register_hook((/** @type {any} */ g) => {
        p.disturb();
        const z = g.detach().clone().requires_grad_();
        z.pow(2).sum().backward();
        return z.grad;
      });
      return y;
    },
    saved: (p) =>
      torch.autograd.graph.saved_tensors_hooks(...hooksOfSaved(p.disturb), () => p.take().exp().mul(p.take())),
    // Of a leaf: a cycle through what a checkpoint holds is never freed, in Python neither.
    checkpoint: (p) => {
      const part = (/** @type {any} */ x) => x.sin().exp(); // tensors saved by others would count as its own
      const x = p.take().detach().clone().requires_grad_();
      return torch.utils.checkpoint.checkpoint(part, x, { use_reentrant: p.random.below(2) === 1 });
    },
    custom: (p) => p.random.pick(functions(p))(p.take()),
    transformed: (p) => torch.func.grad((/** @type {any} */ x) => p.disturb(x.sin().sum()))(p.take()),
    batched: (p) => torch.func.vmap((/** @type {any} */ x) => p.disturb(x.sin().sum()))(p.take()),
    tangent: (p) =>
      torch.func.jvp((/** @type {any} */ x) => p.disturb(x.sin()), [p.take().detach()], [p.take().detach()]),
  };
  /** @type {Record<string, (program: Program) => unknown>} */
  const memory = {
    collect: () => torch.gc(),
    tidy: (p) => torch.tidy(() => p.disturb(p.take().add(1).mul(p.take()))),
    tidyNested: (p) => torch.tidy(() => torch.tidy(() => p.take().exp()).add(torch.tidy(() => p.disturb(p.take())))),
    tidyThatThrows: (p) =>
      torch.tidy(() => {
        p.take().exp();
        p.disturb();
        throw new RangeError('in a scope');
      }),
    dispose: (p) => {
      const x = p.take().clone();
      const view = x.view(-1);
      x.dispose();
      return view.add(x.shape.length);
    },
    disposed: (p) => p.pool.length > 6 && p.pool.splice(p.random.below(p.pool.length), 1)[0].dispose(),
    lend: (p) => {
      const array = p.take().detach().typed_array();
      p.disturb();
      if (array.length > 0 && array instanceof Float32Array) array[0] = 0.25;
    },
    borrow: (p) => {
      const array = new Float32Array(9).fill(p.random.below(5));
      const x = torch.from_numpy(array).view(3, 3);
      if (p.random.below(2) === 0) structuredClone(array, { transfer: [array.buffer] });
      return x;
    },
    part: (p) =>
      torch.frombuffer(new ArrayBuffer(64), { dtype: torch.float32, offset: 4 * p.random.below(8), count: 3 }),
    copied: (p) => torch.copy.deepcopy([p.take().detach(), p.take().detach()]),
    sparse: (p) => p.take().detach().to_sparse().mul(2).to_dense(),
    module: (p) => {
      const layer = new torch.nn.Linear(3, 2);
      layer.register_forward_hook(() => p.disturb());
      layer.register_full_backward_hook(() => p.disturb());
      const optimizer = new torch.optim.Adam(layer.parameters(), getters(p, { lr: 0.1 }));
      F.mse_loss(layer(p.take()), torch.zeros(3, 2)).backward();
      optimizer.step();
      return layer.weight.detach();
    },
    text: (p) => String(p.take()).replace(/0x[0-9a-f]+/g, ''),
    rows: (p) => {
      let count = 0;
      for (const row of p.take()) {
        p.disturb();
        count += row.numel();
      }
      return count;
    },
  };
  return { ...plain, ...views, ...prefixed('list', lists), ...gradients, ...memory };
}

/** @param {string} prefix @param {Record<string, (program: Program) => unknown>} steps */
function prefixed(prefix, steps) {
  return Object.fromEntries(Object.entries(steps).map(([name, step]) => [`${prefix} ${name}`, step]));
}
