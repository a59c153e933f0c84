/** Compares scenarios with what PyTorch gave or said for them; on JavaScript's thread and off it. */
import torch from 'tsorch';
import { _lend_passes } from 'tsorch/autograd';
import { plain } from './scenarios';

interface Outcome {
  value?: unknown;
  error?: string;
  message?: string;
}

/** The classes that stand for Python's. */
const classes: Record<string, { new (...args: never[]): Error }> = {
  RuntimeError: torch.TorchError,
  NotImplementedError: torch.NotImplementedError,
  AssertionError: Error,
  TypeError,
  ValueError: RangeError,
};

function outcome(scenario: () => unknown): unknown {
  try {
    return { value: plain(scenario()) };
  } catch (error) {
    return error;
  }
}

export function compareOutcomes(scenarios: Record<string, () => unknown>, golden: Record<string, Outcome>): void {
  afterEach(() => _lend_passes(false));

  it('has the scenarios of the reference', () => {
    expect(Object.keys(scenarios)).toEqual(Object.keys(golden));
  });

  describe.each([
    ['on its own thread', false],
    ['on another thread', true],
  ])('with the pass %s', (_, lent) => {
    it.each(Object.entries(golden))('%s', (name, expected) => {
      _lend_passes(lent);
      const got = outcome(scenarios[name]!);
      if (expected.error === undefined) {
        expect(got).toEqual(expected);
      } else {
        expect(got).toBeInstanceOf(classes[expected.error]);
        const message = expected.message!.replace('type int', 'type number').replace("'int'", "'number'");
        expect((got as Error).message).toBe(message);
      }
    });
  });
}
