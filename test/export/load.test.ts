/** Programs that Python exported, beside what Python's PyTorch computes with them; fixtures/ is made by zoo.py. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import torch, { type Tensor } from 'tsorch';
import { root } from '../setup/fakes';

const folder = join(root, 'test', 'export', 'fixtures');
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.pt2') ? [file.slice(0, -4)] : []));
const pathOf = (name: string) => join(folder, `${name}.pt2`);

interface Golden {
  args: unknown[];
  kwargs: Record<string, unknown>;
  result: unknown;
  gradients: Record<string, Tensor>;
  buffers: Record<string, Tensor>;
}

const golden = (name: string) => torch.load<Golden[]>(join(folder, `${name}.golden.pt`));

/** A cut of what differs between the golden values and ours would be an error of `assert_close`. */
const close = (actual: unknown, expected: unknown) => torch.testing.assert_close(actual, expected);

/** What a program gives: named tuples and objects of texts compare by their parts. */
function compare(actual: unknown, expected: unknown): void {
  if (expected instanceof torch.Tensor || typeof expected === 'number') close(actual, expected);
  else if (Array.isArray(expected)) {
    expect(actual).toHaveLength(expected.length);
    expected.forEach((each, i) => {
      compare((actual as unknown[])[i], each);
    });
  } else {
    expect(Object.keys(actual as object)).toEqual(Object.keys(expected as object));
    for (const [key, each] of Object.entries(expected as object))
      compare((actual as Record<string, unknown>)[key], each);
  }
}

test.each(names)('%s computes what Python does', (name) => {
  const trains = !name.endsWith('_decomposed');
  const run = torch.export.load(pathOf(name)).module();
  for (const { args, kwargs, result, gradients, buffers } of golden(name)) {
    run.zero_grad();
    const given = [...args, ...(Object.keys(kwargs).length > 0 ? [kwargs] : [])];
    const actual = torch.set_grad_enabled(trains, () => run(...given));
    compare(actual, result);
    const first: Tensor = Array.isArray(actual) ? actual[0] : actual;
    if (first.requires_grad) first.sum().backward();
    const found = [...run.named_parameters()].flatMap(([key, { grad }]) =>
      grad === null ? [] : [[key, grad] as const],
    );
    compare(Object.fromEntries(found), gradients);
    compare(Object.fromEntries(run.named_buffers()), buffers);
  }
});
