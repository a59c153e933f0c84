/** A rank of a job in which something goes wrong: CASE says what. Prints what it meets, a line each. */
import { setTimeout as pause } from 'node:timers/promises';
import torch from 'tsorch';
import * as dist from 'tsorch/distributed';

torch.set_num_threads(1);
const seconds = 3;
const isFirst = process.env.RANK === '0';
const kill = () => process.kill(process.pid, 'SIGKILL');

function tell(fn: () => unknown): void {
  try {
    fn();
    console.log('nothing');
  } catch (error) {
    console.log(`${(error as Error).name}: ${(error as Error).message}`.split('\n')[0]);
  }
}

const x = torch.ones(1000);
const dtypeOf = (name: 'int32' | 'float32') => torch.ones(1000, { dtype: torch[name] });

/** What each rank does once the group is there. */
const cases: Record<string, () => unknown> = {
  async killed() {
    if (!isFirst) return void setTimeout(kill, 200);
    tell(() => dist.all_reduce(x));
    tell(() => dist.all_reduce(x));
  },
  async killed_while_awaited() {
    if (!isFirst) return void setTimeout(kill, 200);
    await dist.all_reduce(x, { async_op: true }).then(
      () => console.log('nothing'),
      (error) => console.log(String(error).split('\n')[0]),
    );
  },
  async late() {
    if (!isFirst) await pause(1000 * (seconds + 2));
    tell(() => dist.all_reduce(x));
  },
  exits_early() {
    if (isFirst) tell(() => dist.all_reduce(x));
  },
  other_size: () => tell(() => dist.all_reduce(torch.ones(isFirst ? 1000 : 4))),
  other_dtype: () => tell(() => dist.all_reduce(dtypeOf(isFirst ? 'float32' : 'int32'))),
  other_collective: () => tell(() => (isFirst ? dist.all_reduce(x) : dist.broadcast(x, 0))),
  other_root: () => tell(() => dist.broadcast(x, isFirst ? 0 : 1)),
  other_size_in_gather: () =>
    tell(() =>
      dist.all_gather([torch.ones(isFirst ? 3 : 4), torch.ones(isFirst ? 3 : 4)], torch.ones(isFirst ? 3 : 4)),
    ),
  other_split: () =>
    tell(() =>
      dist.all_to_all_single(torch.zeros(4), torch.ones(4), isFirst ? [2, 2] : [1, 3], isFirst ? [2, 2] : [1, 3]),
    ),
  other_size_awaited: () =>
    dist.all_reduce(torch.ones(isFirst ? 1000 : 4), { async_op: true }).then(
      () => console.log('nothing'),
      (error) => console.log(String(error)),
    ),
  message_too_long: () => tell(() => (isFirst ? dist.send(x, 1) : dist.recv(torch.zeros(10), 0))),
  message_of_other_dtype: () => tell(() => (isFirst ? dist.send(x, 1) : dist.recv(dtypeOf('int32'), 0))),
  goes_on() {
    tell(() => dist.all_reduce(torch.ones(isFirst ? 1000 : 4)));
    const y = torch.ones(2);
    tell(() => dist.all_reduce(y));
    console.log(String(y.tolist()));
  },
  async store_dies() {
    if (isFirst) kill();
    await pause(300);
    tell(() => dist.new_group([0, 1]));
  },
  async misses_the_barrier() {
    if (isFirst) tell(() => dist.monitored_barrier({ timeout: 1 }));
    else await pause(2000);
  },
  leaves_nothing: () => dist.all_reduce(x),
  stays_in_the_group() {
    dist.all_reduce(x);
    process.exit(0);
  },
  async exits_meanwhile() {
    if (isFirst) dist.all_reduce(x, { async_op: true });
    else await pause(500);
    process.exit(0);
  },
};

async function main(): Promise<void> {
  const name = process.env.CASE!;
  if (name === 'never_comes' && !isFirst) return;
  let isIn = false;
  tell(() => {
    dist.init_process_group('gloo', { timeout: seconds });
    isIn = true;
  });
  if (!isIn) return;
  await cases[name]!();
  if (name !== 'killed' && name !== 'killed_while_awaited') dist.destroy_process_group();
}

void main();
