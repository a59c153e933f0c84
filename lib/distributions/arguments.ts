/** Types of arguments. */
import type { Tensor } from '../tensor/tensor';

/** A parameter that may be a number or a tensor. */
export type TensorLike = Tensor | number;
