/** Whole modules that Python saved. */
import { join } from 'node:path';
import torch, { nn, type Tensor } from 'tsorch';

const fixture = (name: string) => join(__dirname, '../../../test/serialization/fixtures', name);

interface Case {
  module: nn.Module & ((x: Tensor) => Tensor | Tensor[]);
  x: Tensor;
  y: Tensor;
  text: string;
}

const { holder, ...cases } = torch.load<Record<string, Case>>(fixture('modules.pt'));

test.each(Object.entries(cases))('%s computes and prints what it does in Python', (_, { module, x, y, text }) => {
  expect(String(module)).toBe(text);
  expect(module.training).toBe(false);
  const out = torch.no_grad(() => module(x));
  expect((Array.isArray(out) ? out[0]! : out).allclose(y, 1e-4, 1e-6)).toBe(true);
});

test('they can be trained, saved and copied', () => {
  const { module, x } = cases.mlp!;
  module.train();
  (module(x) as Tensor).sum().backward();
  expect(module.parameters().every((p) => p.grad !== null)).toBe(true);
  const fresh = new nn.Sequential(
    new nn.Linear(8, 3),
    new nn.ReLU(),
    new nn.Dropout(0.5),
    new nn.Linear(3, 2, { bias: false }),
  );
  expect(String(fresh.load_state_dict(module.state_dict()))).toBe('<All keys matched successfully>');
});

test('containers and buffers keep their order and kind', () => {
  const { module, keys } = holder as unknown as { module: nn.Module; keys: string[] };
  expect(Object.keys(module.state_dict())).toEqual(keys);
  expect(module.named_buffers().map(([name]) => name)).toEqual(['kept', 'lost']);
});

test('a class of one’s own is refused by its name, unless it is said what it is', () => {
  expect(() => torch.load(fixture('net.pt'))).toThrow(
    /GLOBAL package.net.Net was not an allowed global .* Of whole modules only those made of torch.nn/,
  );
  class Net extends nn.Module {
    declare fc: nn.Linear;
    declare scale: number;
    constructor() {
      super();
      throw new Error('constructors do not run');
    }
    override forward(x: Tensor): Tensor {
      return this.fc(x).mul(this.scale);
    }
  }
  const { net, x, y } = torch.serialization.safe_globals({ 'package.net.Net': Net }, () =>
    torch.load<{ net: Net; x: Tensor; y: Tensor }>(fixture('net.pt')),
  );
  expect(net).toBeInstanceOf(Net);
  expect(net(x).allclose(y, 1e-4, 1e-6)).toBe(true);
});

test('the names that a file needs', () => {
  const { get_unsafe_globals_in_checkpoint } = torch.serialization;
  expect(get_unsafe_globals_in_checkpoint(fixture('net.pt'))).toEqual(['package.net.Net']);
  expect(get_unsafe_globals_in_checkpoint(fixture('config.pt'))).toEqual(['package.config.Config']);
  for (const name of ['modules.pt', 'values.pt', 'legacy_values.pt']) {
    expect(get_unsafe_globals_in_checkpoint(fixture(name))).toEqual([]);
  }
});

test('hooks are code', () => {
  expect(() => torch.load(fixture('hooked.pt'))).toThrow(/GLOBAL builtins.print|it has hooks/);
});
