/** Collectives that hand tensors from rank to rank as they are. */

import type { Tensor } from '../tensor/tensor';
import { type Begun, requireOneDtype, requireTensor, requireTensors, run } from './collective';
import * as signatures from './generated/distributed';
import { memberGroup, type ProcessGroup, rankIn } from './group';

/**
 * Every rank's tensor becomes that of rank `src`.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.broadcast
 */
export function broadcast<Async extends boolean = false>(...args: signatures.BroadcastArgs<Async>): Begun<Async> {
  const [tensor, src, group, async_op, group_src] = signatures.broadcast.list(args);
  requireTensor(tensor, 'tensor');
  const member = memberGroup(group, 'broadcast');
  if (member === null) return null as Begun<Async>;
  const root = rankIn(member, src, group_src);
  return run(member, { operation: 'broadcast', inputs: [tensor], root }, async_op as Async);
}

/**
 * Fills a list with all ranks' tensors, which have one shape.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.all_gather
 */
export function all_gather<Async extends boolean = false>(...args: signatures.AllGatherArgs<Async>): Begun<Async> {
  const [outputs, tensor, group, async_op] = signatures.all_gather.list(args);
  requireTensors(outputs, 'tensor_list');
  requireTensor(tensor, 'tensor');
  requireOneDtype(...outputs, tensor);
  const member = memberGroup(group, 'all_gather');
  if (member === null) return null as Begun<Async>;
  return run(member, { operation: 'all_gather', inputs: [tensor], outputs }, async_op as Async);
}

/**
 * Fills one tensor with all ranks' tensors, one after the other.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.all_gather_single
 */
export function all_gather_single<Async extends boolean = false>(
  ...args: signatures.AllGatherSingleArgs<Async>
): Begun<Async> {
  const [output, input, group, async_op] = signatures.all_gather_single.list(args);
  requireTensor(input, 'input_tensor');
  requireTensor(output, 'output_tensor');
  requireOneDtype(output, input);
  const member = memberGroup(group, 'all_gather_single');
  if (member === null) return null as Begun<Async>;
  return run(member, { operation: 'all_gather_single', inputs: [input], outputs: [output] }, async_op as Async);
}

/** The older name of `all_gather_single`. */
export function all_gather_into_tensor<Async extends boolean = false>(
  ...args: signatures.AllGatherIntoTensorArgs<Async>
): Begun<Async> {
  return all_gather_single(...(args as signatures.AllGatherSingleArgs<Async>));
}

/** @throws RangeError where the rank that has the list lacks it, or another one has it */
function listOf(name: string, list: readonly Tensor[] | null, isRoot: boolean, side: string): readonly Tensor[] {
  if (isRoot && (list === null || list.length === 0)) {
    throw new RangeError(`Argument \`\`${name}\`\` must be specified on ${side} rank.`);
  }
  if (!isRoot && list !== null && list.length > 0) {
    throw new RangeError(`Argument \`\`${name}\`\` must NOT be specified on non-${side} ranks.`);
  }
  return list ?? [];
}

/** The root: rank 0 of all where nothing is said. */
function rootOf(group: ProcessGroup, rank: number | null, groupRank: number | null): number {
  return rankIn(group, rank === null && groupRank === null ? 0 : rank, groupRank);
}

/**
 * Fills a list on rank `dst` with all ranks' tensors, which have one shape.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.gather
 */
export function gather<Async extends boolean = false>(...args: signatures.GatherArgs<Async>): Begun<Async> {
  const [tensor, gather_list, dst, group, async_op, group_dst] = signatures.gather.list(args);
  requireTensor(tensor, 'tensor');
  const member = memberGroup(group, 'gather');
  if (member === null) return null as Begun<Async>;
  const root = rootOf(member, dst, group_dst);
  const outputs = listOf('gather_list', gather_list, root === member.rank(), 'destination');
  if (outputs.length > 0) requireTensors(outputs, 'gather_list');
  requireOneDtype(tensor, ...outputs);
  return run(member, { operation: 'gather', inputs: [tensor], outputs, root }, async_op as Async);
}

/**
 * Gives each rank its tensor of a list that rank `src` has.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.scatter
 */
export function scatter<Async extends boolean = false>(...args: signatures.ScatterArgs<Async>): Begun<Async> {
  const [tensor, scatter_list, src, group, async_op, group_src] = signatures.scatter.list(args);
  requireTensor(tensor, 'tensor');
  const member = memberGroup(group, 'scatter');
  if (member === null) return null as Begun<Async>;
  const root = rootOf(member, src, group_src);
  const inputs = listOf('scatter_list', scatter_list, root === member.rank(), 'source');
  if (inputs.length > 0) requireTensors(inputs, 'scatter_list');
  requireOneDtype(tensor, ...inputs);
  return run(member, { operation: 'scatter', inputs, outputs: [tensor], root }, async_op as Async);
}

/**
 * Every rank gives each its tensor: the one in its place of the list.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.all_to_all
 */
export function all_to_all<Async extends boolean = false>(...args: signatures.AllToAllArgs<Async>): Begun<Async> {
  const [outputs, inputs, group, async_op] = signatures.all_to_all.list(args);
  requireTensors(outputs, 'output_tensor_list');
  requireTensors(inputs, 'input_tensor_list');
  requireOneDtype(...outputs, ...inputs);
  const member = memberGroup(group, 'all_to_all');
  if (member === null) return null as Begun<Async>;
  return run(member, { operation: 'all_to_all', inputs, outputs }, async_op as Async);
}

/**
 * The same with rows of one tensor: as many for each rank, or as the split sizes say.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.all_to_all_single
 */
export function all_to_all_single<Async extends boolean = false>(
  ...args: signatures.AllToAllSingleArgs<Async>
): Begun<Async> {
  const [output, input, outputShares, inputShares, group, async_op] = signatures.all_to_all_single.list(args);
  requireTensor(output, 'output');
  requireTensor(input, 'input');
  requireOneDtype(output, input);
  const member = memberGroup(group, 'all_to_all_single');
  if (member === null) return null as Begun<Async>;
  return run(
    member,
    { operation: 'all_to_all_single', inputs: [input], outputs: [output], outputShares, inputShares },
    async_op as Async,
  );
}
