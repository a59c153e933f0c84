/** Checking derivatives against differences. https://docs.pytorch.org/docs/2.13/generated/torch.autograd.gradcheck.gradcheck.html */

import { isTensor, requireFunction } from '../../arguments/checks';
import { AssertionError } from '../../base/errors';
import { dtypes } from '../../base/types';
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';
import * as engine from '../engine';
import * as signatures from '../generated/autograd';
import { type Comparison, compareFast, compareFully, type Tolerances } from './compare';
import { checkBatchedForward, checkBatchedGradients, checkMissingGradients, checkZeroGivesZero } from './rules';
import { isSparse, movable } from './sparse';
import {
  type Checked,
  checkInputs,
  checkOutputs,
  differentiableOutputs,
  followed,
  GradcheckError,
  imaginary,
  type Listed,
  listed,
  listOf,
  requireDense,
} from './values';

export type { GradcheckOptions, GradgradcheckOptions } from '../generated/autograd';
export { GradcheckError } from './values';

type Settings = Omit<Required<signatures.GradcheckOptions>, 'raise_exception'>;

function compare(comparison: Comparison, settings: Settings): void {
  const tolerances: Tolerances = settings;
  if (settings.fast_mode) compareFast(comparison, tolerances);
  else compareFully(comparison, tolerances);
}

/** The outputs with only one part of those that are complex. */
function partOfOutputs(fn: Listed, part: 'real' | 'imag'): Listed {
  return (inputs) => fn(inputs).map((output) => (output.is_complex() ? output[part] : output));
}

function compareBackward(fn: Listed, inputs: readonly unknown[], outputs: readonly Tensor[], settings: Settings): void {
  const complex = outputs.flatMap((output, i) => (output.is_complex() ? [i] : []));
  const moved = inputs.map((x) =>
    isSparse(x) ? movable(x, settings.masked === true).requires_grad_(x.requires_grad) : x,
  );
  const common = { inputs, moved, forward: false, complex };
  if (complex.length === 0) {
    compare({ ...common, fn, part: 'real' }, settings);
    return;
  }
  compare({ ...common, fn: partOfOutputs(fn, 'imag'), part: 'imaginary' }, settings);
  compare({ ...common, fn: partOfOutputs(fn, 'real'), part: 'real' }, settings);
}

/** The function of one part of the complex inputs, the other part fixed. */
function partOfInputs(
  fn: Listed,
  given: readonly unknown[],
  complex: readonly number[],
  part: 'real' | 'imaginary',
): Listed {
  return (inputs) =>
    fn(
      inputs.map((x, i) => {
        if (!complex.includes(i)) return x;
        const whole = given[i] as Tensor;
        return part === 'real' ? (x as Tensor).add(imaginary(whole.imag)) : imaginary(x as Tensor).add(whole.real);
      }),
    );
}

function compareForward(fn: Listed, inputs: readonly unknown[], settings: Settings): void {
  for (const { x } of followed(inputs)) requireDense(x);
  const complex = inputs.flatMap((x, i) => (isTensor(x) && x.is_complex() ? [i] : []));
  if (complex.length === 0) {
    compare({ fn, inputs, moved: inputs, forward: true, complex, part: 'real' }, settings);
    return;
  }
  for (const part of ['imaginary', 'real'] as const) {
    const name = part === 'real' ? 'real' : 'imag';
    const parts = inputs.map((x, i) =>
      complex.includes(i)
        ? (x as Tensor)
            .detach()
            [name].clone()
            .requires_grad_((x as Tensor).requires_grad)
        : x,
    );
    const of = partOfInputs(fn, inputs, complex, part);
    compare({ fn: of, inputs: parts, moved: parts, forward: true, complex, part }, settings);
  }
}

