/** Floating-point operations as Python counts them. */
import torch, { nn } from 'tsorch';
import golden from './golden/flops.json';

const { FlopCounterMode, register_flop_formula } = torch.utils.flop_counter;
type Tensor = torch.Tensor;

class Net extends nn.Module {
  features = new nn.Sequential(
    new nn.Conv2d(3, 8, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.Conv2d(8, 8, 3, { groups: 4 }),
  );
  head = new nn.Linear(8 * 6 * 6, 5);
  override forward(x: Tensor) {
    return this.head(this.features(x).flatten(1)).matmul(torch.ones(5, 2));
  }
}

class Upwards extends nn.Module {
  up = new nn.ConvTranspose1d(4, 6, 3, { stride: 2 });
  down = new nn.Conv1d(6, 2, 3, { dilation: 2 });
  override forward(x: Tensor) {
    return this.down(this.up(x));
  }
}

class Attention extends nn.Module {
  attention = new nn.MultiheadAttention(16, 4, { batch_first: true });
  out = new nn.Linear(16, 3);
  override forward(x: Tensor) {
    return this.out(this.attention(x, x, x, { need_weights: true })[0]);
  }
}

type Called = (...inputs: Tensor[]) => Tensor | readonly [Tensor, ...unknown[]];
const make: Record<string, readonly [() => unknown, number[] | null]> = {
  mlp: [() => new nn.Sequential(new nn.Linear(10, 32), new nn.ReLU(), new nn.Linear(32, 1)), [16, 10]],
  cnn: [() => new Net(), [2, 3, 8, 8]],
  upwards: [() => new Upwards(), [2, 4, 9]],
  lstm: [() => new nn.LSTM(5, 7, { num_layers: 2, batch_first: true }), [4, 6, 5]],
  attention: [() => new Attention(), [2, 5, 16]],
  encoder: [() => new nn.TransformerEncoderLayer(16, 4, 32, 0, { batch_first: true }), [3, 5, 16]],
  bilinear: [() => new nn.Bilinear(4, 5, 3), null],
};

const sortedKeys = (counts: object) => JSON.parse(JSON.stringify(counts)) as object;

describe('training steps', () => {
  const runs = golden.runs.map((run) => [`${run.program}${run.requires_grad ? ', inputs too' : ''}`, run] as const);

  test.each(runs)('%s', (_, { program, requires_grad, forward, total, counts, tables }) => {
    const [makeModel, shape] = make[program]!;
    const model = makeModel() as Called;
    const inputs = shape ? [torch.randn(shape, { requires_grad })] : [torch.randn(6, 4), torch.randn(6, 5)];
    let passed = 0;
    const counter = FlopCounterMode({ display: false, depth: null }, (counter) => {
      const output = model(...inputs);
      passed = counter.get_total_flops();
      (output instanceof torch.Tensor ? output : output[0]).sum().backward();
      torch.randn(3, 4).matmul(torch.randn(4, 5));
    });
    expect(passed).toBe(forward);
    expect(counter.get_total_flops()).toBe(total);
    expect(sortedKeys(counter.get_flop_counts())).toEqual(counts);
    expect([null, 1, 2].map((depth) => counter.get_table(depth))).toEqual(tables);
  });
});

describe('functions', () => {
  const [a, b] = [torch.randn(3, 4), torch.randn(4, 5)];
  const q = torch.randn(2, 4, 5, 8);
  const batch = torch.randn(3, 4, 5);
  const programs: Record<string, () => unknown> = {
    matmul: () => a.matmul(b),
    baddbmm: () => torch.baddbmm(torch.zeros(3, 4, 4), batch, batch.transpose(1, 2)),
    einsum: () => torch.einsum('bij,bkj->bik', batch, batch),
    mv: () => a.matmul(b.index(':', 0)),
    outer: () => torch.outer(a.index(0), b.index(0)),
    addmm: () => torch.addmm(torch.zeros(3, 5), a, b),
    cdist: () => torch.cdist(torch.randn(30, 4), torch.randn(30, 4)),
    attention: () => nn.functional.scaled_dot_product_attention(q, q, q),
    vmap: () => torch.func.vmap((x: Tensor) => x.matmul(x.T))(batch),
    chain: () => torch.linalg.multi_dot([a, b, torch.randn(5, 2)]),
    nothing: () => a.add(a),
  };

  test.each(Object.entries(golden.functions))('%s', (name, [total, table]) => {
    const counter = FlopCounterMode({ display: false }, programs[name]!);
    expect([counter.get_total_flops(), counter.get_table()]).toEqual([total, table]);
  });
});

test('formulas of operators: registered, given, of tensors', () => {
  const { sin, cos, mm } = torch.ops.aten as Record<string, Parameters<typeof register_flop_formula>[0] & (() => void)>;
  const count = (program: () => unknown, custom_mapping?: Map<never, never>) =>
    FlopCounterMode({ display: false, ...(custom_mapping && { custom_mapping }) }, program).get_flop_counts().Global;
  const shapes: unknown[] = [];
  register_flop_formula(sin!)((shape: number[], { out_shape }: { out_shape: number[] }) => {
    shapes.push(shape, out_shape);
    return 7;
  });
  expect(count(() => torch.ones(2, 3).sin())).toEqual({ 'aten.sin': 7 });
  expect(shapes).toEqual([
    [2, 3],
    [2, 3],
  ]);
  register_flop_formula([cos!], { get_raw: true })((x: Tensor, { out_val }: { out_val: Tensor }) =>
    x.sum().add(out_val.sum()).item(),
  );
  expect(count(() => torch.zeros(4).cos())).toEqual({ 'aten.cos': 4 });
  const given = new Map([[mm!, () => 1]]) as unknown as Map<never, never>;
  expect(count(() => torch.ones(2, 2).mm(torch.ones(2, 2)), given)).toEqual({ 'aten.mm': 1 });
  expect(() => register_flop_formula(mm!)(() => 0)).toThrow('duplicate registrations for aten.mm');
  expect(() => register_flop_formula((() => 0) as never)(() => 0)).toThrow(
    'expected each target to be OpOverloadPacket',
  );
});

test('counters inside of one another, twice, and until the end of a block', () => {
  const x = torch.ones(2, 2);
  const outer = FlopCounterMode({ display: false }, () => {
    const inner = FlopCounterMode({ display: false }, () => x.mm(x));
    expect(inner.get_total_flops()).toBe(16);
    x.mm(x);
  });
  expect(outer.get_total_flops()).toBe(32);
  let kept: InstanceType<typeof FlopCounterMode>;
  {
    using counter = FlopCounterMode({ display: false });
    x.mm(x);
    kept = counter;
  }
  x.mm(x);
  expect(kept.get_total_flops()).toBe(16);
});

test('a call that fails counts for nothing', () => {
  const counter = FlopCounterMode({ display: false }, () => {
    expect(() => torch.ones(2, 3).mm(torch.ones(2, 3))).toThrow();
    torch.ones(2, 2).mm(torch.ones(2, 2));
  });
  expect(counter.get_total_flops()).toBe(16);
});

test('the table is printed where nobody says otherwise', () => {
  const log = jest.spyOn(console, 'log').mockImplementation(() => {});
  const counter = FlopCounterMode(() => new nn.Linear(4, 2)(torch.ones(3, 4)));
  expect(log.mock.calls).toEqual([[counter.get_table()]]);
  log.mockRestore();
});
