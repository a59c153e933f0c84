/** Causal masks that need no memory. https://docs.pytorch.org/docs/2.13/nn.attention.bias.html */
import { inspect } from 'node:util';
import { warn } from '../../base/errors';
import { type DeviceLike, dtypes } from '../../base/types';
import { chosenDevice } from '../../context/default_device';
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';

/** The corner in which the diagonal of a mask that is not square ends. */
export const CausalVariant = { UPPER_LEFT: 1, LOWER_RIGHT: 2 } as const;
export type CausalVariant = (typeof CausalVariant)[keyof typeof CausalVariant];

/** A causal mask for `scaled_dot_product_attention`, given as its `attn_mask`. */
export class CausalBias {
  constructor(
    readonly variant: CausalVariant,
    readonly seq_len_q: number,
    readonly seq_len_kv: number,
  ) {
    if (seq_len_q > seq_len_kv && variant === CausalVariant.LOWER_RIGHT) {
      warn('Lower right causal bias will produce NaNs in the output when seq_len_q > seq_len_kv!');
    }
  }

  /** Whether this is the mask of `is_causal`. */
  get isPlain(): boolean {
    return this.variant === CausalVariant.UPPER_LEFT || this.seq_len_q === this.seq_len_kv;
  }

  /** The mask as a tensor (seq_len_q, seq_len_kv) of booleans. */
  _materialize(device: DeviceLike | null = null): Tensor {
    const shape = [this.seq_len_q, this.seq_len_kv];
    const ones = callOperator<Tensor>('ones', shape, dtypes.bool, null, chosenDevice(device));
    return ones.tril(this.variant === CausalVariant.UPPER_LEFT ? 0 : this.seq_len_kv - this.seq_len_q);
  }

  toString(): string {
    return String(this._materialize());
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** Query i sees the keys up to i. https://docs.pytorch.org/docs/2.13/generated/torch.nn.attention.bias.causal_upper_left.html */
export function causal_upper_left(seq_len_q: number, seq_len_kv: number): CausalBias {
  return new CausalBias(CausalVariant.UPPER_LEFT, seq_len_q, seq_len_kv);
}

/**
 * The last query sees all keys, the one before all but the last, and so on.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.attention.bias.causal_lower_right.html
 */
export function causal_lower_right(seq_len_q: number, seq_len_kv: number): CausalBias {
  return new CausalBias(CausalVariant.LOWER_RIGHT, seq_len_q, seq_len_kv);
}
