/** The constructor of old: `torch.Tensor(2, 3)`, `new torch.Tensor([1, 2])`. */
import { get_default_dtype } from '../tensor/creation';
import { Tensor } from '../tensor/tensor';
import { fromArguments } from './typed_tensors';

/** `Tensor` as a name of `torch`: a class, and a function that makes tensors of the default dtype. */
export type TensorClass = typeof Tensor & {
  /** An uninitialized tensor of these sizes. */
  (...sizes: number[]): Tensor;
  /** A tensor of this data, in the default dtype. */
  (data: readonly unknown[] | ArrayBufferView | Tensor): Tensor;
  new (...sizes: number[]): Tensor;
  new (data: readonly unknown[] | ArrayBufferView | Tensor): Tensor;
};

const make = (args: readonly unknown[]): Tensor => fromArguments(get_default_dtype(), args);

/**
 * `torch.Tensor`, which Python still lets make tensors: `new torch.Tensor(2, 3)`, uninitialised, in the default dtype.
 * https://docs.pytorch.org/docs/2.13/tensors.html#torch.Tensor
 */
export const legacyTensor: TensorClass = new Proxy(Tensor, {
  apply: (_, __, args) => make(args),
  construct(target, args, newTarget) {
    return newTarget === legacyTensor ? make(args) : Reflect.construct(target, args, newTarget);
  },
}) as TensorClass;
