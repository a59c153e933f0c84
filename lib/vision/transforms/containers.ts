/** Transforms of transforms. https://docs.pytorch.org/vision/0.28/transforms.html#composition */

import { dtypes } from '../../base/types';
import { requireList, requireNumbers } from '../../face/arguments';
import { _torch, tensor } from '../../face/tensors';
import { Module } from '../../nn';
import type { Tensor } from '../../tensor/tensor';
import { type Probability, probabilityOf, random, randomOrder } from './transform';

/**
 * A step of a Compose: a transform, or any function of an image. `any`, as each takes what the one before gives: steps
 * may be typed by what they really take.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Step = (image: any) => unknown;

/** Runs a step with one value, or with several. */
function runStep(step: Step, inputs: unknown[]): unknown[] {
  const outputs = (step as (...inputs: unknown[]) => unknown)(...inputs);
  return inputs.length > 1 ? (outputs as unknown[]) : [outputs];
}

function runAll(steps: Iterable<Step>, inputs: unknown[]): unknown {
  let values = inputs;
  for (const step of steps) values = runStep(step, values);
  return inputs.length > 1 ? values : values[0];
}

function checkSteps(steps: readonly Step[]): void {
  if (!Array.isArray(steps)) throw new TypeError('Argument transforms should be a sequence of callables');
  requireList('Compose', 'transforms', steps);
  if (steps.length === 0) throw new RangeError('Pass at least one transform');
}

/** How Python's lists show a function or a module. */
const stepText = (step: Step): string =>
  step instanceof Module ? String(step) : `<function ${step.name || '<lambda>'}>`;

abstract class Container extends Module {
  readonly transforms: readonly Step[];

  constructor(transforms: readonly Step[]) {
    super();
    checkSteps(transforms);
    this.transforms = transforms;
  }

  override forward(image: Tensor): Tensor;
  override forward<Sample extends readonly unknown[]>(...sample: Sample): Sample;
  override forward(image: Tensor): Tensor;
  override forward(...inputs: unknown[]): unknown {
    return this.run(inputs);
  }

  protected abstract run(inputs: unknown[]): unknown;

  override extra_repr(): string {
    return this.transforms.map((step) => `    ${stepText(step)}`).join('\n');
  }
}

/** One after the other. https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.Compose.html */
export class Compose extends Container {
  /** Runs what it holds. @internal */
  protected override run(inputs: unknown[]): unknown {
    return runAll(this.transforms, inputs);
  }
}

/**
 * All of them with probability `p`, or none.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.RandomApply.html
 */
export class RandomApply extends Container {
  p: number;

  constructor(transforms: readonly Step[], p: Probability = 0.5) {
    super(transforms);
    this.p = probabilityOf('RandomApply', p, 0.5);
    if (!(this.p >= 0 && this.p <= 1)) {
      throw new RangeError('`p` should be a floating point value in the interval [0.0, 1.0].');
    }
  }

  /** Runs what it holds. @internal */
  protected override run(inputs: unknown[]): unknown {
    if (random() >= this.p) return inputs.length > 1 ? inputs : inputs[0];
    return runAll(this.transforms, inputs);
  }
}

/**
 * One of them, with given probabilities.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.RandomChoice.html
 */
export class RandomChoice extends Container {
  p: number[];

  constructor(transforms: readonly Step[], p: readonly number[] | { p?: readonly number[] | null } | null = null) {
    super(transforms);
    const given = Array.isArray(p) ? (p as number[]) : ((p as { p?: readonly number[] | null } | null)?.p ?? null);
    const weights = given ?? transforms.map(() => 1);
    if (weights.length !== transforms.length) {
      throw new RangeError(
        `Length of p doesn't match the number of transforms: ${weights.length} != ${transforms.length}`,
      );
    }
    requireNumbers('RandomChoice', 'p', weights);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    this.p = weights.map((weight) => weight / total);
  }

  /** Runs what it holds. @internal */
  protected override run(inputs: unknown[]): unknown {
    const chosen = _torch.multinomial(tensor(this.p, { dtype: dtypes.float32 }), 1).item() as number;
    return runAll([this.transforms[chosen]!], inputs);
  }
}

/** All of them, in a random order. https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.RandomOrder.html */
export class RandomOrder extends Container {
  /** Runs what it holds. @internal */
  protected override run(inputs: unknown[]): unknown {
    const steps = randomOrder(this.transforms.length).map((i) => this.transforms[i]!);
    return runAll(steps, inputs);
  }
}
