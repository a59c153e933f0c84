/** Collectives that combine the ranks' elements. */
import { type Begun, requireOneDtype, requireTensor, requireTensors, run } from './collective';
import * as signatures from './generated/distributed';
import { memberGroup, rankIn } from './group';

/**
 * Every rank's tensor becomes the combination of all, in place.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.all_reduce
 * @throws DistBackendError when ranks do not agree or do not answer
 */
export function all_reduce<Async extends boolean = false>(...args: signatures.AllReduceArgs<Async>): Begun<Async> {
  const [tensor, op, group, async_op] = signatures.all_reduce.list(args);
  requireTensor(tensor, 'tensor');
  const member = memberGroup(group, 'all_reduce');
  if (member === null) return null as Begun<Async>;
  return run(member, { operation: 'all_reduce', inputs: [tensor], op }, async_op as Async);
}

/**
 * The same for several tensors of one dtype at a time.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.all_reduce_coalesced
 */
export function all_reduce_coalesced<Async extends boolean = false>(
  ...args: signatures.AllReduceCoalescedArgs<Async>
): Begun<Async> {
  const [tensors, op, group, async_op] = signatures.all_reduce_coalesced.list(args);
  requireTensors(tensors, 'tensors');
  requireOneDtype(...tensors);
  const member = memberGroup(group, 'all_reduce_coalesced');
  if (member === null) return null as Begun<Async>;
  return run(member, { operation: 'all_reduce', inputs: tensors, op }, async_op as Async);
}

/**
 * The tensor of rank `dst` becomes the combination of all; those of the others are spoilt.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.reduce
 */
export function reduce<Async extends boolean = false>(...args: signatures.ReduceArgs<Async>): Begun<Async> {
  const [tensor, dst, op, group, async_op, group_dst] = signatures.reduce.list(args);
  requireTensor(tensor, 'tensor');
  const member = memberGroup(group, 'reduce');
  if (member === null) return null as Begun<Async>;
  const root = rankIn(member, dst, group_dst);
  return run(member, { operation: 'reduce', inputs: [tensor], op, root }, async_op as Async);
}

/**
 * Combines lists of tensors, one for each rank, and gives each rank its own.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.reduce_scatter
 */
export function reduce_scatter<Async extends boolean = false>(
  ...args: signatures.ReduceScatterArgs<Async>
): Begun<Async> {
  const [output, inputs, op, group, async_op] = signatures.reduce_scatter.list(args);
  requireTensor(output, 'output');
  requireTensors(inputs, 'input_list');
  requireOneDtype(output, ...inputs);
  const member = memberGroup(group, 'reduce_scatter');
  if (member === null) return null as Begun<Async>;
  return run(member, { operation: 'reduce_scatter', inputs, outputs: [output], op }, async_op as Async);
}

/**
 * The same with one tensor that is cut along its first dimension.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.reduce_scatter_single
 */
export function reduce_scatter_single<Async extends boolean = false>(
  ...args: signatures.ReduceScatterSingleArgs<Async>
): Begun<Async> {
  const [output, input, op, group, async_op] = signatures.reduce_scatter_single.list(args);
  requireTensor(output, 'output');
  requireTensor(input, 'input');
  requireOneDtype(output, input);
  const member = memberGroup(group, 'reduce_scatter_single');
  if (member === null) return null as Begun<Async>;
  return run(member, { operation: 'reduce_scatter_single', inputs: [input], outputs: [output], op }, async_op as Async);
}

/** The older name of `reduce_scatter_single`. */
export function reduce_scatter_tensor<Async extends boolean = false>(
  ...args: signatures.ReduceScatterTensorArgs<Async>
): Begun<Async> {
  return reduce_scatter_single(...(args as signatures.ReduceScatterSingleArgs<Async>));
}
