/** Ways to hold tensors: after each, memory is at the level where it was. */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import torch, { nn, optim, type Tensor } from 'tsorch';
import { Function, type FunctionCtx } from 'tsorch/autograd';
import * as multiprocessing from 'tsorch/multiprocessing';
import { expectLevel, SIZE, turn } from './levels';

const make = () => torch.ones(SIZE);
const leaf = () => torch.ones(SIZE, { requires_grad: true });
const fails = (run: () => unknown) => expect(run).toThrow();

class Twice extends Function {
  static override forward(ctx: FunctionCtx, x: Tensor): Tensor {
    ctx.save_for_backward(x);
    return x.mul(2);
  }
  static override backward(ctx: FunctionCtx, grad: Tensor): Tensor {
    return grad.mul(2).add(ctx.saved_tensors[0]!.mul(0));
  }
}

class Notes extends Function {
  static override forward(ctx: FunctionCtx & { note?: Tensor; again?: () => Tensor }, x: Tensor): Tensor {
    const note = x.mul(3);
    ctx.note = note;
    ctx.again = () => note;
    return x.clone();
  }
  static override backward(ctx: FunctionCtx & { again?: () => Tensor }, grad: Tensor): Tensor {
    return grad.add(ctx.again!());
  }
}

class Throws extends Function {
  static override forward(ctx: FunctionCtx, x: Tensor): Tensor {
    ctx.save_for_backward(x);
    return x.clone();
  }
  static override backward(): Tensor {
    throw new Error('in backward');
  }
}

function* counting(): Generator<Tensor> {
  for (let i = 0; ; i++) yield make().add(i);
}

async function* later(): AsyncGenerator<Tensor> {
  for (let i = 0; i < 3; i++) {
    await null;
    yield make();
  }
}

class Ring {
  other: Ring | undefined;
  constructor(readonly x: Tensor) {}
}

const net = () => new nn.Sequential(new nn.Linear(16, 16), new nn.Tanh(), new nn.Linear(16, 1));
const step = (model: nn.Module, optimizer: { zero_grad(): void; step(): unknown }) => {
  optimizer.zero_grad();
  (model as nn.Sequential)(torch.ones(4, 16)).sum().backward();
  optimizer.step();
};

