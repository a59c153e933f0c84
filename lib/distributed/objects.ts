/**
 * Collectives of values, which travel as pickles that Python's ranks read and write. Reading runs no code, whatever the
 * bytes say: only plain values and tensors are made of them.
 */
import { dtypes } from '../base/types';
import { callOperator } from '../operators/operator';
import { tensor as tensorOf } from '../tensor/creation';
import type { Tensor } from '../tensor/tensor';
import { theCodec } from './codec';
import { all_gather_single, broadcast, gather, scatter } from './exchanges';
import * as signatures from './generated/distributed';
import { globalRankOf, groupOrWorld, memberGroup, type ProcessGroup, rankIn } from './group';
import { batch_isend_irecv, irecv, isend, P2POp, recv, requireOther, send } from './point_to_point';

const bytesTensor = (bytes: Uint8Array): Tensor => tensorOf(bytes, { dtype: dtypes.uint8 });
const sizesTensor = (sizes: readonly number[]): Tensor => tensorOf([...sizes], { dtype: dtypes.int64 });
const emptyBytes = (count: number): Tensor => callOperator<Tensor>('empty.memory_format', [count], dtypes.uint8);
const emptySizes = (count: number): Tensor => callOperator<Tensor>('empty.memory_format', [count], dtypes.int64);

const encodeAll = (values: readonly unknown[]): Uint8Array[] => values.map((each) => theCodec().encode(each));
const decode = (bytes: Tensor): unknown => theCodec().decode(bytes.typed_array() as Uint8Array);

/** The bytes with zeros after them, up to a length. */
function padded(bytes: Uint8Array, length: number): Tensor {
  const longer = new Uint8Array(length);
  longer.set(bytes);
  return bytesTensor(longer);
}

/** Values one after the other, as `sizes` says. */
function decodeAll(bytes: Tensor, sizes: Tensor, into: unknown[]): void {
  let at = 0;
  (sizes.tolist() as number[]).forEach((size, i) => {
    into[i] = decode(bytes.narrow(0, at, size));
    at += size;
  });
}

const sum = (sizes: Tensor): number => (sizes.tolist() as number[]).reduce((a, b) => a + b, 0);

/** The source or the destination: rank 0 of all where nothing is said. */
const rootOf = (group: ProcessGroup, rank: number | null, groupRank: number | null): number =>
  rankIn(group, rank === null && groupRank === null ? 0 : rank, groupRank);

/** Every rank's bytes with zeros after them, and how many there are of each. */
function gatherSizes(group: ProcessGroup, bytes: Uint8Array): { sizes: number[]; most: number } {
  const all = emptySizes(group.size());
  all_gather_single(all, sizesTensor([bytes.length]), { group });
  const sizes = all.tolist() as number[];
  return { sizes, most: Math.max(...sizes) };
}

/**
 * Fills a list with all ranks' values.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.all_gather_object
 * @throws TypeError for functions and objects of other classes; UnpicklingError for bytes that name anything but plain
 * values and tensors
 */
export function all_gather_object(...args: signatures.AllGatherObjectArgs): void {
  const [list, value, group] = signatures.all_gather_object.list(args);
  const member = memberGroup(group, 'all_gather_object');
  if (member === null) return;
  const bytes = theCodec().encode(value);
  const { sizes, most } = gatherSizes(member, bytes);
  const all = emptyBytes(most * member.size());
  all_gather_single(all, padded(bytes, most), { group: member });
  sizes.forEach((size, i) => {
    list[i] = decode(all.narrow(0, i * most, size));
  });
}

/**
 * Fills a list on rank `dst` with all ranks' values.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.gather_object
 */
export function gather_object(...args: signatures.GatherObjectArgs): void {
  const [value, list, dst, group, group_dst] = signatures.gather_object.list(args);
  const member = memberGroup(group, 'gather_object');
  if (member === null) return;
  const root = rootOf(member, dst, group_dst);
  const isRoot = root === member.rank();
  if (isRoot && (list === null || list.length === 0)) {
    throw new RangeError('Argument ``gather_list`` must be specified on destination rank.');
  }
  if (!isRoot && list !== null && list.length > 0) {
    throw new RangeError('Argument ``gather_list`` must NOT be specified on non-destination ranks.');
  }
  const bytes = theCodec().encode(value);
  const { sizes, most } = gatherSizes(member, bytes);
  const outputs = isRoot ? sizes.map(() => emptyBytes(most)) : null;
  gather(padded(bytes, most), outputs, { group: member, group_dst: root });
  outputs?.forEach((each, i) => {
    list![i] = decode(each.narrow(0, 0, sizes[i]!));
  });
}

