/** The text of tensors inside a transform. */
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { Tensor } from '../tensor/tensor';

/** A wrapper's text around that of the tensor below; undefined for a plain tensor. */
export function wrapperText(x: Tensor, text: (below: Tensor) => string): string | undefined {
  const [kind, level, dim, below] = call(native.func_describe, x);
  if (below === null) return undefined;
  const inner = text(below).replace(/^(?=.)/gm, '    ');
  if (kind === 'batched') return `BatchedTensor(lvl=${level}, bdim=${dim}, value=\n${inner}\n)`;
  return `GradTrackingTensor(lvl=${level}, value=\n${inner}\n)`;
}
