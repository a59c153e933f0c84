/** Waiting for all ranks. */
import { native } from '../native/addon';
import { call } from '../native/frame';
import { type Begun, run } from './collective';
import * as signatures from './generated/distributed';
import { connected, memberGroup } from './group';
import { default_pg_timeout, milliseconds } from './timeout';
import { placed } from './work';

/**
 * Waits until all ranks of the group have come here.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.barrier
 */
export function barrier<Async extends boolean = false>(...args: signatures.BarrierArgs<Async>): Begun<Async> {
  const [group, async_op, , timeout] = signatures.barrier.list(args);
  const member = memberGroup(group, 'barrier');
  if (member === null) return null as Begun<Async>;
  return run(member, { operation: 'barrier', inputs: [], timeout }, async_op as Async);
}

/**
 * The same, led by rank 0, whose error names the rank that did not come.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.monitored_barrier
 */
export function monitored_barrier(...args: signatures.MonitoredBarrierArgs): void {
  const [group, timeout, wait_all_ranks] = signatures.monitored_barrier.list(args);
  const member = memberGroup(group, 'monitored_barrier');
  if (member === null) return;
  const limit = milliseconds(timeout ?? default_pg_timeout);
  try {
    call(native.group_monitored_barrier, connected(member), limit, wait_all_ranks);
  } catch (error) {
    throw placed(error, { rank: member.rank(), operation: 'monitored_barrier' });
  }
}
