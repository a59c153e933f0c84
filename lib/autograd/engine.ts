/** Running the backward pass. */
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isOptions } from '../operators/kinds';
import type { Tensor } from '../tensor';

/** One tensor or several. */
export type Tensors = Tensor | readonly Tensor[];
type Gradients = Tensor | null | readonly (Tensor | null)[];

export interface BackwardOptions {
  gradient?: Tensor | null;
  /** Keeps the graph for another backward pass; the default is `create_graph`. */
  retain_graph?: boolean | null;
  /** Makes the gradients differentiable themselves. */
  create_graph?: boolean;
  /** Only these leaves gather gradients; all by default. */
  inputs?: Tensors | null;
}

/** The arguments of `x.backward(gradient, retain_graph, create_graph, inputs)`, the last ones by name if wanted. */
export type BackwardArguments =
  | []
  | [options: BackwardOptions]
  | [gradient: Tensor | null, options?: BackwardOptions]
  | [gradient: Tensor | null, retain_graph: boolean | null, create_graph?: boolean, inputs?: Tensors | null];

function listed<T>(value: T | readonly T[] | null | undefined): readonly T[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

function named<Options extends object>(args: readonly unknown[], names: readonly (keyof Options)[]): Options {
  const options = {} as Options;
  const last = args[args.length - 1];
  const positional = isOptions(last) ? args.slice(0, -1) : args;
  positional.forEach((value, i) => {
    options[names[i]!] = value as Options[keyof Options];
  });
  return isOptions(last) ? Object.assign(options, last) : options;
}

export function tensorBackward(x: Tensor, args: readonly unknown[]): void {
  const options = named<BackwardOptions>(args, ['gradient', 'retain_graph', 'create_graph', 'inputs']);
  backward(x, options.gradient ?? null, options);
}

/** The gradients to start from: a 1 for a scalar that has none. Shapes and dtypes are compared as PyTorch does. */
function startingGradients(
  outputs: readonly Tensor[],
  gradients: readonly (Tensor | null)[],
  isGrad: boolean,
): (Tensor | null)[] {
  return outputs.map((output, i) => {
    const gradient = gradients[i] ?? null;
    if (gradient !== null) return checkedGradient(output, gradient, i);
    if (!output.requires_grad) return null;
    if (output.numel() !== 1) {
      throw new Error(
        isGrad
          ? 'grad can be implicitly created only for scalar outputs'
          : 'grad can be implicitly created only for scalar outputs',
      );
    }
    return output.detach().new_ones(output.shape);
  });
}

function checkedGradient(output: Tensor, gradient: Tensor, i: number): Tensor {
  const [have, want] = [gradient.shape, output.shape];
  if (have.length !== want.length || have.some((size, d) => size !== want[d])) {
    throw new Error(
      `Mismatch in shape: grad_output[${i}] has a shape of torch.Size([${have.join(', ')}]) and output[${i}] has a shape of torch.Size([${want.join(', ')}]).`,
    );
  }
  if (gradient.is_complex() !== output.is_complex()) {
    throw new Error(
      `For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: grad_output[${i}] has a dtype of ${gradient.dtype} and output[${i}] has a dtype of ${output.dtype}.`,
    );
  }
  return gradient;
}

/**
 * Adds the gradients of `tensors` to the `grad` of the leaves they were made from.
 * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.backward.html
 */
export function backward(tensors: Tensors, grad_tensors: Gradients = null, options: BackwardOptions = {}): void {
  const outputs = listed(tensors);
  const inputs = listed(options.inputs);
  if (options.inputs !== undefined && options.inputs !== null && inputs.length === 0) {
    throw new Error('`inputs` argument to `backward()` cannot be empty.');
  }
  const gradients = startingGradients(outputs, listed(grad_tensors), false);
  const create = options.create_graph ?? false;
  call(native.backward, outputs, gradients, options.retain_graph ?? create, create, inputs);
}

export interface GradOptions {
  grad_outputs?: Gradients;
  retain_graph?: boolean | null;
  create_graph?: boolean;
  /** Gives null, not an error, for an input that took no part. */
  allow_unused?: boolean | null;
  /** Gives zeros for an input that took no part. */
  materialize_grads?: boolean;
}

/**
 * The gradients of `outputs` with respect to `inputs`; `grad` of no tensor changes.
 * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.grad.html
 */
export function grad(outputs: Tensors, inputs: Tensors, options?: GradOptions): Tensor[];
export function grad(outputs: Tensors, inputs: Tensors, grad_outputs: Gradients, options?: GradOptions): Tensor[];
export function grad(outputs: Tensors, inputs: Tensors, ...rest: unknown[]): (Tensor | null)[] {
  const options = named<GradOptions>(rest, ['grad_outputs', 'retain_graph', 'create_graph']);
  const materialize = options.materialize_grads ?? false;
  const from = listed(outputs);
  const to = listed(inputs);
  const gradients = startingGradients(from, listed(options.grad_outputs), true);
  const create = options.create_graph ?? false;
  const unused = options.allow_unused ?? materialize;
  const results = call<(Tensor | null)[]>(
    native.grad,
    from,
    to,
    gradients,
    options.retain_graph ?? create,
    create,
    unused,
  );
  return materialize ? results.map((result, i) => result ?? to[i]!.detach().new_zeros(to[i]!.shape)) : results;
}

/** Gives a tensor its gradient, which must be of its shape, dtype and device. */
export function setGrad(x: Tensor, value: Tensor | null): void {
  if (value !== null) {
    const mismatch = gradMismatch(x, value);
    if (mismatch !== undefined) throw new TypeError(mismatch);
  }
  call(native.set_grad, x, value);
}

function gradMismatch(x: Tensor, value: Tensor): string | undefined {
  if (value === x) return "can't assign Variable as its own grad";
  if (value.dtype !== x.dtype) {
    return `attempting to assign a gradient with dtype '${value.dtype}' to a tensor with dtype '${x.dtype}'. Please ensure that the gradient and the tensor have the same dtype`;
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
