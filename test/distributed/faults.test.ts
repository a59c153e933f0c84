/** Ranks that go wrong: a clear error with rank and collective on those that are left, in time, and no crash. */
import { type Ended, freePort, runRanks, start } from './ranks';

const both = (name: string) => runRanks(['faults', 'faults'], { CASE: name });
/** What a rank met after it had joined. */
const met = ({ out }: Ended): string[] => out.trim().split('\n').slice(1);

const disagreements: [name: string, message: string][] = [
  [
    'other_size',
    'all_reduce: the ranks do not agree: rank 0 called all_reduce(Float, 1000 elements, ReduceOp.SUM), rank 1 all_reduce(Float, 4 elements, ReduceOp.SUM)',
  ],
  [
    'other_dtype',
    'all_reduce: the ranks do not agree: rank 0 called all_reduce(Float, 1000 elements, ReduceOp.SUM), rank 1 all_reduce(Int, 1000 elements, ReduceOp.SUM)',
  ],
  [
    'other_root',
    'broadcast: the ranks do not agree: rank 0 called broadcast(Float, 1000 elements, rank 0), rank 1 broadcast(Float, 1000 elements, rank 1)',
  ],
  [
    'other_size_in_gather',
    'all_gather: the ranks do not agree: rank 0 called all_gather(Float, 3 elements), rank 1 all_gather(Float, 4 elements)',
  ],
  [
    'other_split',
    'all_to_all_single: the ranks do not agree: in all_to_all_single rank 0 sends 2 elements to rank 1, which expects 1',
  ],
  [
    'other_size_awaited',
    'all_reduce: the ranks do not agree: rank 0 called all_reduce(Float, 1000 elements, ReduceOp.SUM), rank 1 all_reduce(Float, 4 elements, ReduceOp.SUM)',
  ],
];

test.each(disagreements)('%s is an error on both ranks', async (name, message) => {
  const ranks = await both(name);
  expect(ranks.map(({ code }) => code)).toEqual([0, 0]);
  expect(ranks.map(met)).toEqual([
    [`DistBackendError: [rank 0] ${message}`],
    [`DistBackendError: [rank 1] ${message}`],
  ]);
});

test('another collective is an error that names both', async () => {
  const ranks = await both('other_collective');
  const difference =
    'the ranks do not agree: rank 0 called all_reduce(Float, 1000 elements, ReduceOp.SUM), rank 1 broadcast(Float, 1000 elements, rank 0)';
  expect(ranks.map(met)).toEqual([
    [`DistBackendError: [rank 0] all_reduce: ${difference}`],
    [`DistBackendError: [rank 1] broadcast: ${difference}`],
  ]);
});

test.each([
  ['message_too_long', 'Float, 10'],
  ['message_of_other_dtype', 'Int, 1000'],
])('%s is refused before it is received', async (name, expected) => {
  const [sender, receiver] = await both(name);
  expect([sender!.code, receiver!.code]).toEqual([0, 0]);
  expect(met(receiver!)).toEqual([
    `DistBackendError: [rank 1] recv: the ranks do not agree: rank 0 sends Float, 1000 elements, where ${expected} are expected`,
  ]);
  expect(met(sender!)).toEqual([expect.stringMatching(/^DistBackendError: \[rank 0\] send: .*(closed|Timed out)/)]);
});

test('ranks that did not agree go on', async () => {
  const ranks = await both('goes_on');
  expect(ranks.map(met)).toEqual([
    [expect.stringContaining('do not agree'), 'nothing', '2,2'],
    [expect.stringContaining('do not agree'), 'nothing', '2,2'],
  ]);
});

test.each([['killed'], ['killed_while_awaited'], ['exits_early']])(
  '%s: the other rank is told at once',
  async (name) => {
    const [left] = await both(name);
    expect(left!.code).toBe(0);
    expect(met(left!)[0]).toMatch(
      /^DistBackendError: \[rank 0\] all_reduce: rank 1 did not come to all_reduce: .*closed by peer/,
    );
  },
);

test('a rank that does not come in time is named', async () => {
  const [left] = await both('late');
  expect(met(left!)).toEqual([
    expect.stringMatching(/^DistBackendError: \[rank 0\] all_reduce: rank 1 did not come to all_reduce: .*3000ms/),
  ]);
});

test('a rank that never joins is an error in time', async () => {
  const [left] = await both('never_comes');
  expect(left!.out).toMatch(/^DistStoreError: .*1\/2 clients joined/);
  expect(left!.milliseconds).toBeLessThan(30_000);
});

test('a store that dies is an error of what needs it', async () => {
  const [, left] = await both('store_dies');
  expect(left!.code).toBe(0);
  expect(met(left!)).toEqual([expect.stringMatching(/^Dist(Network|Store|Backend)Error: /)]);
});

test('the monitored barrier names the rank that is missing', async () => {
  const [left] = await both('misses_the_barrier');
  expect(met(left!)).toEqual([
    'DistBackendError: [rank 0] monitored_barrier: [Rank 0]: Rank 1 failed to pass monitoredBarrier in 1000 ms',
  ]);
});

test.each([['leaves_nothing'], ['stays_in_the_group'], ['exits_meanwhile']])(
  '%s: both processes end well',
  async (name) => {
    const ranks = await both(name);
    expect(ranks.map(({ code, signal }) => [code, signal])).toEqual([
      [0, null],
      [0, null],
    ]);
  },
);

test('a second job on a port is refused', async () => {
  const port = String(await freePort());
  const common = { MASTER_ADDR: '127.0.0.1', MASTER_PORT: port, WORLD_SIZE: '2', RANK: '0', CASE: 'late' };
  const first = start('faults', common);
  await new Promise((resolve) => setTimeout(resolve, 1500)); // it waits for its second rank
  const second = await start('faults', common).ended;
  expect(second.out).toMatch(/^DistNetworkError: .*(EADDRINUSE|in use)/);
  first.kill('SIGKILL');
  await first.ended;
});
