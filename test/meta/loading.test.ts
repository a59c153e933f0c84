/** Models without memory: made on meta, filled from a file or by to_empty, and what refuses because it needs values. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch, { nn, optim, type Tensor } from 'tsorch';

const folder = mkdtempSync(join(tmpdir(), 'tsorch-meta-'));
const path = join(folder, 'model.pt');
const onMeta = (...sizes: number[]) => torch.empty(sizes, { device: 'meta' });

class Model extends nn.Module {
  first = new nn.Linear(3, 4);
  norm = new nn.BatchNorm1d(4);
  override forward(x: Tensor): Tensor {
    return this.norm(this.first(x));
  }
}

const saved = new Model();
torch.save(saved.state_dict(), path);
afterAll(() => rmSync(folder, { recursive: true }));

test('a big model takes no memory, nor does a pass through it', () => {
  const before = torch.memory_stats().bytes;
  const model = torch.device('meta', () => new nn.Sequential(new nn.Linear(2 ** 16, 2 ** 16), new nn.Conv2d(1, 64, 3)));
  const [linear, conv] = [model.get_submodule('0') as nn.Linear, model.get_submodule('1') as nn.Conv2d];
  linear(onMeta(4096, 2 ** 16))
    .sum()
    .backward();
  conv(onMeta(256, 1, 1024, 1024))
    .relu()
    .sum()
    .backward();
  expect(linear.weight.grad?.shape).toEqual([2 ** 16, 2 ** 16]);
  expect(torch.memory_stats().bytes - before).toBeLessThan(2 ** 20);
});

test('initialisers leave meta parameters and the random stream alone', () => {
  torch.manual_seed(0);
  const expected = torch.rand(3).tolist();
  torch.manual_seed(0);
  torch.device('meta', () => {
    const layer = new nn.Linear(3, 2);
    for (const init of [nn.init.orthogonal_, nn.init.xavier_normal_, nn.init.normal_]) init(layer.weight);
    nn.init.trunc_normal_(layer.weight);
    nn.functional.dropout(layer(torch.rand(2, 3)));
    torch.rand(3).bernoulli();
    torch.rand(3).multinomial(2);
    expect(layer.weight.is_meta).toBe(true);
  });
  expect(torch.rand(3).tolist()).toEqual(expected);
});

test('the tensors of a mapped file become the parameters', () => {
  const model = torch.device('meta', () => new Model());
  const state = torch.load(path, { mmap: true, weights_only: true }) as Record<string, Tensor>;
  expect(String(model.load_state_dict(state, { assign: true }))).toBe('<All keys matched successfully>');
  expect(model.first.weight).toBeInstanceOf(nn.Parameter);
  expect(model.first.weight.requires_grad).toBe(true);
  expect(model.first.weight.data_ptr()).toBe(state['first.weight']?.data_ptr());
  const x = torch.ones(2, 3);
  expect(torch.equal(model.eval()(x), saved.eval()(x))).toBe(true);
});

test('without assign, meta parameters stay where they are, with a warning', () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const model = torch.device('meta', () => new Model());
  model.load_state_dict(torch.load(path) as Record<string, Tensor>);
  expect(model.first.weight.is_meta).toBe(true);
  expect(String(warn.mock.calls[0]?.[0])).toContain('for first.weight: copying from a non-meta parameter');
  warn.mockRestore();
});

test('to_empty and skip_init give memory without values', () => {
  const model = torch.device('meta', () => new Model()).to_empty({ device: 'cpu' });
  expect(model.state_dict()['norm.running_mean']?.device.type).toBe('cpu');
  expect(nn.utils.skip_init(nn.Linear, 3, 2).weight.device.type).toBe('cpu');
  expect(nn.utils.skip_init(nn.Linear, 3, 2, { device: 'meta' }).weight.is_meta).toBe(true);
});

test('files are read onto meta, and meta tensors are saved', () => {
  for (const mmap of [false, true]) {
    const state = torch.load(path, { map_location: 'meta', mmap }) as Record<string, Tensor>;
    expect(String(state['first.weight'])).toBe("tensor(..., device='meta', size=(4, 3))");
  }
  const other = join(folder, 'other.pt');
  torch.save({ x: onMeta(2, 3).t() }, other);
  const { x } = torch.load(other) as { x: Tensor };
  expect([x.is_meta, x.shape, x.stride()]).toEqual([true, [3, 2], [1, 3]]);
});

test('optimizers step, and their state is on meta', () => {
  for (const make of [optim.SGD, optim.Adam, optim.AdamW, optim.RMSprop, optim.Adagrad, optim.NAdam, optim.Rprop]) {
    const model = torch.device('meta', () => new Model());
    const optimizer = new make(model.parameters(), { lr: 0.1 });
    for (let step = 0; step < 2; step++) {
      optimizer.zero_grad();
      model(onMeta(5, 3)).sum().backward();
      nn.utils.clip_grad_norm_(model.parameters(), 1);
      optimizer.step();
    }
    const states = Object.values(optimizer.state_dict().state) as Record<string, unknown>[];
    const counters = ['step', 'mu_product']; // numbers, on the CPU
    const tensors = states.flatMap((state) => Object.entries(state)).filter(([name]) => !counters.includes(name));
    expect(tensors.every(([, value]) => !(value instanceof torch.Tensor) || value.is_meta)).toBe(true);
  }
});

const noData = 'Cannot copy out of meta tensor; no data!';
const noItem = 'Tensor.item() cannot be called on meta tensors';
function step(options: optim.AdamOptions): void {
  const layer = new nn.Linear(2, 3, { device: 'meta' });
  layer(onMeta(1, 2)).sum().backward();
  new optim.Adam(layer.parameters(), options).step();
}

const refused: [string, () => unknown, string][] = [
  ['item', () => onMeta(1).item(), noItem],
  ['tolist', () => onMeta(2).tolist(), noData],
  ['cpu', () => onMeta(2).cpu(), noData],
  ['to', () => onMeta(2).to('cpu'), noData],
  ['copy_ from meta', () => torch.empty(2).copy_(onMeta(2)), noData],
  ['typed_array', () => onMeta(2).typed_array(), "can't convert meta device type tensor to a typed array"],
  ['allclose', () => torch.allclose(onMeta(2), onMeta(2)), noItem],
  ['share_memory_', () => onMeta(2).share_memory_(), '_share_fd_: only available on CPU'],
  ['nonzero', () => onMeta(2).nonzero(), 'the number of its results depends on values'],
  ['a mask', () => onMeta(2).index(onMeta(2).gt(0)), 'the number of its results depends on values'],
  ['masked_select', () => onMeta(2).masked_select(onMeta(2).gt(0)), 'aten::masked_select: attempted to run'],
  ['unique', () => torch.unique(onMeta(2)), 'attempted to run this operator with Meta tensors'],
  ['repeat_interleave', () => torch.repeat_interleave(torch.ones(2).long().to('meta')), 'without output_size'],
  ['two devices', () => onMeta(2).add(torch.ones(2)), 'Expected all tensors to be on the same device'],
  ['sizes that do not fit', () => onMeta(2).abs_().where(onMeta(3).gt(0), onMeta(2)), 'must match the size'],
  ['conv2d', () => nn.functional.conv2d(onMeta(1, 3, 2, 2), onMeta(4, 3, 3, 3)), "Kernel size can't be greater"],
  ['fused', () => step({ fused: true }), 'but torch.float32 and meta'],
  ['capturable', () => step({ capturable: true }), 'If capturable=True, params and state_steps must be on supported'],
  [
    'Module.to',
    () => torch.device('meta', () => new Model()).to('cpu'),
    `${noData} Please use torch.nn.Module.to_empty()`,
  ],
];

test.each(refused)('%s needs values or memory', (_, call, message) => expect(call).toThrow(message));

test('results go into tensors that are given', () => {
  const out = torch.empty(0, { device: 'meta' });
  expect(torch.abs(onMeta(2, 3), { out })).toBe(out);
  expect(out.shape).toEqual([2, 3]);
  const counts = torch.empty(2, { device: 'meta', dtype: torch.int64 });
  expect(() => torch.std(onMeta(2, 3), 1, { out: counts })).toThrow("result type Float can't be cast");
});