function check(func: Checked, given: unknown, settings: Settings): true {
  const inputs = listOf(given);
  checkInputs(inputs);
  const fn = listed(func);
  const all = fn(inputs);
  const outputs = differentiableOutputs(all);
  checkOutputs(outputs);
  if (settings.check_backward_ad) compareBackward(fn, inputs, all, settings);
  if (settings.check_forward_ad) compareForward(fn, inputs, settings);
  if (settings.check_batched_forward_grad) checkBatchedForward(fn, inputs);
  if (!settings.check_backward_ad) return true;
  if (settings.check_batched_grad) checkBatchedGradients(outputs, inputs);
  checkZeroGivesZero(outputs, inputs);
  if (settings.check_undefined_grad) checkMissingGradients(fn, inputs);
  return true;
}

function demand(condition: boolean, message: string): void {
  if (!condition) throw new AssertionError(message);
}

/**
 * Compares the gradients of a function with differences: true, or an error that shows both. Inputs should be float64.
 * Of a sparse input all elements count, or with `masked` those that are stored.
 * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.gradcheck.gradcheck.html
 * @throws GradcheckError when they differ, unless `raise_exception` is false
 */
export function gradcheck(...args: signatures.GradcheckArgs): boolean {
  const { func, inputs, raise_exception, ...settings } = signatures.gradcheck.read(args);
  requireFunction('gradcheck', 'func', func);
  demand(
    settings.check_forward_ad || settings.check_backward_ad,
    'Expected at least one of check_forward_ad or check_backward_ad to be True',
  );
  demand(
    !settings.check_batched_grad || settings.check_backward_ad,
    'Setting check_batched_grad=True requires check_backward_ad to be True',
  );
  demand(
    !settings.check_batched_forward_grad || settings.check_forward_ad,
    'Setting check_batched_forward_grad=True requires check_forward_ad to be True',
  );
  try {
    return check(func as Checked, inputs, settings);
  } catch (error) {
    if (raise_exception || !(error instanceof GradcheckError)) throw error;
    return false;
  }
}

/** A random gradient between -1 and 1 for an output. */
function randomGradient(output: Tensor, noncontiguous: boolean): Tensor {
  const dtype = output.is_floating_point() || output.is_complex() ? output.dtype : dtypes.float64;
  const apart = noncontiguous && output.dim() > 0;
  const shape = output.shape;
  if (apart) shape.push(2 * shape.pop()!);
  const values = callOperator<Tensor>('rand', shape, dtype, null, output.device).mul(2).sub(1);
  return (apart ? values.index('...', '::2') : values).requires_grad_();
}

/**
 * Compares second derivatives with differences of the first.
 * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.gradcheck.gradgradcheck.html
 * @throws GradcheckError when they differ, unless `raise_exception` is false
 */
export function gradgradcheck(...args: signatures.GradgradcheckArgs): boolean {
  const { func, inputs, grad_outputs, ...options } = signatures.gradgradcheck.read(args);
  requireFunction('gradgradcheck', 'func', func);
  const { check_fwd_over_rev, check_rev_over_rev, gen_non_contig_grad_outputs, ...rest } = options;
  demand(
    check_fwd_over_rev || check_rev_over_rev,
    'Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True',
  );
  const list = listOf(inputs);
  const fn = listed(func as Checked);
  const vectors =
    grad_outputs === null
      ? differentiableOutputs(fn(list)).map((output) => randomGradient(output, gen_non_contig_grad_outputs))
      : (listOf(grad_outputs) as Tensor[]);
  const places = new Set(followed(list).map(({ index }) => index));
  const needed = new Set(followed(vectors).map(({ index }) => index));
  const first = (...args: unknown[]) => {
    const own = args.slice(0, list.length).map((x, i) => (places.has(i) ? (x as Tensor).requires_grad_() : x));
    const along = args
      .slice(list.length)
      .map((v, i) => (needed.has(i) ? (v as Tensor).requires_grad_() : v)) as Tensor[];
    const outputs = differentiableOutputs(fn(own));
    const differentiated = own.filter((_, i) => places.has(i)) as Tensor[];
    const gradients = engine.grad(outputs, differentiated, along, { create_graph: true, allow_unused: true });
    return gradients.filter((gradient) => gradient !== null);
  };
  return gradcheck(first as Checked, [...list, ...vectors], {
    ...rest,
    check_forward_ad: check_fwd_over_rev,
    check_backward_ad: check_rev_over_rev,
  });
}
