/** Trainings with DistributedDataParallel end with the parameters of Python's, to the bit, and in groups of both too. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withPython } from '../setup/python';
import { resultsOf } from './ranks';

type States = Record<string, Record<string, number[]>>;

const golden = JSON.parse(
  readFileSync(join(__dirname, '../../../test/distributed/golden/ddp.json'), 'utf8'),
) as States[];

/** The first elements of each, which the golden file has. */
const beginnings = (states: States): States =>
  Object.fromEntries(
    Object.entries(states).map(([mode, state]) => [
      mode,
      Object.fromEntries(Object.entries(state).map(([name, list]) => [name, list.slice(0, 4)])),
    ]),
  );

const isParameter = ([name]: [string, unknown]): boolean => !/running|num_batches/.test(name);
const parametersOf = (states: States) =>
  Object.entries(states).map(([, state]) => Object.entries(state).filter(isParameter));

describe('two ranks of Node', () => {
  let ranks: States[];
  beforeAll(async () => {
    ranks = await resultsOf<States>(['ddp', 'ddp']);
  }, 120_000);

  test('have the same parameters', () => expect(parametersOf(ranks[0]!)).toEqual(parametersOf(ranks[1]!)));

  test.each(Object.keys(golden[0]!))('%s: those of Python', (mode) => {
    expect(ranks.map((rank) => beginnings(rank)[mode])).toEqual(golden.map((rank) => rank[mode]));
  });
});

withPython.each([[['ddp', 'ddp.py']], [['ddp.py', 'ddp']]])(
  '%p end with the same parameters',
  async (programs) => {
    const ranks = await resultsOf<States>(programs);
    expect(parametersOf(ranks[0]!)).toEqual(parametersOf(ranks[1]!));
    expect(ranks.map(beginnings)).toEqual(golden);
  },
  120_000,
);
