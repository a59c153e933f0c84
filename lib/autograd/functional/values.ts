/** What the functions of torch.autograd.functional share: their inputs, outputs and vectors, and the checks of them. */

import { isTensor } from '../../arguments/checks';
import { TorchError } from '../../base/errors';
import { sizeText } from '../../base/python_text';
import { isList, typeName } from '../../native/kinds';
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';
import * as engine from '../engine';

export type MaybeTensor = Tensor | null;
export type AnyFunction = (...args: never[]) => unknown;

/** Tensors, and whether they came as a list. */
export interface Values {
  readonly list: readonly Tensor[];
  readonly isList: boolean;
}

/** @throws TypeError for anything but a tensor or a list of them */
export function valuesOf(value: unknown, role: string, name: string): Values {
  const listed = isList(value);
  const list: unknown[] = listed ? value : [value];
  const index = list.findIndex((each) => !isTensor(each));
  if (index < 0) return { list: list as Tensor[], isList: listed };
  const head = `The ${role} given to ${name} must be either a Tensor or a tuple of Tensors but the`;
  throw new TypeError(
    listed
      ? `${head} value at index ${index} has type ${typeName(list[index])}.`
      : `${head} given ${role} has type ${typeName(list[index])}.`,
  );
}

/** Calls the user's function. */
export function outputsOf(func: AnyFunction, inputs: readonly Tensor[], name: string): Values {
  return valuesOf(func(...(inputs as never[])), 'outputs of the user-provided function', name);
}

/** Copies of the inputs: with `create` still part of their graph, else leaves that need a gradient or not. */
export function prepared({ list, isList }: Values, create: boolean, need: boolean): Values {
  const copies = list.map((x) => {
    if (!create || !x.requires_grad) return x.detach().requires_grad_(need);
    return x.is_sparse ? x.clone() : x.view_as(x);
  });
  return { list: copies, isList };
}

/** Results, outside of the graph unless it was asked for; one alone when there was one alone. */
export function finished(list: readonly Tensor[], isList: boolean, create: boolean): unknown {
  const results = create ? list : list.map((x) => x.detach());
  return isList ? results : results[0];
}

/** The vector of a product, which must look like `like`; undefined stands for 1 of a single element. */
export function vectorOf(
  v: unknown,
  like: Values,
  name: string,
  create: boolean,
  missing: string,
): readonly MaybeTensor[] {
  if (v === null || v === undefined) {
    if (like.list.length === 1 && like.list[0]!.numel() === 1) return [null];
    throw new TorchError(missing);
  }
  const vector = prepared(valuesOf(v, 'v', name), create, false).list;
  if (vector.length !== like.list.length) {
    throw new TorchError(
      like.isList
        ? `v is a tuple of invalid length: should be ${like.list.length} but got ${vector.length}.`
        : 'The given v should contain a single Tensor.',
    );
  }
  vector.forEach((each, i) => {
    const [have, want] = [sizeText(each.shape), sizeText(like.list[i]!.shape)];
    if (have === want) return;
    const place = like.isList ? `Entry ${i} in ` : '';
    throw new TorchError(`${place}v has invalid size: should be ${want} but got ${have}.`);
  });
  return vector;
}

export interface ProductOptions {
  retain_graph?: boolean | null;
  is_grads_batched?: boolean;
}

/** `grad` that leaves out outputs without a graph, and gives null where there is no path. */
export function gradients(
  outputs: readonly MaybeTensor[],
  inputs: readonly Tensor[],
  vectors: readonly MaybeTensor[] | null,
  create: boolean,
  options: ProductOptions = {},
): MaybeTensor[] {
  const followed = outputs.map((_, i) => i).filter((i) => outputs[i]?.requires_grad);
  if (followed.length === 0) return inputs.map(() => null);
  const from = followed.map((i) => outputs[i]!);
  const along = followed.map((i) => vectors?.[i] ?? null);
  return engine.grad(from, inputs, along, { ...options, create_graph: create, allow_unused: true });
}

type Checked = 'outputs' | 'grad_inputs' | 'jacobian' | 'hessian';

const independent: Record<Checked, (i: number) => string> = {
  outputs: (i) =>
    `Output ${i} of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode.`,
  grad_inputs: (i) =>
    `The gradient with respect to input ${i} is independent of the inputs of the user-provided function. This is not allowed in strict mode.`,
  jacobian: (i) =>
    `While computing the hessian, found that the jacobian of the user-provided function with respect to input ${i} is independent of the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for example).`,
  hessian: (i) =>
    `The hessian of the user-provided function with respect to input ${i} is independent of the input. This is not allowed in strict mode. You should ensure that your function is thrice differentiable and that the hessian depends on the inputs.`,
};

/** In strict mode everything must depend on the inputs. */
export function checkDependent(list: readonly MaybeTensor[], what: Checked, strict: boolean): void {
  if (!strict) return;
  list.forEach((x, i) => {
    if (x === null) {
      throw new TorchError(
        `The output of the user-provided function is independent of input ${i}. This is not allowed in strict mode.`,
      );
    }
    if (!x.requires_grad) throw new TorchError(independent[what](i));
  });
}

type Stage = 'back' | 'back_trick' | 'double_back' | 'double_back_trick';

const missing: Record<Stage, (i: number) => string> = {
  back: (i) =>
    `The output of the user-provided function is independent of input ${i}. This is not allowed in strict mode.`,
  back_trick: (i) =>
    `The gradient with respect to the input is independent of entry ${i} in the grad_outputs when using the double backward trick to compute forward mode gradients. This is not allowed in strict mode.`,
  double_back: (i) =>
    `The jacobian of the user-provided function is independent of input ${i}. This is not allowed in strict mode.`,
  double_back_trick: (i) =>
    `The hessian of the user-provided function is independent of entry ${i} in the grad_jacobian. This is not allowed in strict mode as it prevents from using the double backward trick to replace forward mode AD.`,
};

/** Zeros where there was no path; in strict mode an error. */
export function filled(
  list: readonly MaybeTensor[],
  like: readonly Tensor[],
  stage: Stage,
  strict: boolean,
  create: boolean,
): Tensor[] {
  return list.map((x, i) => {
    if (x === null) {
      if (strict) throw new TorchError(missing[stage](i));
      return callOperator('zeros_like', like[i]);
    }
    if (strict && create && !x.requires_grad) {
      const what = stage.startsWith('double') ? 'hessian' : 'jacobian';
      throw new TorchError(
        `The ${what} of the user-provided function is independent of input ${i}. This is not allowed in strict mode when create_graph=True.`,
      );
    }
    return x;
  });
}
