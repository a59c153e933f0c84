/** Running the backward pass. */

import { isTensor } from '../arguments/checks';
import { dtypeFacts } from '../base/dtype_table';
import { TorchError } from '../base/errors';
import { sizeText } from '../base/python_text';
import { type DType, scalarTypeName } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { NativeEnd } from '../native/functions';
import { isList, isOptions, typeName } from '../native/kinds';
import { collectAfterPass } from '../native/memory';
import { callOperator } from '../operators/operator';
import type { Tensor } from '../tensor/tensor';
import { GradientEdge } from './edges';
import * as signatures from './generated/autograd';
import { overBatches } from './legacy_vmap';

/** Where a backward pass starts or ends. */
export type GraphEnd = Tensor | GradientEdge;
/** One or several. */
export type GraphEnds = GraphEnd | readonly GraphEnd[];
export type StartingGradients = Tensor | null | readonly (Tensor | null)[];

export type { BackwardOptions as BackwardCallOptions } from './generated/autograd';

function isEnd(value: unknown): value is GraphEnd {
  return isTensor(value) || value instanceof GradientEdge;
}

/** One or several ends, or those in a plain object, as a list. */
function endsOf(value: unknown): GraphEnd[] {
  if (value === null || value === undefined) return [];
  const list: unknown = isEnd(value) ? [value] : isOptions(value) ? Object.values(value) : value;
  if (!isList(list)) throw new TypeError(`'${typeName(value)}' object is not iterable`);
  for (const end of list) {
    if (!isEnd(end)) throw new TypeError(`expected Tensor or GradientEdge, but got ${typeName(end)}`);
  }
  return list as GraphEnd[];
}

/** The gradients as a list as long as the outputs. */
function gradientsOf(gradients: unknown, count: number): unknown[] {
  if (gradients === null || gradients === undefined) return new Array<null>(count).fill(null);
  return isList(gradients) ? gradients : [gradients];
}

/** What native code takes for an end. */
function wired(end: GraphEnd): NativeEnd {
  return end instanceof GradientEdge ? [end.node, end.output_nr] : end;
}

interface EndType {
  readonly shape: number[];
  readonly dtype: DType;
}

function typeOf(end: GraphEnd): EndType {
  if (!(end instanceof GradientEdge)) return end;
  const metadata = end.node._input_metadata[end.output_nr];
  if (!metadata) throw new TorchError(`${end.node} takes no gradient number ${end.output_nr}`);
  return metadata;
}

/** The gradients to start from: ones for a scalar that has none. */
function startingGradients(
  outputs: readonly GraphEnd[],
  gradients: readonly unknown[],
  batched: boolean,
): (Tensor | null)[] {
  return outputs.slice(0, gradients.length).map((output, i) => {
    const gradient = gradients[i] ?? null;
    if (gradient === null) return impliedGradient(output, batched);
    if (!isTensor(gradient)) {
      throw new TypeError(`gradients can be either Tensors or None, but got ${typeName(gradient)}`);
    }
    checkGradient(output, gradient, i, batched);
    return gradient;
  });
}

function impliedGradient(output: GraphEnd, batched: boolean): Tensor | null {
  if (!(output instanceof GradientEdge) && !output.requires_grad) return null;
  const { shape, dtype } = typeOf(output);
  if (shape.some((size) => size !== 1)) {
    throw new TorchError('grad can be implicitly created only for scalar outputs');
  }
  if (!dtype.is_floating_point) {
    throw new TorchError(`grad can be implicitly created only for real scalar outputs but got ${dtype}`);
  }
  if (batched && shape.length === 0) {
    throw new RangeError(
      'vmap(vjp, in_dims=0, ...)(<inputs>): Got in_dim=0 for some input, but that input is a Tensor of dimensionality 0 ' +
        'so expected in_dim to satisfy 0 <= in_dim < 0.',
    );
  }
  if (!(output instanceof GradientEdge)) return callOperator('ones_like', output);
  return callOperator('ones', shape, dtype, null, output.node._input_metadata[output.output_nr]!.device);
}

