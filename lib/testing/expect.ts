/** Tensors and modules in `expect` of jest and vitest. */
import { AssertionError } from '../base/errors';
import { isModule } from '../nn/modules/module';
import { Tensor } from '../tensor/tensor';
import { assert_close } from './assert_close';
import type { AssertCloseOptions } from './generated/testing';

/** What a matcher gives: whether it holds, and what to show when it was to be otherwise. */
export interface MatcherResult {
  pass: boolean;
  message: () => string;
}

/** The matchers that `register` adds. */
export interface TensorMatchers<Result> {
  /**
   * Holds when `torch.testing.assert_close` does: dtype, shape, device and layout the same, values close.
   * https://docs.pytorch.org/docs/2.13/testing.html#torch.testing.assert_close
   */
  toBeClose(expected: unknown, options?: AssertCloseOptions): Result;
}

/** What we use of `expect`, which jest and vitest have in common. */
export interface Expect {
  /** Missing in the types of @types/jest, and before jest 29.4. */
  addEqualityTesters?(testers: ((a: unknown, b: unknown) => boolean | undefined)[]): void;
  addSnapshotSerializer(serializer: SnapshotSerializer): void;
  extend(matchers: {
    toBeClose(received: unknown, expected: unknown, options?: AssertCloseOptions): MatcherResult;
  }): void;
}

/** How a snapshot shows the values that pass `test`. */
export interface SnapshotSerializer {
  test(value: unknown): boolean;
  serialize(value: unknown, config: unknown, indentation: string): string;
}

/** What there is to say against two values being close; undefined when they are. */
function objection(actual: unknown, expected: unknown, options: AssertCloseOptions): string | undefined {
  try {
    assert_close(actual, expected, options);
    return undefined;
  } catch (error) {
    if (error instanceof AssertionError) return error.message;
    throw error;
  }
}

/** Whether both are tensors, or modules of one kind, and close; undefined for what is neither. */
function equality(options: AssertCloseOptions): (a: unknown, b: unknown) => boolean | undefined {
  return (a, b) => {
    if (a instanceof Tensor && b instanceof Tensor) return objection(a, b, options) === undefined;
    if (!isModule(a) || !isModule(b)) return undefined;
    if (a.constructor !== b.constructor || String(a) !== String(b)) return false;
    return objection({ ...a.state_dict() }, { ...b.state_dict() }, options) === undefined;
  };
}

const serializer: SnapshotSerializer = {
  test: (value) => value instanceof Tensor || isModule(value),
  serialize: (value, _config, indentation) => String(value).replaceAll('\n', `\n${indentation}`),
};

/**
 * Teaches `expect` of jest or vitest what tensors are: `toEqual`, `toStrictEqual` and what else compares in depth take
 * two tensors for equal by the rules of `torch.testing.assert_close` with these options: dtype, shape, device and layout
 * the same, values close. Modules are equal that print alike and whose states are. Snapshots show tensors as `print`
 * does, and `toBeClose(expected, options)` is `assert_close` with its message.
 *
 * The entries `tsorch/jest` and `tsorch/vitest` call it; call it again for other options, as in `register(expect, {
 * rtol: 1e-3, atol: 1e-4 })`.
 * @throws TypeError for an `expect` that cannot be taught
 * https://docs.pytorch.org/docs/2.13/testing.html#torch.testing.assert_close
 */
export function register(expect: Expect, options: AssertCloseOptions = {}): void {
  if (expect.addEqualityTesters === undefined)
    throw new TypeError('tsorch needs an expect with addEqualityTesters: jest 29.4, vitest 3.2 or newer');
  expect.addEqualityTesters([equality(options)]);
  expect.addSnapshotSerializer(serializer);
  expect.extend({
    toBeClose(received, expected, own = {}) {
      const against = objection(received, expected, { ...options, ...own });
      const but = `Expected values that are not close to\n${String(expected)}\nbut got\n${String(received)}`;
      const shown = `${against}\n\nExpected: ${String(expected)}\nReceived: ${String(received)}`;
      return { pass: against === undefined, message: () => (against === undefined ? but : shown) };
    },
  });
}

/** Teaches the `expect` that test files see as a global; there may be none. */
export function registerGlobal(): void {
  const { expect } = globalThis as { expect?: Expect };
  if (expect !== undefined) register(expect);
}
