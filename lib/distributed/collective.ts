/** How collectives reach native code. */
import { native } from '../native/addon';
import { call } from '../native/frame';
import { typeName } from '../native/kinds';
import { Tensor } from '../tensor/tensor';
import { connected, type ProcessGroup } from './group';
import { ReduceOp, takesComplex } from './reduce_op';
import { milliseconds } from './timeout';
import { placed, Work } from './work';

/** The collectives, in the order of native/distributed/collectives.cpp. */
const operations = [
  'all_reduce',
  'broadcast',
  'reduce',
  'all_gather',
  'all_gather_single',
  'reduce_scatter',
  'reduce_scatter_single',
  'gather',
  'scatter',
  'all_to_all',
  'all_to_all_single',
  'barrier',
] as const;

export type Operation = (typeof operations)[number];

/** What a collective gives: its Work when it is asynchronous, nothing when it was waited for. */
export type Begun<Async extends boolean> = Async extends true ? Work : null;

export interface Collective {
  readonly operation: Operation;
  readonly inputs: readonly Tensor[];
  readonly outputs?: readonly Tensor[];
  readonly op?: ReduceOp | null;
  /** A rank of the group. */
  readonly root?: number;
  readonly outputShares?: readonly number[] | null;
  readonly inputShares?: readonly number[] | null;
  /** In seconds. */
  readonly timeout?: number | null;
}

/** The sum where no operation is given. @throws RangeError for complex numbers that cannot be combined so */
function reductionOf(op: ReduceOp, tensors: readonly Tensor[]): number {
  if (!takesComplex(op) && tensors.some((each) => each.is_complex())) {
    throw new RangeError(`all_reduce does not support ${op.name} on complex tensors`);
  }
  return op.code;
}

/**
 * Runs a collective on all ranks of a group.
 * @throws DistBackendError with this rank and the collective, when ranks do not agree or do not answer
 */
export function run<Async extends boolean>(group: ProcessGroup, collective: Collective, async_op: Async): Begun<Async> {
  const { operation, inputs, outputs = [], op, root = -1, outputShares, inputShares, timeout } = collective;
  const reduction = op === undefined ? -1 : reductionOf(op ?? ReduceOp.SUM, inputs);
  const limit = timeout === undefined || timeout === null ? -1 : milliseconds(timeout);
  const shares = [outputShares ?? [], inputShares ?? []] as const;
  const place = { rank: group.rank(), operation };
  try {
    const part = connected(group);
    const number = operations.indexOf(operation);
    if (!async_op) {
      call(native.group_run, part, number, inputs, outputs, reduction, root, ...shares, limit);
      return null as Begun<Async>;
    }
    const begun = call(native.group_start, part, number, inputs, outputs, reduction, root, ...shares, limit);
    return new Work(begun, place, outputs.length > 0 ? outputs : inputs) as Begun<Async>;
  } catch (error) {
    throw placed(error, place);
  }
}

// ---- checks, in Python's words

function expected(name: string, type: string, value: unknown): TypeError {
  return new TypeError(
    `Invalid function argument. Expected parameter \`${name}\` of type ${type} but got ${typeName(value)} instead.`,
  );
}

/** @throws TypeError for what is no tensor */
export function requireTensor(value: unknown, name: string): asserts value is Tensor {
  if (!(value instanceof Tensor)) throw expected(name, 'torch.Tensor', value);
}

/** @throws TypeError for what is no list of tensors */
export function requireTensors(value: unknown, name: string): asserts value is readonly Tensor[] {
  if (!Array.isArray(value) || !value.every((each) => each instanceof Tensor)) {
    throw expected(name, 'List[torch.Tensor]', value);
  }
}

/** @throws RangeError for tensors of several dtypes */
export function requireOneDtype(...tensors: readonly Tensor[]): void {
  const dtypes = [...new Set(tensors.map(({ dtype }) => dtype))];
  if (dtypes.length > 1) {
    throw new RangeError(`Invalid usage of tensors with different dtypes. Found ${dtypes.slice(0, 2).join(' and ')}`);
  }
}
