/** What a graph calls beside libtorch's operators: Python's arithmetic on sizes, and the operators that take graphs. */
import { enable_grad, no_grad } from '../autograd/grad_mode';
import type { DType } from '../base/types';
import { autocast } from '../context/autocast';
import { callOperator } from '../operators/operator';
import { Tensor } from '../tensor/tensor';
import type { Plan } from './plan';
import { floorDivide, modulo } from './symbolic';

type Operation = (...args: never[]) => unknown;

/** Of sizes, which are numbers here. */
export const arithmetic: Readonly<Record<string, (...args: number[]) => number | boolean>> = {
  '_operator.add': (a, b) => a! + b!,
  '_operator.sub': (a, b) => a! - b!,
  '_operator.mul': (a, b) => a! * b!,
  '_operator.truediv': (a, b) => a! / b!,
  '_operator.floordiv': (a, b) => floorDivide(a!, b!),
  '_operator.mod': (a, b) => modulo(a!, b!),
  '_operator.pow': (a, b) => a! ** b!,
  '_operator.neg': (a) => -a!,
  '_operator.pos': (a) => a!,
  '_operator.lshift': (a, b) => a! * 2 ** b!,
  '_operator.rshift': (a, b) => floorDivide(a!, 2 ** b!),
  '_operator.eq': (a, b) => a === b,
  '_operator.ne': (a, b) => a !== b,
  '_operator.lt': (a, b) => a! < b!,
  '_operator.le': (a, b) => a! <= b!,
  '_operator.gt': (a, b) => a! > b!,
  '_operator.ge': (a, b) => a! >= b!,
  '_operator.and_': (a, b) => both(a!, b!),
  '_operator.or_': (a, b) => either(a!, b!),
  'math.trunc': Math.trunc,
  'math.floor': Math.floor,
  'math.ceil': Math.ceil,
  'torch.sym_not': (a) => !a,
  'torch.sym_int': Math.trunc,
  'torch.sym_float': (a) => a!,
  'torch.sym_ite': (condition, a, b) => (condition ? a! : b!),
  'torch.sym_max': Math.max,
  'torch.sym_min': Math.min,
  'torch.sym_sqrt': Math.sqrt,
};

/** `&` and `|` of Python: of truth values a truth value. */
function both(a: number | boolean, b: number | boolean): number | boolean {
  return typeof a === 'boolean' ? a && Boolean(b) : a & Number(b);
}

function either(a: number | boolean, b: number | boolean): number | boolean {
  return typeof a === 'boolean' ? a || Boolean(b) : a | Number(b);
}

function isTrue(value: Tensor | boolean): boolean {
  return value instanceof Tensor ? Boolean(value.item()) : value;
}

function cond(predicate: Tensor | boolean, yes: Plan, no: Plan, operands: unknown[] = []): unknown[] {
  return (isTrue(predicate) ? yes : no).run(operands);
}

function whileLoop(test: Plan, body: Plan, carried: unknown[], others: unknown[] = []): unknown[] {
  let values = carried;
  while (isTrue(test.run([...values, ...others])[0] as Tensor | boolean)) values = body.run([...values, ...others]);
  return values;
}

const elementOf = (tensors: readonly Tensor[], i: number) =>
  tensors.map((tensor) => callOperator('select.int', tensor, 0, i));
const stacked = (rows: readonly unknown[][], at: number): unknown =>
  callOperator(
    'stack',
    rows.map((row) => row[at]),
    0,
  );

function map(body: Plan, mapped: Tensor[], others: unknown[] = []): unknown[] {
  const rows = Array.from({ length: mapped[0]!.size(0) }, (_, i) => body.run([...elementOf(mapped, i), ...others]));
  return body.results.map((_, at) => stacked(rows, at));
}

function scan(body: Plan, initial: unknown[], mapped: Tensor[], others: unknown[] = []): unknown[] {
  let carried = initial;
  const rows = Array.from({ length: mapped[0]!.size(0) }, (_, i) => {
    const results = body.run([...carried, ...elementOf(mapped, i), ...others]);
    carried = results.slice(0, initial.length);
    return results.slice(initial.length);
  });
  return [...carried, ...(rows[0] ?? []).map((_, at) => stacked(rows, at))];
}

function withGrad(enabled: boolean, body: Plan, ...operands: unknown[]): unknown[] {
  return (enabled ? enable_grad : no_grad)(() => body.run(operands));
}

function withAutocast(
  device_type: string,
  dtype: DType | null,
  enabled: boolean,
  cache_enabled: boolean | null,
  body: Plan,
  ...operands: unknown[]
): unknown[] {
  return autocast(device_type, { dtype, enabled, cache_enabled }, () => body.run(operands));
}

const plain = (body: Plan, ...operands: unknown[]) => body.run(operands);

/** Operators that take graphs. Each gives the list of its results. */
export const higherOrder: Readonly<Record<string, Operation>> = {
  'torch.ops.higher_order.cond': cond,
  'torch.ops.higher_order.while_loop': whileLoop,
  'torch.ops.higher_order.map_impl': map,
  'torch.ops.higher_order.scan': scan,
  'torch.ops.higher_order.wrap_with_set_grad_enabled': withGrad,
  'torch.ops.higher_order.wrap_with_autocast': withAutocast,
  'torch.ops.higher_order.strict_mode': (body: Plan, operands: unknown[]) => body.run(operands),
  'torch.ops.higher_order.invoke_subgraph': (body: Plan, _identifier: string, ...operands: unknown[]) =>
    body.run(operands),
  'torch.ops.higher_order.tag_activation_checkpoint': plain,
  'torch.ops.higher_order.wrap': plain,
};
