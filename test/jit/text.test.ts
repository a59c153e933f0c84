/** Programs from their text. */
import torch, { nn } from 'tsorch';

const { jit } = torch;

test('a CompilationUnit has the functions of its text', () => {
  const unit = new jit.CompilationUnit(`
def grow(x, times: int = 2):
    for i in range(times):
        x = x.relu() + i
    return x

def twice(x):
    return grow(grow(x))
`);
  const grow = unit.find_function('grow')!;
  expect(grow(torch.ones(2), 3).tolist()).toEqual([4, 4]);
  expect(grow(torch.ones(2), { times: 1 }).tolist()).toEqual([1, 1]);
  expect((unit.twice as typeof grow)(torch.zeros(1)).item()).toBe(2);
  expect(grow.name).toBe('grow');
  expect(grow.schema).toMatch(/^grow\(Tensor x, int times=2\) -> Tensor$/);
  expect(grow.code).toContain('for i in range(times):');
  expect(String(grow.graph)).toMatch(/^graph\(/);
  unit.define('def thrice(x):\n    return 3 * x\n');
  expect((unit.thrice as typeof grow)(torch.ones(1)).item()).toBe(3);
  expect(unit.find_function('other')).toBeNull();
});

test('an error in the text is told with its place', () => {
  expect(() => new jit.CompilationUnit('def f(x)\n  return')).toThrow(/expected : but found 'indent' here/);
  expect(() => new jit.CompilationUnit('def f(x):\n    return y\n')).toThrow(/undefined value y[\s\S]*HERE/);
});

test('a ScriptModule takes parameters and submodules, and methods from their text', () => {
  const scale = new jit.ScriptModule();
  scale.register_parameter('weight', new nn.Parameter(torch.ones(2, 2)));
  scale.register_buffer('shift', torch.tensor([1, 2]));
  scale.define('def forward(self, x):\n    return torch.matmul(x, self.weight) + self.shift\n');
  const outer = new jit.ScriptModule();
  outer.add_module('inner', scale);
  outer.define(
    'def forward(self, x, flip: bool = False):\n    y = self.inner.forward(x)\n    return -y if flip else y\n',
  );
  expect(outer(torch.ones(1, 2)).tolist()).toEqual([[3, 4]]);
  expect(outer(torch.ones(1, 2), { flip: true }).tolist()).toEqual([[-3, -4]]);
  expect(Object.keys(outer.state_dict())).toEqual(['inner.weight', 'inner.shift']);
  outer(torch.ones(1, 2)).sum().backward();
  expect(scale.parameters()[0]!.grad!.tolist()).toEqual([
    [1, 1],
    [1, 1],
  ]);
  const again = jit.load(outer.save_to_buffer());
  expect(again(torch.ones(1, 2)).tolist()).toEqual([[3, 4]]);
});

test('a module without a forward says so', () => {
  expect(() => new jit.ScriptModule()(1)).toThrow(/has no method 'forward'/);
});