const patterns: Record<string, () => unknown> = {
  // plain values
  'a result nobody takes': () => make().add(1),
  'a chain of results': () => make().add(1).mul(2).exp().sum(),
  'a variable that is overwritten': () => {
    let x = make();
    for (let i = 0; i < 10; i++) x = x.add(1);
  },
  'an array': () => Array.from({ length: 10 }, make),
  'an array that is emptied': () => {
    const list = [make(), make()];
    list.length = 0;
  },
  'a sparse array': () => {
    const list: Tensor[] = [];
    list[1000] = make();
  },
  'an object': () => ({ x: make(), inner: { y: make() } }),
  'a Map by tensor': () => new Map([[make(), make()]]),
  'a Map of a Map': () => new Map([['a', new Map([['b', make()]])]]),
  'a Set': () => new Set([make(), make()]),
  'a WeakMap by tensor, whose value holds the key': () => {
    const x = make();
    new WeakMap<object, object>().set(x, { x });
  },
  'a WeakRef': () => new WeakRef(make()),
  'a ring of objects': () => {
    const [a, b] = [new Ring(make()), new Ring(make())];
    [a.other, b.other] = [b, a];
  },
  'a property of a tensor that is itself': () => {
    const x = make() as Tensor & { self?: Tensor };
    x.self = x;
  },
  'tensors that hold each other as properties': () => {
    const [x, y] = [make(), make()] as [Tensor & { o?: Tensor }, Tensor & { o?: Tensor }];
    [x.o, y.o] = [y, x];
  },
  'a Symbol of a tensor': () => Object.assign(make(), { [Symbol('note')]: make() }),
  'a Proxy of a tensor': () => new Proxy(make(), {}),
  'frozen objects': () => Object.freeze([Object.freeze({ x: make() })]),
  'text and numbers of a tensor': () => [String(make()), make().tolist(), make().sum().item()],

  // functions
  'a closure': () => {
    const x = make();
    return () => x;
  },
  'a closure that holds itself': () => {
    const x = make();
    const self = { again: () => [x, self] };
    return self.again;
  },
  'a bound function': () => make().add.bind(make()),
  'default arguments': () => ((x = make()) => x)(),
  'arguments of a recursion': () => {
    const down = (x: Tensor, n: number): Tensor => (n === 0 ? x : down(x.add(1), n - 1));
    down(make(), 20);
  },
  'a generator at its end': () => {
    let n = 0;
    for (const _ of counting()) if (++n === 3) break;
  },
  'a generator left in the middle': () => counting().next(),
  'a generator that is thrown into': () => {
    const values = counting();
    values.next();
    fails(() => values.throw(new Error('stop')));
  },
  'rows of an iteration left early': () => {
    for (const _ of make().view(50, 50)) break;
  },
  'entries of a spread': () => [...make().view(50, 50)],
  'destructured results': () => {
    const [values, indices] = make().view(50, 50).max(0);
    return [values, indices];
  },
  'a method called through a symbol': () => make()[Symbol.iterator](),

  // promises
  'a promise': () => Promise.resolve(make()),
  'a promise nobody settles': () => {
    void new Promise(() => make());
  },
  'a promise that is refused': () => Promise.reject(make()).catch(() => undefined),
  'an await': async () => {
    const x = make();
    await turn();
    return x.add(1);
  },
  'many at once': () => Promise.all(Array.from({ length: 5 }, async () => make().add(await 1))),
  'a race': () => Promise.race([turn().then(make), Promise.resolve(make())]),
  'an asynchronous generator': async () => {
    for await (const _ of later());
  },
  'one left early': async () => {
    for await (const _ of later()) break;
  },
  'a timer': () => {
    const x = make();
    return new Promise<void>((resolve) => setTimeout(() => resolve(void x.add(1)), 1));
  },
  'a timer that is cleared': () => {
    const x = make();
    clearTimeout(setTimeout(() => x.add(1), 1000));
  },
  'a microtask': () => queueMicrotask(() => make().add(1)),

  // scopes
  tidy: () => torch.tidy(() => make().add(1)),
  'tidy in tidy': () => torch.tidy(() => torch.tidy(() => make()).add(1)),
  'tidy that throws': () => fails(() => torch.tidy(() => make().add(torch.ones(3)))),
  'tidy that throws inside of one that does not': () =>
    torch.tidy(() => {
      make();
      fails(() =>
        torch.tidy(() => {
          make();
          throw new Error('inner');
        }),
      );
      return make();
    }),
  'tidy that returns a Map': () => torch.tidy(() => new Map([['x', make()]])),
  'tidy that refuses a promise': () => fails(() => torch.tidy(async () => make())),
  keep: () => torch.tidy(() => void torch.keep(make())),
  'keep of a result of an inner scope': () => torch.tidy(() => torch.tidy(() => torch.keep(make()))),
  'a collection in tidy': () =>
    torch.tidy(() => {
      make();
      torch.gc();
      return make();
    }),
  'tidy in a hook': () => {
    const w = leaf();
    w.mul(2).register_hook((grad) => torch.tidy(() => grad.add(make())));
    w.mul(2).sum().backward();
  },
  'a pass in tidy': () => {
    const w = leaf();
    torch.tidy(() => w.mul(w).sum().backward());
  },
  using: () => {
    using x = make();
    return x.sum().item();
  },
  'using, left by an error': () =>
    fails(() => {
      using x = make();
      x.add(torch.ones(3));
    }),
  dispose: () => make().dispose(),
  'dispose of what a graph holds': () => {
    const x = leaf().mul(2);
    const y = x.exp();
    x.dispose();
    y.sum().backward();
  },
  'dispose in tidy': () => torch.tidy(() => make().dispose()),
  'dispose of a view': () => {
    const x = make();
    x.view(50, 50).dispose();
    return x;
  },

  // graphs
  'a graph without a pass': () => leaf().mul(2).exp().sum(),
  'a graph with one': () => leaf().mul(2).exp().sum().backward(),
  'a graph kept for a second': () => {
    const loss = leaf().exp().sum();
    loss.backward(null, { retain_graph: true });
    loss.backward();
  },
  'gradients of gradients': () => {
    const w = leaf();
    const [grad] = torch.autograd.grad(w.pow(3).sum(), w, null, { create_graph: true });
    torch.autograd.grad(grad!.sum(), w);
  },
  'a pass that fails': () => fails(() => leaf().mul(2).backward()),
  'a second pass that fails': () => {
    const loss = leaf().exp().sum();
    loss.backward();
    fails(() => loss.backward());
  },
  'a graph node': () => leaf().mul(2).grad_fn,
  'a walk over the graph': () => {
    for (let node = leaf().mul(2).exp().sum().grad_fn; node; ) node = node.next_functions[0]?.[0] ?? null;
  },
  'a hook': () => {
    const w = leaf();
    w.register_hook((grad) => grad.mul(2));
    w.sum().backward();
  },
  'a hook that holds its tensor': () => {
    const y = leaf().mul(2);
    y.register_hook((grad) => grad.mul(y));
    y.sum().backward();
  },
  'a hook that never runs': () => {
    const y = leaf().mul(2);
    y.register_hook((grad) => grad.mul(y));
  },
  'a hook that is removed': () =>
    leaf()
      .register_hook((grad) => grad)
      .remove(),
  'a hook that throws': () => {
    const y = leaf().mul(2);
    y.register_hook(() => {
      throw new Error(`hook of ${y.shape}`);
    });
    fails(() => y.sum().backward());
  },
  'a hook after accumulation': () => {
    const w = leaf();
    w.register_post_accumulate_grad_hook((x) => {
      x.grad = null;
    });
    w.exp().sum().backward();
  },
  'a custom Function': () => (Twice.apply(leaf()) as Tensor).sum().backward(),
  'one without a pass': () => Twice.apply(leaf()),
  'one whose context holds a closure': () => (Notes.apply(leaf()) as Tensor).sum().backward(),
  'the same without a pass': () => Notes.apply(leaf()),
  'one that throws': () => fails(() => (Throws.apply(leaf()) as Tensor).sum().backward()),
  'saved tensor hooks': () =>
    torch.autograd.graph.saved_tensors_hooks(
      (x: Tensor) => x.mul(1),
      (x: unknown) => x as Tensor,
      () => leaf().exp().sum().backward(),
    ),
  'a checkpoint': () =>
    (torch.utils.checkpoint.checkpoint((x: Tensor) => x.exp().sin(), leaf(), { use_reentrant: false }) as Tensor)
      .sum()
      .backward(),
  no_grad: () => torch.no_grad(() => leaf().mul(2)),
  'inference_mode, left by an error': () => fails(() => torch.inference_mode(() => leaf().mul(2).add(torch.ones(3)))),
  'vmap of a gradient': () => torch.func.vmap(torch.func.grad((x: Tensor) => x.pow(2).sum()))(torch.ones(5, 500)),
  'a Jacobian': () => torch.func.jacrev((x: Tensor) => x.pow(2))(torch.ones(30)),
  'forward mode': () => torch.func.jvp((x: Tensor) => x.exp(), [make()], [make()]),

  // modules
  'a module': () => net()(torch.ones(4, 16)),
  'training steps': () => {
    const model = net();
    const optimizer = new optim.Adam(model.parameters());
    for (let i = 0; i < 3; i++) step(model, optimizer);
  },
  'a hook of a module': () => {
    const model = net();
    model.register_forward_hook((_module, _args, output) => (output as Tensor).mul(2));
    model(torch.ones(4, 16));
  },
  'an optimizer with another': () => {
    const model = net();
    for (const optimizer of [
      new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 }),
      new optim.AdamW(model.parameters()),
    ])
      step(model, optimizer);
  },
  'a state that is loaded': () => net().load_state_dict(net().state_dict()),
  'a module of another dtype': () => net().double().float(),
  'a module whose children are replaced': () => {
    const model = new nn.Sequential(new nn.Linear(50, 50));
    for (let i = 0; i < 5; i++) (model as unknown as Record<string, nn.Module>)['0'] = new nn.Linear(50, 50);
  },
  'a parametrized module': () => {
    const layer = nn.utils.parametrizations.weight_norm(new nn.Linear(50, 50));
    (layer as nn.Linear)(torch.ones(50)).sum().backward();
  },

  // buffers
  'an array over a tensor': () => make().typed_array(),
  'two over one': () => {
    const x = make();
    return [x.typed_array(), x.typed_array()];
  },
  'one of a view': () => make().view(50, 50).index(3).typed_array(),
  'one that outlives its tensor': () => {
    const x = make();
    const array = x.typed_array();
    x.dispose();
    return array.length;
  },
  'one made in tidy': () => torch.tidy(() => make().typed_array()),
  'a copy of one': () => structuredClone(make().typed_array()),
  'a tensor over an array': () => torch.from_numpy(new Float32Array(SIZE)),
  'one over a buffer': () => torch.frombuffer(new ArrayBuffer(SIZE), { dtype: torch.uint8 }),
  'one in tidy': () => torch.tidy(() => torch.from_numpy(new Float32Array(SIZE)).sum()),
  'one with using': () => {
    using x = torch.from_numpy(new Float32Array(SIZE));
    return x.sum().item();
  },
  'one over an array that is sent away': () => {
    const array = new Float32Array(SIZE);
    const x = torch.from_numpy(array);
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(array, [array.buffer]);
    receiveMessageOnPort(port2);
    port1.close();
    return x.sum().item();
  },
  'one over an array that is never received': () => {
    const array = new Float32Array(SIZE);
    torch.from_numpy(array);
    const { port1 } = new MessageChannel();
    port1.postMessage(array, [array.buffer]);
    port1.close();
  },
  'one that is lent again': () => torch.from_numpy(new Float32Array(SIZE)).typed_array(),
  'one that a graph saves': () => torch.from_numpy(new Float32Array(SIZE)).mul(leaf()).sum().backward(),
  'a property of an array that is its own tensor': () => {
    const array = new Float32Array(SIZE) as Float32Array & { tensor?: Tensor };
    array.tensor = torch.from_numpy(array);
  },
  'shared memory': () => make().share_memory_(),
  'a tensor on its way to nobody': () => {
    const message = multiprocessing.share(make());
    multiprocessing.withdraw(message);
  },

  // errors
  'an error that is caught': () => fails(() => make().add(torch.ones(3))),
  'an error that holds tensors': () =>
    fails(() => {
      throw Object.assign(new Error('no'), { x: make() });
    }),
  'a call with wrong arguments': () =>
    fails(() => (make() as unknown as { add(...x: unknown[]): void }).add(make(), 'no')),
  'a list whose second element throws': () =>
    fails(() =>
      torch.cat(
        Object.defineProperty([make(), make()], 1, {
          get: () => {
            throw new Error('no');
          },
        }),
      ),
    ),
  finally: () => {
    try {
      return make();
    } finally {
      make();
    }
  },
  'the bytes of a file': () => {
    const chunks: Uint8Array[] = [];
    torch.save({ x: make() }, { write: (bytes) => void chunks.push(Uint8Array.from(bytes)) });
    return torch.load(Buffer.concat(chunks));
  },
};

it.each(Object.entries(patterns))('%s', (_, pattern) => expectLevel(pattern));
