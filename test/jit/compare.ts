/** Comparing what programs give with what Python gave. */
import torch from 'tsorch';

/** Tuples and named tuples compare by their parts, dictionaries by their keys too. */
export function compare(actual: unknown, expected: unknown): void {
  if (expected instanceof torch.Tensor) torch.testing.assert_close(actual, expected);
  else if (Array.isArray(expected)) {
    expect(actual).toHaveLength(expected.length);
    expected.forEach((each, i) => {
      compare((actual as unknown[])[i], each);
    });
  } else if (expected instanceof Map) {
    expect([...(actual as Map<unknown, unknown>).keys()]).toEqual([...expected.keys()]);
    for (const [key, each] of expected) compare((actual as Map<unknown, unknown>).get(key), each);
  } else if (typeof expected === 'object' && expected !== null) {
    expect(Object.keys(actual as object)).toEqual(Object.keys(expected));
    for (const [key, each] of Object.entries(expected)) compare((actual as Record<string, unknown>)[key], each);
  } else expect(actual).toBe(expected);
}