/**
 * Fills every rank's list with the values of rank `src`.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.broadcast_object_list
 */
export function broadcast_object_list(...args: signatures.BroadcastObjectListArgs): void {
  const [list, src, group, , group_src] = signatures.broadcast_object_list.list(args);
  const member = memberGroup(group, 'broadcast_object_list');
  if (member === null) return;
  const root = rootOf(member, src, group_src);
  const encoded = root === member.rank() ? encodeAll(list) : null;
  const sizes = encoded ? sizesTensor(encoded.map(({ length }) => length)) : emptySizes(list.length);
  broadcast(sizes, { group: member, group_src: root });
  const bytes = encoded ? bytesTensor(Buffer.concat(encoded)) : emptyBytes(sum(sizes));
  broadcast(bytes, { group: member, group_src: root });
  if (encoded === null) decodeAll(bytes, sizes, list);
}

/**
 * Gives each rank its value of a list that rank `src` has, in the first place of `scatter_object_output_list`.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.scatter_object_list
 */
export function scatter_object_list(...args: signatures.ScatterObjectListArgs): void {
  const [outputs, inputs, src, group, group_src] = signatures.scatter_object_list.list(args);
  const member = memberGroup(group, 'scatter_object_list');
  if (member === null) return;
  if (!Array.isArray(outputs) || outputs.length < 1) {
    throw new RangeError('Expected argument scatter_object_output_list to be a list of size at least 1.');
  }
  const root = rootOf(member, src, group_src);
  const isRoot = root === member.rank();
  if (isRoot && inputs === null) throw new RangeError('source rank must provide non-None scatter_object_input_list');
  const encoded = isRoot ? encodeAll(inputs!) : null;
  const most = sizesTensor([Math.max(0, ...(encoded ?? []).map(({ length }) => length))]);
  broadcast(most, { group: member, group_src: root });
  const length = most.item() as number;
  const bytes = emptyBytes(length);
  scatter(bytes, encoded?.map((each) => padded(each, length)) ?? null, { group: member, group_src: root });
  const size = emptySizes(1);
  scatter(size, encoded?.map((each) => sizesTensor([each.length])) ?? null, { group: member, group_src: root });
  outputs[0] = decode(bytes.narrow(0, 0, size.item() as number));
}

/**
 * Sends values to a rank, which receives as many.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.send_object_list
 */
export function send_object_list(...args: signatures.SendObjectListArgs): void {
  const [list, dst, group, , group_dst, use_batch] = signatures.send_object_list.list(args);
  const member = memberGroup(group, 'send_object_list');
  if (member === null) return;
  const peer = rankIn(member, dst, group_dst);
  requireOther(member, peer, 'destination');
  const encoded = encodeAll(list);
  for (const each of [sizesTensor(encoded.map(({ length }) => length)), bytesTensor(Buffer.concat(encoded))]) {
    if (use_batch) batch_isend_irecv([new P2POp(isend, each, { group_peer: peer, group: member })])[0]!.wait();
    else send(each, { group_dst: peer, group: member });
  }
}

/**
 * Fills a list with the values that rank `src` sends, or any rank where none is given; gives the rank, -1 where this process
 * is no member. https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.recv_object_list
 */
export function recv_object_list(...args: signatures.RecvObjectListArgs): number {
  const [list, src, group, , group_src, use_batch] = signatures.recv_object_list.list(args);
  const member = memberGroup(groupOrWorld(group), 'recv_object_list');
  if (member === null) return -1;
  let peer = src === null && group_src === null ? null : rankIn(member, src, group_src);
  const receive = (into: Tensor): void => {
    if (use_batch && peer !== null) {
      batch_isend_irecv([new P2POp(irecv, into, { group_peer: peer, group: member })])[0]!.wait();
    } else {
      peer = member._ranks.indexOf(recv(into, { group_src: peer, group: member }));
    }
  };
  if (peer !== null) requireOther(member, peer, 'source');
  const sizes = emptySizes(list.length);
  receive(sizes);
  const bytes = emptyBytes(sum(sizes));
  receive(bytes);
  decodeAll(bytes, sizes, list);
  return globalRankOf(member, peer!);
}
