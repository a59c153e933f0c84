/** The introductory notebook beside the RLChina lecture, section by section. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch, { nn, optim, type Tensor } from 'tsorch';
import type { FunctionCtx } from 'tsorch/autograd';
import { DataLoader, TensorDataset } from 'tsorch/utils/data';
import golden from './golden/intro.json';
import { expectSection, type Recorder } from './record';

const section = (name: keyof typeof golden, run: (recorder: Recorder) => void, relative?: number) =>
  expectSection(golden as never, name, run, relative);

/** int64 data. */
const integers = (data: number[] | number[][]) => torch.tensor(data, { dtype: torch.int64 });

const arangeFloat = (end: number) => torch.arange(end, { dtype: torch.float32 });

describe('Tensors and basic operations', () => {
  test('scalars', () => {
    section('scalars', ({ show, value }) => {
      torch.manual_seed(0);
      const x = torch.rand(1);
      show(x);
      show(torch.zeros(1));
      const y = torch.tensor([3.0]);
      for (const each of [x.add(y), x.sub(y), x.mul(y), x.div(y), y.pow(2), x.item()]) value(each);
      show(y.pow(2));
      show(torch.empty(1).shape.join() === '1');
    });
  });

  test('vectors', () => {
    section('vectors', ({ show }) => {
      const x = torch.tensor([1.0, 2.0, 3.0]);
      const y = torch.tensor([4.0, -5.0, 6.0]);
      show(torch.dot(x, y));
      show(torch.ger(x, y));
      show(x.dim());
      show(x.mul(y));
      show(x.add(1));
    });
  });

  test('matrices', () => {
    section('matrices', ({ show }) => {
      const A = arangeFloat(6).view(2, 3);
      const B = arangeFloat(6).view(3, 2).sub(2);
      show(A.dim());
      show(A.shape);
      show(A.t());
      show(torch.mm(A, B));
      show(A.matmul(B));
      show(A.mv(torch.tensor([1.0, 0.0, -1.0])));
    });
  });

  test('initialization', () => {
    section('initialization', ({ show }) => {
      torch.manual_seed(0);
      show(torch.zeros(2, 3));
      show(torch.eye(3));
      show(torch.full([2, 3], 7, { dtype: torch.int16 }));
      show(torch.rand(2, 3));
      show(torch.randn(2, 3));
      show(torch.randint(3, 10, [2, 4]));
      show(torch.randperm(8));
      show(torch.arange(0, 10, 3));
      show(torch.linspace(0, 1, 5));
      show(torch.ones(2, 2, { dtype: torch.float64 }));
    });
  });

  test('elementwise operations and products', () => {
    section('elementwise', ({ show }) => {
      const x = torch.tensor([
        [1.0, 2.0],
        [3.0, 4.0],
      ]);
      const y = torch.full([2, 2], 10.0);
      show(x.add(y));
      show(x.add(y));
      show(torch.add(x, y).allclose(x.add(y)));
      x.add_(y);
      show(x);
      show(arangeFloat(4).dot(arangeFloat(4)));
      show(torch.ones(2, 3, 4).matmul(torch.ones(2, 4, 2)));
    });
  });

  test('reductions, with axis as numpy calls it', () => {
    section('reductions', ({ show }) => {
      const x = arangeFloat(24).view(2, 3, 4);
      show(x.sum());
      show(x.sum({ axis: 0 }));
      show(x.mean({ axis: 1 }));
      show(x.std({ axis: 2 }));
      show(x.sum({ axis: [0, 2] }));
      show(x.mean({ axis: [0, 1], keepdim: true }));
      const best = x.max({ axis: 1 });
      show(best.values);
      show(best.indices);
      show(x.max());
      show(x.argmin());
    });
  });

  test('views and shapes', () => {
    section('shapes', ({ show }) => {
      const x = torch.arange(6);
      show(x.view(2, 3));
      show(x.view(-1, 2));
      show(x.reshape(3, -1).t());
      show(x.view(1, 2, 3).transpose(1, 2));
      show(x.unsqueeze(1).shape);
      show(x.view(1, 6, 1).squeeze().shape);
      show(x.index(':2').unsqueeze(1).expand(2, 3));
      show(x.index(':2').repeat(2, 2));
      const row = torch.zeros(3, 1);
      row.expand(3, 2).index_put_([1, 0], 5);
      show(row);
    });
  });

  test('indexing', () => {
    section('indexing', ({ show }) => {
      const x = torch.arange(27).view(3, 3, 3);
      show(x.index(1, '1:', '1:-1'));
      const idx = integers([0, 2]);
      show(x.index(':', idx));
      show(x.index(0, 0, 0));
      show(x.index(x.gt(20)));
      show(x.index('...', -1));
      x.index_put_([0], -1);
      show(x.index(0));
    });
  });

  test('cat and stack', () => {
    section('joining', ({ show }) => {
      const x = integers([
        [1, 2],
        [3, 4],
      ]);
      const y = integers([[5, 6]]);
      show(torch.cat([x, y]));
      show(torch.cat([x, x], { dim: 1 }));
      show(torch.stack([x, x.add(10)]));
      show(torch.stack([x, x], { dim: 2 }).shape);
    });
  });

  test('gather', () => {
    section('gathering', ({ show }) => {
      const x = integers([
        [1, 2],
        [3, 4],
        [5, 6],
      ]);
      const rows = integers([
        [0, 2],
        [1, 0],
      ]);
      const columns = integers([
        [0, 0],
        [1, 0],
        [1, 1],
      ]);
      show(torch.gather(x, 0, rows));
      show(torch.gather(x, 1, columns));
      show(x.gather(1, integers([[1], [0], [1]])).squeeze(1));
    });
  });

  test('broadcasting, and where it fails', () => {
    section('broadcasting', ({ show }) => {
      const x = torch.ones(2, 3, 3);
      show(x.add(arangeFloat(3)));
      show(arangeFloat(3).view(3, 1).mul(arangeFloat(2)));
      try {
        torch.ones(2, 3, 3).add(torch.ones(2, 3, 4));
      } catch (error) {
        expect(error).toBeInstanceOf(torch.TorchError);
        show((error as Error).message);
      }
    });
  });
});

