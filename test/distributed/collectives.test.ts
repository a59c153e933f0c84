/** Collectives beside Python's, on 3 ranks: all reductions and dtypes, sub-groups, messages, values. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultsOf } from './ranks';

type Results = Record<string, unknown>;

const golden = JSON.parse(
  readFileSync(join(__dirname, '../../../test/distributed/golden/collectives.json'), 'utf8'),
) as Results[];

let results: Results[];
beforeAll(async () => {
  results = await resultsOf<Results>(['collectives', 'collectives', 'collectives']);
}, 120_000);

test('the cases are those of Python', () => {
  expect(results.map(Object.keys)).toEqual(golden.map(Object.keys));
});

test.each(Object.keys(golden[0]!))('%s', (name) => {
  expect(results.map((rank) => rank[name])).toEqual(golden.map((rank) => rank[name]));
});
