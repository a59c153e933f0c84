/** Whether operations carry tangents along: the thread's mode of forward-mode differentiation. */
import { native } from '../native/addon';
import { call } from '../native/frame';

export function isForwardGradEnabled(): boolean {
  return call(native.is_forward_grad_enabled);
}

export function setForwardGradEnabled(enabled: boolean): void {
  call(native.set_forward_grad_enabled, enabled);
}

/** Runs a callback in which tangents are ignored. */
export function withoutForwardGrad<Result>(callback: () => Result): Result {
  const before = isForwardGradEnabled();
  setForwardGradEnabled(false);
  try {
    return callback();
  } finally {
    setForwardGradEnabled(before);
  }
}