describe('The bridge to arrays', () => {
  test('from_numpy and typed_array share memory', () => {
    const array = Float32Array.from([1, 2, 3]);
    const x = torch.from_numpy(array);
    array[0] = 10;
    expect(x.tolist()).toEqual([10, 2, 3]);
    x.add_(1);
    expect([...array]).toEqual([11, 3, 4]);
    const back = x.typed_array();
    back[2] = -1;
    expect([x.index(2).item(), array[2]]).toEqual([-1, -1]);
  });

  test('tensor copies', () => {
    const array = Float64Array.from([1, 2]);
    const x = torch.tensor(array);
    array[0] = 9;
    expect(String(x)).toBe('tensor([1., 2.], dtype=torch.float64)');
  });

  test('the array of a tensor made here is its memory too', () => {
    const x = torch.zeros(2, 2);
    const array = x.typed_array();
    x.fill_(3);
    expect(array).toEqual(new Float32Array(4).fill(3));
  });
});

test('Sparse tensors: a 10 × 10^8 sparse matrix times a dense vector', () => {
  section('sparse', ({ show, value }) => {
    torch.manual_seed(0);
    const indices = integers([
      [0, 1, 1, 7],
      [5, 0, 99_999_999, 1_234_567],
    ]);
    const a = torch.sparse_coo_tensor(indices, torch.tensor([1.0, 2.0, 3.0, 4.0]), [10, 10 ** 8]);
    show(a);
    const b = arangeFloat(10 ** 8).unsqueeze(1);
    show(torch.sparse.mm(a, b));
    b.dispose();
    const small = torch.randn(4, 6);
    small.index_put_([small.lt(0)], 0);
    show(small.to_sparse());
    const dense = torch.randn(6, 2);
    const product = torch.sparse.mm(small.to_sparse(), dense);
    value(product);
    expect(product.allclose(small.mm(dense))).toBe(true);
  });
});

