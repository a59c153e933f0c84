/** Tensors from one rank to another. */
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { Tensor } from '../tensor/tensor';
import { requireTensor } from './collective';
import * as signatures from './generated/distributed';
import { connected, globalRankOf, groupOrWorld, memberGroup, type ProcessGroup, rankIn } from './group';
import { placed, Work } from './work';

interface Message {
  readonly group: ProcessGroup;
  readonly sends: boolean;
  readonly tensor: Tensor;
  /** A rank of the group; negative for any. */
  readonly peer: number;
  readonly tag: number;
}

/** What is sent or received; `waits` may be for what comes. */
function exchange(message: Message, waits = false): Work {
  const { group, sends, tensor, peer, tag } = message;
  const place = { rank: group.rank(), operation: sends ? 'send' : 'recv' };
  try {
    return new Work(call(native.group_exchange, connected(group), sends, tensor, peer, tag, waits), place, [tensor]);
  } catch (error) {
    throw placed(error, place);
  }
}

/** @throws RangeError for this rank itself */
export function requireOther(group: ProcessGroup, rank: number, kind: string): void {
  if (group.rank() !== rank) return;
  throw new RangeError(`Invalid ${kind} rank: ${kind} rank should not be the same as the rank of the current process.`);
}

/**
 * Begins to send a tensor, which must stay as it is until that is over; null where this process is no member.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.isend
 */
export function isend(...args: signatures.IsendArgs): Work | null {
  const [tensor, dst, group, tag, group_dst] = signatures.isend.list(args);
  const member = memberGroup(group, 'isend');
  if (member === null) return null;
  const peer = rankIn(member, dst, group_dst);
  requireOther(member, peer, 'destination');
  requireTensor(tensor, 'tensor');
  return exchange({ group: member, sends: true, tensor, peer, tag });
}

/** The message that a call of irecv or recv is about; null where this process is no member. */
function expected(args: signatures.IrecvArgs): Message | null {
  const [tensor, src, group, tag, group_src] = signatures.irecv.list(args);
  requireTensor(tensor, 'tensor');
  const member = memberGroup(group, 'irecv');
  if (member === null) return null;
  const isAny = src === null && group_src === null;
  const peer = isAny ? -1 : rankIn(member, src, group_src);
  requireOther(member, peer, 'source');
  return { group: member, sends: false, tensor, peer, tag };
}

/**
 * Begins to receive a tensor of the same dtype and size, from any rank where none is given; null where this process is
 * no member. https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.irecv
 */
export function irecv(...args: signatures.IrecvArgs): Work | null {
  const message = expected(args);
  return message === null ? null : exchange(message);
}

/**
 * Sends a tensor and waits until it is on its way.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.send
 * @throws DistBackendError when the other rank does not answer
 */
export function send(...args: signatures.SendArgs): void {
  isend(...(args as signatures.IsendArgs))?.wait();
}

/**
 * Receives a tensor of the same dtype and size and gives the rank it came from, counted among all; -1 where this process
 * is no member. https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.recv
 * @throws DistBackendError when the other rank does not answer
 */
export function recv(...args: signatures.RecvArgs): number {
  const message = expected(args as signatures.IrecvArgs);
  if (message === null) return -1;
  const work = exchange(message, true);
  work.wait();
  const { group, peer } = message;
  return globalRankOf(group, peer < 0 ? work.source_rank() : peer);
}

/** One of `isend` and `irecv`. */
export type PointToPoint = typeof isend | typeof irecv;

/**
 * One of several messages of `batch_isend_irecv`.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.P2POp
 */
export class P2POp {
  readonly op: PointToPoint;
  readonly tensor: Tensor;
  readonly group: ProcessGroup;
  readonly tag: number;
  readonly group_peer: number;

  constructor(...args: signatures.P2POpArgs) {
    const { op, tensor, peer, group, tag, group_peer } = signatures.P2POp.read(args);
    if (op !== isend && op !== irecv) {
      throw new RangeError(
        'Invalid ``op``. Expected ``op`` to be of type ``torch.distributed.isend`` or ``torch.distributed.irecv``.',
      );
    }
    requireTensor(tensor, 'tensor');
    this.op = op;
    this.tensor = tensor;
    this.group = groupOrWorld(group);
    this.tag = tag;
    this.group_peer = rankIn(this.group, peer, group_peer);
  }

  /** The other rank, counted among all. */
  get peer(): number {
    return globalRankOf(this.group, this.group_peer);
  }
}

/**
 * Begins all messages and gives their works.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.batch_isend_irecv
 */
export function batch_isend_irecv(...args: signatures.BatchIsendIrecvArgs): Work[] {
  const [operations] = signatures.batch_isend_irecv.list(args);
  if (!Array.isArray(operations) || !operations.every((each) => each instanceof P2POp)) {
    throw new RangeError('Invalid ``p2p_op_list``. Each op is expected to to be of type ``torch.distributed.P2POp``.');
  }
  const works = operations.map(({ op, tensor, group, tag, group_peer }) =>
    op === isend
      ? isend(tensor, { group, tag, group_dst: group_peer })
      : irecv(tensor, { group, tag, group_src: group_peer }),
  );
  return works.filter((work) => work !== null);
}
