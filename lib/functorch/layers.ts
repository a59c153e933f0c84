/** The stack of transforms of this thread (native/func/layers.cpp). */

import { isForwardGradEnabled, setForwardGradEnabled, withoutForwardGrad } from '../autograd/forward_mode';
import { enable_grad, no_grad } from '../autograd/grad_mode';
import { disable_saved_tensors_hooks } from '../autograd/saved_tensors';
import { native } from '../native/addon';
import { call } from '../native/frame';

export type Randomness = 'error' | 'same' | 'different';

/** The innermost transform under way. */
export interface Layer {
  readonly kind: 'vmap' | 'grad' | 'jvp' | 'functionalize' | 'other';
  readonly level: number;
  /** Of a vmap. */
  readonly batchSize: number;
  readonly randomness: Randomness;
  /** Of the others: the mode they found. */
  readonly modeBefore: boolean;
}

export function topLayer(): Layer | undefined {
  const top = call(native.func_top);
  if (top === null) return undefined;
  const [kind, level, batchSize, last] = top;
  return {
    kind,
    level,
    batchSize: batchSize ?? 0,
    randomness: typeof last === 'string' ? last : 'error',
    modeBefore: last === true,
  };
}

/** Whether a transform is under way. */
export function transformsActive(): boolean {
  return call(native.func_depth) > 0;
}

function withLayer<Result>(level: number, body: (level: number) => Result): Result {
  try {
    return body(level);
  } finally {
    call(native.func_pop, level);
  }
}

const NO_SAVED_HOOKS =
  "torch.func.{grad, vjp, jacrev, hessian} don't yet support saved tensor hooks. Please open an issue with your use case.";

/** Runs `body` in a layer whose graph is its own. */
export function withGradLayer<Result>(body: (level: number) => Result): Result {
  return disable_saved_tensors_hooks(NO_SAVED_HOOKS, () =>
    withLayer(call(native.func_push_grad), (level) => enable_grad(() => body(level))),
  );
}

/** Runs `body` in a layer whose tangents are its own. */
export function withJvpLayer<Result>(body: (level: number) => Result): Result {
  return withLayer(call(native.func_push_jvp), (level) => withForwardGrad(() => body(level)));
}

/** Runs `body` in a layer in which one tensor stands for a batch. */
export function withVmapLayer<Result>(
  batchSize: number,
  randomness: Randomness,
  body: (level: number) => Result,
): Result {
  return withLayer(call(native.func_push_vmap, batchSize, randomness), body);
}

/** Runs `body` in a layer without changes in place. */
export function withFunctionalizeLayer<Result>(keepViews: boolean, body: (level: number) => Result): Result {
  return withLayer(call(native.func_push_functionalize, keepViews), body);
}

/** Runs a callback in which tangents are followed. */
export function withForwardGrad<Result>(body: () => Result): Result {
  const before = isForwardGradEnabled();
  setForwardGradEnabled(true);
  try {
    return body();
  } finally {
    setForwardGradEnabled(before);
  }
}

/** Runs `body` below the top layer, under the mode that layer found. */
export function below<Result>(layer: Layer, body: () => Result): Result {
  call(native.func_lower);
  try {
    if (layer.kind === 'grad' && !layer.modeBefore) return no_grad(body);
    if (layer.kind === 'jvp' && !layer.modeBefore) return withoutForwardGrad(body);
    return body();
  } finally {
    call(native.func_raise);
  }
}