test('Gradients of x * y @ z', () => {
  const x = torch.tensor([-1.5, 1.2], { requires_grad: true });
  const y = torch.tensor([1.0, -1.3]);
  const z = torch.tensor([-2.0, 0.2], { requires_grad: true });
  const r = x.mul(y).matmul(z);
  expect(String(r)).toBe('tensor(2.6880, grad_fn=<DotBackward0>)');
  r.backward();
  expect(String(x.grad)).toBe('tensor([-2.0000, -0.2600])');
});

describe('Graphs, as make_dot draws them', () => {
  /** Every node once, by depth first, as torchviz walks `grad_fn` and `next_functions`. */
  function walk(root: Tensor, names: Map<Tensor, string>): { nodes: string[]; edges: number } {
    const seen = new Set<object>();
    const nodes: string[] = [];
    let edges = 0;
    const visit = (node: NonNullable<Tensor['grad_fn']>) => {
      if (seen.has(node)) return;
      seen.add(node);
      const leaf = node.variable;
      nodes.push(leaf === null ? node.name() : (names.get(leaf) ?? 'leaf'));
      for (const [next] of node.next_functions) {
        if (next === null) continue;
        edges++;
        visit(next);
      }
    };
    visit(root.grad_fn!);
    return { nodes, edges };
  }

  test('x * y @ z: y needs no gradient', () => {
    const x = torch.ones(2, { requires_grad: true });
    const z = torch.ones(2, { requires_grad: true });
    const names = new Map([
      [x, 'x'],
      [z, 'z'],
    ]);
    const { nodes, edges } = walk(x.mul(torch.ones(2)).matmul(z), names);
    expect(nodes).toEqual(['DotBackward0', 'MulBackward0', 'x', 'z']);
    expect(edges).toBe(3);
  });

  test('c * e + d * e: e is one node', () => {
    const [a, b, c, d] = [1, 2, 3, 4].map((v) => torch.tensor([v], { requires_grad: true })) as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    const names = new Map([
      [a, 'a'],
      [b, 'b'],
      [c, 'c'],
      [d, 'd'],
    ]);
    const e = a.mul(b);
    const { nodes, edges } = walk(c.mul(e).add(d.mul(e)), names);
    expect(nodes).toEqual(['AddBackward0', 'MulBackward0', 'c', 'MulBackward0', 'a', 'b', 'MulBackward0', 'd']);
    expect(edges).toBe(8);
  });
});

class MyExp extends torch.autograd.Function {
  static override forward(ctx: FunctionCtx, i: Tensor): Tensor {
    const result = i.exp();
    ctx.save_for_backward(result);
    return result;
  }

  static override backward(ctx: FunctionCtx, grad_output: Tensor): Tensor {
    const [result] = ctx.saved_tensors;
    return grad_output.mul(result!);
  }
}

test('A function of one’s own: MyExp', () => {
  section('custom_function', ({ show }) => {
    const x = torch.tensor([0.5, 1.0, -2.0], { requires_grad: true });
    const y = MyExp.apply(x) as Tensor;
    show(y);
    y.sum().backward();
    show(x.grad);
    expect(x.grad!.equal(x.exp())).toBe(true);
  });
});

class LinearModule extends nn.Module {
  W: nn.Parameter;
  b: nn.Parameter;

  constructor(x_dim: number, y_dim: number) {
    super();
    this.W = new nn.Parameter(torch.randn(y_dim, x_dim));
    this.b = new nn.Parameter(torch.randn(y_dim));
  }

  override forward(x: Tensor): Tensor {
    return this.W.matmul(x).add(this.b);
  }
}

class TwoLinearModule extends nn.Module {
  linear1: LinearModule;
  linear2: LinearModule;

  constructor(x_dim: number, h_dim: number, y_dim: number) {
    super();
    this.linear1 = new LinearModule(x_dim, h_dim);
    this.linear2 = new LinearModule(h_dim, y_dim);
  }

