import type { DType } from '../../lib/base/types';
import type { LinalgFunctions, TorchFunctions } from '../../lib/generated/functions';
import type { ValuesIndices } from '../../lib/generated/results';
import type { Tensor } from '../../lib/tensor/tensor';
import { generatedFromLibtorch } from './run_generator';

const { functions, methods } = generatedFromLibtorch();

/** Never run: it has to compile, with an error in every marked line. */
function callsThatType(torch: TorchFunctions, linalg: LinalgFunctions, x: Tensor, y: Tensor, dtype: DType) {
  const tensors: Tensor[] = [
    torch.add(x, y),
    torch.add(x, 2, { alpha: 0.5 }),
    torch.add({ input: x, other: y }),
    torch.zeros(2, 3),
    torch.zeros([2, 3], { dtype, device: 'cpu', requires_grad: true }),
    torch.zeros(2, 3, { dtype }),
    torch.sum(x, 1, { keepdim: true }),
    torch.sum(x, { dim: [0, 1], dtype }),
    torch.sum(x, { axis: 0, keepdims: true }),
    torch.softmax(x, { axis: -1 }),
    torch.cat([x, y], { dim: 1 }),
    torch.where(x, 1, y),
    torch.conv2d(x, y, null, { padding: 'same' }),
    torch.randint(0, 10, [2], { generator: null }),
    linalg.norm(x, 'fro'),
  ];
  const named: ValuesIndices = torch.max(x, 0);
  const [values, indices] = torch.topk(x, 3);
  // @ts-expect-error a string is no tensor
  torch.add(x, 'y');
  // @ts-expect-error no such keyword
  torch.sum(x, { dims: 1 });
  // @ts-expect-error dim has no default
  torch.softmax(x);
  // @ts-expect-error one of its two names
  torch.softmax(x, { dim: 0, axis: 0 });
  // @ts-expect-error null stands for None only where PyTorch takes it
  torch.matmul(x, null);
  return [...tensors, named.values, named.indices, values, indices];
}

test('calls of every form have types', () => {
  expect(callsThatType).toHaveLength(5);
});

test('each member has few overloads', () => {
  const count = (text: string, name: string) => text.match(new RegExp(`^  ${name}\\(`, 'gm'))?.length ?? 0;
  expect(count(methods, 'add')).toBeLessThanOrEqual(2);
  expect(count(methods, 'eq')).toBeLessThanOrEqual(2);
  expect(count(functions, 'atan2')).toBeLessThanOrEqual(3);
});

test('members of deprecated signatures are not offered', () => {
  expect(functions).not.toMatch(/^ {2}add\(input: [^,]*, alpha/m);
});
