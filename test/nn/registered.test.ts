/** `_parameters`, `_buffers` and `_modules` beside Python's dictionaries. */
import { inspect } from 'node:util';
import torch, { nn } from 'tsorch';

const names = (module: nn.Module) => module.named_parameters().map(([name]) => name);

test('they list what is registered, in order', () => {
  const m = new nn.BatchNorm1d(2);
  expect(Object.keys(m._parameters)).toEqual(['weight', 'bias']);
  expect(Object.keys(m._buffers)).toEqual(['running_mean', 'running_var', 'num_batches_tracked']);
  expect(Object.keys(m._modules)).toEqual([]);
  expect([...m._non_persistent_buffers_set]).toEqual([]);
  expect(m._parameters.weight).toBe(m.weight);
  expect(m._parameters).toBe(m._parameters);
  const numbered = new nn.Sequential(new nn.ReLU(), new nn.Tanh());
  expect(Object.entries(numbered._modules)).toEqual([
    ['0', numbered.index(0)],
    ['1', numbered.index(1)],
  ]);
});

test('what is set there is registered', () => {
  const m = new nn.BatchNorm1d(2);
  const extra = new nn.Parameter(torch.ones(1));
  m._parameters.extra = extra;
  expect(Object.keys(m.state_dict())).toEqual([
    'weight',
    'bias',
    'extra',
    'running_mean',
    'running_var',
    'num_batches_tracked',
  ]);
  expect((m as unknown as { extra: nn.Parameter }).extra).toBe(extra);
  m._parameters.weight = null;
  expect([m.weight, names(m), 'weight' in m._parameters]).toEqual([null, ['bias', 'extra'], true]);
  m._buffers.mask = torch.zeros(2);
  expect(m.buffers().at(-1)).toBe(m._buffers.mask);
  Object.assign(m._parameters, { t: torch.ones(2) });
  expect(names(m)).toEqual(['bias', 'extra', 't']);
});

test('what is deleted is gone', () => {
  const m = new nn.Linear(2, 2);
  delete m._parameters.bias;
  expect([names(m), 'bias' in m, m._parameters.bias]).toEqual([['weight'], false, undefined]);
  expect(delete m._parameters.nothing).toBe(true);
  expect(m._parameters.forward).toBeUndefined(); // no property that is not registered
});

test('they follow the module', () => {
  const m = new nn.Linear(2, 2);
  const { _parameters } = m;
  m.register_parameter('late', new nn.Parameter(torch.ones(1)));
  m.register_buffer('b', torch.ones(1), { persistent: false });
  delete (m as { bias?: unknown }).bias;
  expect(Object.keys(_parameters)).toEqual(['weight', 'late']);
  expect([...m._non_persistent_buffers_set]).toEqual(['b']);
  expect(inspect(_parameters)).toBe(inspect({ weight: m.weight, late: _parameters.late }));
});

test('a Sequential keeps its other names', () => {
  const s = new nn.Sequential(new nn.Linear(1, 1), new nn.ReLU());
  s._modules['1'] = new nn.Tanh();
  s._modules.act = new nn.ReLU();
  expect(String(s)).toBe(
    'Sequential(\n  (0): Linear(in_features=1, out_features=1, bias=True)\n  (1): Tanh()\n  (act): ReLU()\n)',
  );
  delete s._modules['0'];
  expect(String(s)).toBe('Sequential(\n  (1): Tanh()\n  (act): ReLU()\n)');
  expect(String(s.forward(torch.zeros(1)))).toBe('tensor([0.])');
});

test('a name has one kind', () => {
  const m = new nn.Linear(2, 2);
  m._buffers.bias = torch.zeros(2);
  expect([Object.keys(m._parameters), Object.keys(m._buffers)]).toEqual([['weight'], ['bias']]);
});

test('values are of the kind', () => {
  const m = new nn.Linear(2, 2);
  expect(() => {
    m._modules.x = torch.ones(1) as never;
  }).toThrow(new TypeError("_modules['x'] must be a Module or null, not torch.FloatTensor"));
  expect(() => {
    m._parameters.x = 3 as never;
  }).toThrow(new TypeError("_parameters['x'] must be a Tensor or null, not number"));
  expect(Object.keys(m._modules)).toEqual([]);
});