  override forward(x: Tensor): Tensor {
    const h = torch.sigmoid(this.linear1(x));
    return this.linear2(h);
  }
}

describe('Modules', () => {
  test('LinearModule in TwoLinearModule', () => {
    section('modules', ({ show, value }) => {
      torch.manual_seed(0);
      const x = torch.randn(5);
      const model = new TwoLinearModule(5, 4, 2);
      show(model);
      for (const [name, param] of model.named_parameters()) {
        show(name);
        show(param.size());
      }
      const pred = model(x);
      value(pred);
      pred.sum().backward();
      value(model.linear1.W.grad!);
      show(Object.keys(model.state_dict()).map((key) => `'${key}'`));
    });
  });

  test('nn.Linear trained with momentum towards a softmax, and Sequential', () => {
    section(
      'built_in_training',
      ({ show, value }) => {
        torch.manual_seed(0);
        const x = torch.randn(5);
        const y = torch.softmax(torch.randn(2), { dim: 0 });
        const model = new nn.Linear(5, 2);
        const loss_fn = new nn.MSELoss();
        const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
        show(model);
        show(optimizer);
        const losses: number[] = [];
        for (let i = 0; i < 30; i++) {
          optimizer.zero_grad();
          const loss = loss_fn(torch.softmax(model(x), { dim: 0 }), y);
          loss.backward();
          optimizer.step();
          losses.push(loss.item());
        }
        value(losses);
        const net = new nn.Sequential(
          new nn.Linear(5, 10),
          new nn.ReLU(),
          new nn.Linear(10, 2),
          new nn.Softmax({ dim: 0 }),
        );
        show(net);
        show(net.index(0));
        value(net(x));
      },
      1e-4,
    );
  });
});

test('Datasets: batches of 5, shuffled', () => {
  section('loading', ({ show }) => {
    torch.manual_seed(0);
    const data = new TensorDataset(arangeFloat(24).view(12, 2), torch.arange(12));
    show(data.length);
    show(data.__getitem__(3)[0]);
    for (const [x, y] of new DataLoader(data, { batch_size: 5, shuffle: true })) {
      show(x);
      show(y);
    }
  });
});

test('Regression: y = x² + noise', () => {
  section(
    'square_regression',
    ({ value }) => {
      torch.manual_seed(0);
      const x = torch.linspace(-1, 1, 100).unsqueeze(1);
      const y = x.pow(2).add(torch.rand(x.size()).mul(0.2));
      const net = new nn.Sequential(new nn.Linear(1, 10), new nn.ReLU(), new nn.Linear(10, 1));
      const optimizer = new optim.SGD(net.parameters(), { lr: 0.5 });
      const loss_fn = new nn.MSELoss();
      const history: number[] = [];
      for (let t = 0; t < 100; t++) {
        const loss = loss_fn(net(x), y);
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        if (t % 20 === 0 || t === 99) history.push(loss.item());
      }
      value(history);
      expect(history.at(-1)).toBeLessThan(0.01);
    },
    1e-3,
  );
});

describe('Saving and loading', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tsorch-notebook-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const make = () => new nn.Sequential(new nn.Linear(1, 10), new nn.ReLU(), new nn.Linear(10, 1));

  test('the state_dict, into another network', () => {
    const net = make();
    const file = join(folder, 'net_params.pt');
    torch.save(net.state_dict(), file);
    const other = make();
    const x = torch.linspace(-1, 1, 5).unsqueeze(1);
    expect(other(x).equal(net(x))).toBe(false);
    expect(String(other.load_state_dict(torch.load(file)))).toBe('<All keys matched successfully>');
    expect(other(x).equal(net(x))).toBe(true);
  });

  test('a whole module is refused, with what to do instead', () => {
    expect(() => torch.save(make(), join(folder, 'net.pt'))).toThrow(
      "cannot pickle 'Sequential' object; save its state_dict()",
    );
  });
});
