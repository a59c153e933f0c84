/** Tensors that a native thread has still to compute: see `torch.run_async`. */
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { NativeClasses } from '../native/object';

/** Whether calls are written down instead of run. */
export const recording = { active: false };

/** Whether nothing is known of it yet. */
export function isPending(tensor: unknown): boolean {
  return recording.active && call(native.tensor_is_pending, tensor as NativeClasses['Tensor']);
}
