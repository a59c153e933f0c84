/** Parameters of schema type Any take what a value is. */
import torch from 'tsorch';

const { all_reduce } = torch.ops._c10d_functional!;
const x = torch.ones(4);

test('their values reach libtorch, which answers as in Python', () => {
  const unknown = 'Could not resolve the process group registered under the name 0';
  expect(() => all_reduce!(x, 'sum', '0')).toThrow(new torch.TorchError(unknown));
  expect(() => all_reduce!(x, 'sum', { group_name: '0' })).toThrow(new torch.TorchError(unknown));
  expect(() => all_reduce!(x, 'sum', 0)).toThrow(
    "all_reduce(): argument 'group_name' must be either a string (group name) or a ProcessGroup object, but got int",
  );
});

/** The types are those that Python's error names. */
test.each([
  ['int[]', [1, 2]],
  ['int[]', [1n]],
  ['float[]', [1.5, 2.5]],
  ['bool[]', [true]],
  ['str[]', ['a']],
  ['Tensor[]', [x]],
  ['Tensor', x],
  ['float', 1.5],
  ['bool', true],
  ['NoneType', null],
  ['complex', new torch.Complex(0, 2)],
  ['int', torch.float32],
  ['Device', torch.device('cpu')],
  ['Generator', new torch.Generator()],
])('%s is given as it is', (type, value) => {
  expect(() => all_reduce!(x, 'sum', value)).toThrow(
    `all_reduce(): argument 'group_name' must be either a string (group name) or a ProcessGroup object, but got ${type}`,
  );
});

test('lists without a type are refused', () => {
  expect(() => all_reduce!(x, 'sum', [])).toThrow(TypeError);
  expect(() => all_reduce!(x, 'sum', [1, 'a'])).toThrow(TypeError);
});

test('objects that no schema knows are refused', () => {
  expect(() => all_reduce!(x, 'sum', new Map())).toThrow(/argument 'group_name' \(position 3\) must be Any, not Map/);
});