function checkGradient(output: GraphEnd, gradient: Tensor, i: number, batched: boolean): void {
  const { shape, dtype } = typeOf(output);
  const have = batched ? gradient.shape.slice(1) : gradient.shape;
  if (have.length !== shape.length || have.some((size, d) => size !== shape[d])) {
    const places = `grad_output[${i}] has a shape of ${sizeText(have)} and output[${i}] has a shape of ${sizeText(shape)}.`;
    throw new TorchError(
      batched
        ? `If \`is_grads_batched=True\`, we interpret the first dimension of each grad_output as the batch dimension. The sizes of the remaining dimensions are expected to match the shape of corresponding output, but a mismatch was detected: ${places} If you only want some tensors in \`grad_output\` to be considered batched, consider using vmap.`
        : `Mismatch in shape: ${places}`,
    );
  }
  if (gradient.dtype.is_complex !== dtype.is_complex) {
    throw new TorchError(
      `For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: grad_output[${i}] has a dtype of ${gradient.dtype} and output[${i}] has a dtype of ${dtype}.`,
    );
  }
}

/** What a backward pass may be told. */
type PassOptions = Pick<signatures.BackwardOptions, 'retain_graph' | 'create_graph' | 'inputs'>;

export function tensorBackward(x: Tensor, gradient: Tensor | null, options: PassOptions): void {
  run(x, gradient, options);
}

function run(tensors: GraphEnds, gradients: StartingGradients, options: PassOptions): void {
  if (call(native.func_depth) > 0) {
    throw new TorchError(
      'backward() called inside a functorch transform. This is not supported, please use functorch.grad or functorch.vjp instead or call backward() outside of functorch transforms.',
    );
  }
  const inputs = endsOf(options.inputs);
  if (options.inputs !== undefined && options.inputs !== null && inputs.length === 0) {
    throw new TorchError('`inputs` argument to `backward()` cannot be empty.');
  }
  const outputs = endsOf(tensors);
  const given = gradientsOf(gradients, outputs.length);
  if (given.length !== outputs.length) {
    throw new TorchError(`got ${outputs.length} tensors and ${given.length} gradients`);
  }
  const starts = startingGradients(outputs, given, false);
  const create = options.create_graph ?? false;
  call(native.backward, outputs.map(wired), starts, options.retain_graph ?? create, create, inputs.map(wired));
  collectAfterPass();
}

/**
 * Adds the gradients of `tensors` to the `grad` of the leaves they were made from.
 * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.backward.html
 * @throws TorchError for an output that is no scalar and has no gradient, or a gradient of another shape
 */
export function backward(...args: signatures.BackwardArgs): void {
  const { tensors, grad_tensors, ...options } = signatures.backward.read(args);
  run(tensors, grad_tensors, options);
}

/** Options under which no input may be without a gradient, or any may. */
export type GradOptions = signatures.GradOptions<Inputs, boolean>;

type Inputs = GraphEnds | Readonly<Record<string, GraphEnd>>;

/** A gradient for each input, null for one that took no part: a list, or an object for an object of inputs. */
export type Gradients<Of extends Inputs, Unused extends boolean> = Of extends GraphEnds
  ? (Unused extends true ? Tensor | null : Tensor)[]
  : { [Name in keyof Of]: Unused extends true ? Tensor | null : Tensor };

type Runner = (gradients: readonly (Tensor | null)[]) => (Tensor | null)[];
/** `grad(y, {a, b})` asks for the gradients of a dictionary. */
function isDictionary(value: unknown): value is Record<string, GraphEnd> {
  return isOptions(value) && !isEnd(value);
}

/**
 * The gradients of `outputs` with respect to `inputs`; `grad` of no tensor changes. For inputs in a plain object the
 * gradients come in one.
 * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.grad.html
 * @throws TorchError for an input that took no part, unless `allow_unused`
 *
 * @example
 * const x = torch.tensor(3, { requires_grad: true });
 * const [dx] = torch.autograd.grad(x.pow(2), x);
 * console.log(dx); // tensor(6.)
 */
