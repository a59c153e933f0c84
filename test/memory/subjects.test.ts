/** What the package's subjects hold, made and dropped: after each, memory is at the level where it was. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import torch, { copy, nn, optim, type Tensor } from 'tsorch';
import { Function, type FunctionCtx, graph } from 'tsorch/autograd';
import * as distributions from 'tsorch/distributions';
import * as multiprocessing from 'tsorch/multiprocessing';
import * as numpy from 'tsorch/numpy';
import * as pyplot from 'tsorch/pyplot';
import * as safetensors from 'tsorch/safetensors';
import { make_dot } from 'tsorch/torchviz';
import { tqdm } from 'tsorch/tqdm';
import { SummaryWriter } from 'tsorch/utils/tensorboard';
import * as io from 'tsorch/vision/io';
import { root, temporaryFolder } from '../setup/fakes';
import { expectLevel, SIZE, turn } from './levels';

const { autograd, func, jit } = torch;
const { forward_ad } = autograd;
const { checkpoint, data } = torch.utils;
const folder = temporaryFolder();
const file = (name: string) => join(folder, name);
const fixture = (...path: string[]) => join(root, 'test', ...path);

const make = () => torch.ones(SIZE);
const leaf = () => torch.ones(SIZE, { requires_grad: true });
const rows = () => torch.ones(50, 50);
const fails = (run: () => unknown) => expect(run).toThrow();
const net = () => new nn.Sequential(new nn.Linear(50, 50), new nn.Tanh(), new nn.Linear(50, 1));
const lossOf = (model: nn.Module) => (model as nn.Sequential)(rows()).sum();
const silent = new Writable({ write: (_chunk, _encoding, done) => done() }) as unknown as NodeJS.WriteStream;

class InPlace extends Function {
  static override forward(ctx: FunctionCtx, x: Tensor): Tensor {
    ctx.mark_dirty(x);
    ctx.save_for_backward(x);
    return x.mul_(2);
  }
  static override backward(ctx: FunctionCtx, grad: Tensor): Tensor {
    return grad.add(ctx.saved_tensors[0]!.mul(0));
  }
}

class HoldsItself extends Function {
  static override forward(ctx: FunctionCtx & { self?: unknown; result?: Tensor }, x: Tensor): Tensor {
    ctx.self = ctx;
    return x.clone();
  }
  static override backward(_ctx: FunctionCtx, grad: Tensor): Tensor {
    return grad;
  }
}

class Tangents extends Function {
  static override forward(x: Tensor): Tensor {
    return x.exp();
  }
  static setup_context(ctx: FunctionCtx, [x]: [Tensor]): void {
    ctx.save_for_forward(x);
  }
  static override jvp(ctx: FunctionCtx, tangent: Tensor): Tensor {
    return tangent.mul(ctx.saved_tensors[0]!.exp());
  }
}

class Samples extends data.Dataset<Tensor> {
  override get length(): number {
    return 20;
  }
  override __getitem__(index: number): Tensor {
    return torch.full([SIZE], index);
  }
}

const patterns: Record<string, () => unknown> = {
  // autograd
  'a change in place by a custom Function': () => (InPlace.apply(leaf().mul(1)) as Tensor).sum().backward(),
  'the same of a view, without a pass': () => InPlace.apply(leaf().mul(1).view(50, 50)),
  'a context that holds itself': () => HoldsItself.apply(leaf()),
  'the same with a pass': () => (HoldsItself.apply(leaf()) as Tensor).sum().backward(),
  'a custom jvp': () => func.jvp((x: Tensor) => Tangents.apply(x) as Tensor, [make()], [make()]),
  'views changed in place': () => {
    const x = leaf().mul(1);
    x.view(50, 50).index(0).mul_(2);
    x.sum().backward();
  },
  'a view of a view of a base that is gone': () => leaf().mul(1).view(50, 50).t().index(0),
  'a graph whose output is its own hook': () => {
    const y = leaf().mul(2);
    y.grad_fn!.register_hook(() => void y.shape);
  },
  'a prehook of a node': () => {
    const y = leaf().exp();
    y.grad_fn!.register_prehook((grads) => grads.map((g) => g?.mul(y.detach()) ?? null));
    y.sum().backward();
  },
  'a hook of several gradients': () => {
    const [a, b] = [leaf(), leaf()];
    graph.register_multi_grad_hook([a, b], () => void [a, b]);
    a.mul(b).sum().backward();
  },
  'one of several that never runs': () => {
    const [a, b] = [leaf(), leaf()];
    graph.register_multi_grad_hook([a, b], () => void [a, b]);
  },
  'saved tensors kept on the CPU': () => graph.save_on_cpu(() => leaf().exp().sum()).backward(),
  'saved tensors that are changed': () =>
    graph.allow_mutation_on_saved_tensors(() => {
      const x = make();
      const y = leaf().mul(x);
      x.zero_();
      y.sum().backward();
    }),
  'saved tensor hooks that throw': () =>
    fails(() =>
      graph.saved_tensors_hooks(
        () => {
          throw new Error('in pack');
        },
        (x: unknown) => x as Tensor,
        () => leaf().exp(),
      ),
    ),
  'a search for anomalies': () =>
    fails(() => autograd.detect_anomaly(() => leaf().mul(0).sub(1).sqrt().sum().backward())),
  'a checkpoint without a pass': () =>
    checkpoint.checkpoint((x: Tensor) => x.exp().sin(), leaf(), { use_reentrant: false }),
  'a reentrant checkpoint': () =>
    (checkpoint.checkpoint((x: Tensor) => x.exp().sin(), leaf(), { use_reentrant: true }) as Tensor).sum().backward(),
  'a checkpoint that throws when it is run again': () => {
    let runs = 0;
    const part = (x: Tensor) => {
      if (runs++ > 0) throw new Error('again');
      return x.exp().sin();
    };
    // no variable that a function shares with it: a checkpoint that holds its own output is never freed, in Python neither
    fails(() => (checkpoint.checkpoint(part, leaf(), { use_reentrant: false }) as Tensor).sum().backward());
  },
  'a graph that is kept and dropped': () => leaf().exp().sum().backward(null, { retain_graph: true }),
  'a gradient with a graph, without .grad': () => {
    const w = leaf();
    const [g] = autograd.grad(w.exp().sum(), w, null, { create_graph: true });
    g!.pow(2).sum().backward();
    w.grad = null;
  },
  'a gradient of several': () => autograd.grad([leaf().exp().sum()], [leaf()], null, { allow_unused: true }),
  gradcheck: () =>
    autograd.gradcheck((x: Tensor) => x.sin(), torch.ones(3, { dtype: torch.float64, requires_grad: true })),
  'a level of forward mode': () =>
    forward_ad.dual_level(() => forward_ad.unpack_dual(forward_ad.make_dual(make(), make()).exp())),
  'a level that throws': () =>
    fails(() => forward_ad.dual_level(() => forward_ad.make_dual(make(), make()).add(torch.ones(3)))),
  'a leaf whose data is replaced': () => {
    const x = leaf();
    x.data = make();
    x.sum().backward();
  },
  'retained gradients': () => {
    const y = leaf().mul(2);
    y.retain_grad();
    y.sum().backward();
  },

  // transforms
  vjp: () => func.vjp((x: Tensor) => x.exp(), make())[1](make()),
  'a vjp that is never called': () => func.vjp((x: Tensor) => x.exp(), make())[1],
  linearize: () => func.linearize((x: Tensor) => x.exp(), make())[1](make()),
  'a closure under vmap': () => {
    const held = torch.ones(50);
    return func.vmap((x: Tensor) => x.add(held).sum())(rows());
  },
  'a closure that keeps what vmap gave it': () => {
    let kept: Tensor | undefined;
    func.vmap((x: Tensor) => {
      kept = x;
      return x.sum();
    })(rows());
    return kept;
  },
  'vmap that throws': () => fails(() => func.vmap((x: Tensor) => x.add(torch.ones(3)))(rows())),
  'vmap in vmap': () => func.vmap(func.vmap((x: Tensor) => x.mul(2)))(rows()),
  'grad that throws': () => fails(() => func.grad((x: Tensor) => x.exp())(make())),
  jacfwd: () => func.jacfwd((x: Tensor) => x.pow(2))(torch.ones(30)),
  hessian: () => func.hessian((x: Tensor) => x.pow(3).sum())(torch.ones(20)),
  functional_call: () => {
    const model = net();
    const parameters = Object.fromEntries(model.named_parameters());
    return func.grad((p: typeof parameters) => (func.functional_call(model, p, rows()) as Tensor).sum())(parameters);
  },
  functionalize: () => func.functionalize((x: Tensor) => x.clone().mul_(2))(make()),

  // modules
  'a module in a ring': () => {
    const model = net() as nn.Sequential & { friend?: unknown };
    model.friend = { model };
    lossOf(model).backward();
  },
  'a hook of a backward pass': () => {
    const model = net();
    model.register_full_backward_hook((module) => void [module, model]);
    lossOf(model).backward();
  },
  'hooks that are removed': () => {
    const model = net();
    const handles = [model.register_forward_pre_hook(() => undefined), model.register_forward_hook(() => undefined)];
    lossOf(model).backward();
    for (const handle of handles) handle.remove();
  },
  'buffers that are replaced': () => {
    const model = net() as nn.Module & { noise?: Tensor };
    model.register_buffer('noise', make());
    for (let i = 0; i < 5; i++) model.noise = make();
  },
  'parameters that are replaced': () => {
    const layer = new nn.Linear(50, 50);
    for (let i = 0; i < 5; i++) layer.weight = new nn.Parameter(rows());
  },
  'containers that grow and shrink': () => {
    const list = new nn.ModuleList([new nn.Linear(50, 50)]);
    for (let i = 0; i < 3; i++) list.append(new nn.Linear(50, 50));
    return new nn.ParameterList([rows(), rows()]).append(rows());
  },
  'a deep copy': () => copy.deepcopy(net()),
  'a module on the meta device': () => net().to('meta').to_empty({ device: 'cpu' }),
  'a lazy module': () => new nn.LazyLinear(50)(rows()),
  'a lazy module that is never called': () => new nn.LazyLinear(50),
  'a pruned module': () => {
    const layer = new nn.Linear(50, 50);
    nn.utils.prune.l1_unstructured(layer, 'weight', 0.5);
    layer(rows()).sum().backward();
    nn.utils.prune.remove(layer, 'weight');
  },
  'spectral norm': () => (nn.utils.parametrizations.spectral_norm(new nn.Linear(50, 50)) as nn.Linear)(rows()),
  'a parametrization whose values are cached': () => {
    const layer = nn.utils.parametrizations.orthogonal(new nn.Linear(20, 20)) as nn.Linear;
    nn.utils.parametrize.cached(() => [layer(torch.ones(20)), layer(torch.ones(20))]);
  },
  'a packed sequence': () => {
    const packed = nn.utils.rnn.pack_sequence([torch.ones(5, 8), torch.ones(3, 8)]);
    return new nn.LSTM(8, 8)(packed);
  },
  'a state that is assigned': () => net().load_state_dict(net().state_dict(), { assign: true }),
  'hooks of a state': () => {
    const model = net();
    model.register_state_dict_post_hook((module, state) => void [module, state, model]);
    return model.state_dict();
  },
  'an averaged model': () => {
    const model = net();
    new optim.swa_utils.AveragedModel(model).update_parameters(model);
  },
  'tensors that are swapped': () => torch.utils.swap_tensors(make(), make()),
  'an attention with scores of a closure': () => {
    const scale = torch.tensor(2);
    const x = torch.ones(1, 2, 16, 8);
    return nn.attention.flex_attention.flex_attention(x, x, x, { score_mod: (score: Tensor) => score.mul(scale) });
  },

  // optimizers
  'optimizers that are replaced': () => {
    const model = net();
    for (let i = 0; i < 4; i++) {
      const optimizer = new optim.Adam(model.parameters(), { lr: 0.1 / (i + 1) });
      lossOf(model).backward();
      optimizer.step();
    }
  },
  'a state of an optimizer': () => {
    const model = net();
    const [a, b] = [new optim.AdamW(model.parameters()), new optim.AdamW(model.parameters())];
    lossOf(model).backward();
    a.step();
    b.load_state_dict(a.state_dict());
    b.step();
  },
  LBFGS: () => {
    const x = torch.ones(50, { requires_grad: true });
    const optimizer = new optim.LBFGS([x], { line_search_fn: 'strong_wolfe' });
    optimizer.step(() => {
      optimizer.zero_grad();
      const loss = x.pow(2).sum();
      loss.backward();
      return loss;
    });
  },
  'schedulers that hold their optimizer': () => {
    const optimizer = new optim.SGD(net().parameters(), { lr: 0.1 });
    const warmup = new optim.lr_scheduler.LinearLR(optimizer);
    const rest = new optim.lr_scheduler.CosineAnnealingLR(optimizer, 10);
    const scheduler = new optim.lr_scheduler.SequentialLR(optimizer, [warmup, rest], [2]);
    optimizer.step();
    for (let i = 0; i < 4; i++) scheduler.step();
  },
  'hooks of an optimizer': () => {
    const model = net();
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    optimizer.register_step_post_hook(() => void [model, optimizer]);
    lossOf(model).backward();
    optimizer.step();
  },
  'an optimizer that steps in the backward pass': () => {
    const model = net();
    for (const p of model.parameters()) {
      const optimizer = new optim.SGD([p], { lr: 0.1 });
      p.register_post_accumulate_grad_hook(() => {
        optimizer.step();
        optimizer.zero_grad();
      });
    }
    lossOf(model).backward();
  },
  'scaled gradients in autocast': () => {
    const model = net();
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    const scaler = new torch.amp.GradScaler('cpu');
    const loss = torch.autocast('cpu', { dtype: torch.bfloat16 }, () => lossOf(model));
    scaler.scale(loss).backward();
    scaler.step(optimizer);
    scaler.update();
  },
  'clipped gradients': () => {
    const model = net();
    lossOf(model).backward();
    nn.utils.clip_grad_norm_(model.parameters(), 1);
  },

  // programs
  'a TorchScript program': () => (jit.load(fixture('jit', 'fixtures', 'mlp.pt')) as nn.Module).eval(),
  'its text': () =>
    (new jit.CompilationUnit('def f(x):\n    return x + 1\n') as unknown as { f(x: Tensor): Tensor }).f(make()),
  'a trace': () => jit.trace(net(), rows())(rows()),
  'a trace of a closure': () => {
    const held = rows();
    return jit.trace((x: Tensor) => x.add(held), rows());
  },
  'a trace that fails': () => fails(() => jit.trace((x: Tensor) => x.add(torch.ones(3)), rows())),
  'a frozen trace': () => jit.freeze(jit.trace(net().eval(), rows())),
  'an exported program': () => torch.export.load(fixture('export', 'fixtures', 'mlp.pt2')).module(),
  'an exported program of bytes': () => torch.export.load(readFileSync(fixture('export', 'fixtures', 'control.pt2'))),
  'a program that cannot be read': () => fails(() => torch.export.load(Buffer.from('PK\x03\x04 nothing'))),
  'ONNX of a module': () => torch.onnx.export(net(), rows(), file('net.onnx')),

  // data
  'a DataLoader to its end': () => [...new data.DataLoader(new Samples(), { batch_size: 4, shuffle: true })],
  'one that is left': () => {
    for (const _ of new data.DataLoader(new Samples(), { batch_size: 4 })) break;
  },
  'an iterator of one that nobody finishes': () =>
    new data.DataLoader(new Samples(), { batch_size: 4 })[Symbol.iterator]().next(),
  'one that is left in an asynchronous loop': async () => {
    for await (const _ of new data.DataLoader(new Samples(), { batch_size: 4 })) break;
  },
  'one whose collation throws': () =>
    fails(() => [
      ...new data.DataLoader(new Samples(), {
        collate_fn: (samples: Tensor[]) => samples[0]!.add(torch.ones(3)),
      }),
    ]),
  'one with a weighted sampler': () => {
    const sampler = new data.WeightedRandomSampler([1, 2, 3], 10);
    return [...new data.DataLoader(data.random_split(new Samples(), [10, 10])[0]!, { sampler })];
  },
  'a dataset of tensors': () => [...new data.DataLoader(new data.TensorDataset(rows(), rows()), { batch_size: 10 })],
  'a queue': async () => {
    const queue = multiprocessing.Queue<Tensor>();
    queue.put(make());
    queue.put(make());
    while (!queue.empty()) queue.get(); // what nobody takes out stays, since another thread may
    queue.close();
  },
  'a shared module': () => multiprocessing.receive(multiprocessing.share(net())),
  'a message that is received twice': () => {
    const message = multiprocessing.share(make());
    multiprocessing.receive(message);
    fails(() => multiprocessing.receive(message));
  },
  'memory of several threads': () => torch.frombuffer(new SharedArrayBuffer(4 * SIZE), { dtype: torch.float32 }).add(1),
  'a part of a buffer': () => torch.frombuffer(new ArrayBuffer(4 * SIZE), { dtype: torch.float32, offset: 400 }),
  'an array over a part, which is all that is kept': () => rows().index(':10').typed_array().subarray(5),

  // files
  'a file': () => {
    torch.save(net().state_dict(), file('net.pt'));
    return torch.load(file('net.pt'));
  },
  'a mapped file': () => {
    torch.save({ x: make() }, file('x.pt'));
    return torch.load(file('x.pt'), { mmap: true });
  },
  'a file that is damaged': () => fails(() => torch.load(Buffer.from('PK\x03\x04 nothing'))),
  safetensors: () => {
    safetensors.save_file({ x: make() }, file('x.safetensors'));
    return safetensors.load_file(file('x.safetensors'));
  },
  'a slice of safetensors': () => {
    safetensors.save_file({ x: rows() }, file('x.safetensors'));
    const opened = safetensors.safe_open(file('x.safetensors'));
    return opened.get_slice('x').index('1:3');
  },
  npy: () => {
    numpy.save(file('x.npy'), make());
    return numpy.load(file('x.npy'), { mmap_mode: 'r' });
  },
  npz: () => {
    numpy.savez(file('x.npz'), { x: make() });
    return numpy.load(file('x.npz'));
  },
  'a picture': () => io.decode_image(io.encode_png(torch.ones(3, 50, 50, { dtype: torch.uint8 }))),

  // looking at things
  'a plot': () => {
    pyplot.plot(make());
    pyplot.imshow(rows());
    pyplot.gcf().to_svg();
    pyplot.close();
  },
  'a log': () => {
    const writer = new SummaryWriter(file('log'));
    writer.add_scalar('loss', make().sum(), 1);
    writer.add_histogram('weights', make(), 1);
    writer.close();
  },
  'a log that is not closed': () => new SummaryWriter(file('log')).add_scalar('loss', make().sum()),
  'a bar': () => {
    for (const x of tqdm([make(), make()], { file: silent })) x.add(1);
  },
  'a bar that is left': () => {
    for (const _ of tqdm([make(), make()], { file: silent })) break;
  },
  'a picture of a graph': () => {
    const x = leaf();
    return make_dot(x.exp().sum(), { x });
  },
  'a comparison that fails': () => fails(() => torch.testing.assert_close(make(), make().add(1))),
  'what cannot be cloned': () => fails(() => structuredClone({ x: make() })),
  'what has no JSON': () => fails(() => JSON.stringify({ x: make() })),
  'a timing': () => new torch.utils.benchmark.Timer({ stmt: () => make().add(1) }).timeit(3),

  // kinds of tensors
  sparse: () => torch.eye(50).to_sparse().matmul(rows()),
  'sparse rows': () => torch.eye(50).to_sparse_csr().matmul(rows()),
  nested: () => torch.nested.nested_tensor([torch.ones(3, 5), torch.ones(2, 5)]).unbind(),
  quantized: () => torch.quantize_per_tensor(make(), 0.1, 0, torch.qint8).dequantize(),
  complex: () => torch.fft.fft(make()).abs(),
  'on the meta device': () => torch.ones(SIZE, { device: 'meta' }).add(1),
  'a generator of random numbers': () => torch.randn(SIZE, { generator: new torch.Generator().manual_seed(1) }),
  'a state of one': () => torch.set_rng_state(torch.get_rng_state()),
  'a sequence of Sobol': () => new torch.quasirandom.SobolEngine(3).draw(100),

  // distributions
  'a sample': () => new distributions.Normal(make(), make()).rsample(),
  'a sample with a graph': () => new distributions.Normal(leaf(), make()).log_prob(make()).sum().backward(),
  'a transformed distribution': () => {
    const base = new distributions.Normal(make(), make());
    const exp = new distributions.ExpTransform({ cache_size: 1 });
    return new distributions.TransformedDistribution(base, [exp]).rsample();
  },
  'a divergence': () =>
    distributions.kl_divergence(new distributions.Normal(make(), make()), new distributions.Normal(make(), make())),

  // scopes and time
  'tidy around an asynchronous loop': async () => {
    for (let i = 0; i < 5; i++) {
      const x = torch.tidy(() => make().add(i));
      await turn();
      x.dispose();
    }
  },
  'two asynchronous loops, each with its scopes': async () => {
    const loop = async () => {
      for (let i = 0; i < 5; i++) {
        torch.tidy(() => make().mul(i));
        await null;
      }
    };
    await Promise.all([loop(), loop()]);
  },
  'an error in an asynchronous callback': async () => {
    const run = async () => {
      const x = make();
      await turn();
      x.add(torch.ones(3));
    };
    await expect(run()).rejects.toThrow();
  },
  'a FinalizationRegistry': () => {
    new FinalizationRegistry(() => {}).register(make(), 1);
  },
  'a subclass of an object with private fields': () => {
    class Held {
      #x = make();
      get sum() {
        return this.#x.sum();
      }
    }
    return new Held().sum;
  },
};

it.each(Object.entries(patterns))('%s', (_, pattern) => expectLevel(pattern));
