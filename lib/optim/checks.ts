/** Checks of options, with PyTorch's messages. */
import { Tensor } from '../tensor/tensor';
import { valueText } from './text';

/** An option that may be a number or a tensor of one element. */
export type NumberLike = number | Tensor;

export function numberOf(value: NumberLike): number {
  return value instanceof Tensor ? Number(value.item()) : value;
}

/** @throws RangeError unless `ok` */
export function check(ok: boolean, message: string, value?: unknown): void {
  if (!ok) throw new RangeError(value === undefined ? message : `${message}: ${valueText(value)}`);
}

/** @throws RangeError for a negative learning rate or a tensor of several elements */
export function checkLearningRate(lr: NumberLike, message = 'Invalid learning rate'): void {
  if (lr instanceof Tensor) check(lr.numel() === 1, 'Tensor lr must be 1-element');
  check(numberOf(lr) >= 0, message, lr);
}

/** Checks both coefficients of running averages. */
export function checkBetas(betas: readonly NumberLike[]): void {
  betas.forEach((beta, i) => {
    check(numberOf(beta) >= 0 && numberOf(beta) < 1, `Invalid beta parameter at index ${i}`, beta);
  });
}

/** Checks an option that may be zero but not less. */
export function checkNotNegative(what: string, value: NumberLike): void {
  check(numberOf(value) >= 0, `Invalid ${what}`, value);
}