export function grad<Of extends Inputs, Unused extends boolean = false>(
  ...args: signatures.GradArgs<Of, Unused>
): Gradients<Of, Unused> {
  const { outputs, inputs, ...options } = signatures.grad.read(args);
  const results = gradients(outputs, inputs, options);
  const given = isDictionary(inputs)
    ? Object.fromEntries(Object.keys(inputs).map((key, i) => [key, results[i]!]))
    : results;
  return given as Gradients<Of, Unused>;
}

function gradients(outputs: GraphEnds, inputs: unknown, options: Required<GradOptions>): (Tensor | null)[] {
  const materialize = options.materialize_grads;
  if (materialize && options.allow_unused === false) {
    throw new RangeError(
      'Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.',
    );
  }
  const from = endsOf(outputs);
  const to = endsOf(inputs);
  if (to.length === 0) throw new TorchError('`inputs` argument to `grad()` cannot be empty.');
  const starts = startingGradients(from, gradientsOf(options.grad_outputs, from.length), options.is_grads_batched);
  const create = options.create_graph;
  const retain = options.retain_graph ?? create;
  const unused = options.allow_unused ?? materialize;
  const runner: Runner = (vectors) =>
    call(native.grad, from.map(wired), to.map(wired), vectors, retain, create, unused);
  const results = options.is_grads_batched ? overBatches((...vectors) => runner(vectors), starts) : runner(starts);
  if (!materialize) return results;
  return results.map((result, i) => {
    if (result !== null) return result;
    if (to[i] instanceof GradientEdge) {
      throw new TorchError('materialize_grads cannot be used when the given input is a GradientEdge');
    }
    const zeros = callOperator('zeros_like', to[i], null, null, null, null, null) as Tensor;
    return create ? zeros.requires_grad_() : zeros;
  });
}

/**
 * Runs every backward pass on another thread than JavaScript's, as happens by itself where an accelerator is present.
 * For tests of that path on the CPU.
 * @internal
 */
export function lendPasses(enabled: boolean): void {
  call(native.set_lend_passes, enabled);
}

/** Gives a tensor its gradient, which must be of its shape, dtype and device. */
export function setGrad(x: Tensor, value: Tensor | null): void {
  if (value !== null) {
    if (!isTensor(value)) {
      throw new TypeError(`assigned grad expected to be a Tensor or None but got grad of type ${typeName(value)}`);
    }
    const mismatch = gradMismatch(x, value);
    if (mismatch !== undefined) throw new TorchError(mismatch);
  }
  call(native.set_grad, x, value);
}

/** C++'s name of a dtype, which this error of libtorch's shows. */
const cppName = ({ name }: DType) => dtypeFacts[name].cpp ?? name;

function gradMismatch(x: Tensor, value: Tensor): string | undefined {
  if (value === x) return "can't assign Variable as its own grad";
  if (value.dtype !== x.dtype && !(x.is_leaf && [null, value.dtype].includes(x.grad_dtype))) {
    return (
      `attempting to assign a gradient with dtype '${cppName(value.dtype)}' to a tensor with grad_dtype ` +
      `'${scalarTypeName(x.is_leaf ? x.grad_dtype! : x.dtype)}'. The gradient must match the tensor's grad_dtype (defaults to the tensor's ` +
      "dtype). You can set the tensor's grad_dtype attribute with a specific dtype, or None to allow any dtype. Set " +
      'grad_dtype with caution. Diverging the dtypes of a tensor and its gradient may break downstream systems that ' +
      'assume they match.'
    );
  }
  if (!value.device.equals(x.device)) {
    return `attempting to assign a gradient located on device '${value.device}' to a tensor located on device '${x.device}'. Please ensure that the gradient and the tensor are on the same device`;
  }
  const [have, want] = [value.shape, x.shape];
  if (have.length !== want.length || have.some((size, d) => size !== want[d])) {
    return `attempting to assign a gradient of size '[${have.join(', ')}]' to a tensor of size '[${want.join(', ')}]'. Please ensure that the gradient and the tensor are the same size`;
  }
  return undefined;
}
