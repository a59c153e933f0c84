/** Ranks of Node and of Python in one group. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withPython } from '../setup/python';
import { resultsOf } from './ranks';

type Results = Record<string, unknown>;

const golden = JSON.parse(
  readFileSync(join(__dirname, '../../../test/distributed/golden/collectives.json'), 'utf8'),
) as Results[];

withPython.each([
  [['collectives', 'collectives.py', 'collectives']],
  [['collectives.py', 'collectives', 'collectives.py']],
])(
  'collectives of %p give what they do in Python',
  async (programs) => {
    const results = await resultsOf<Results>(programs);
    expect(results).toEqual(golden);
  },
  120_000,
);
