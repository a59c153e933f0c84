/** What a value of a traced graph is while it is written as ONNX. */
import type { DType } from '../base/types';

/** Known when the model is exported: a number, a flag, a text, null. */
export interface Known {
  readonly kind: 'known';
  readonly value: unknown;
}

/** Known when the model runs. Numbers that come from sizes are tensors of no dimension too. */
export interface Computed {
  readonly kind: 'computed';
  readonly name: string;
  readonly dtype: DType;
  /** Those of the example. */
  readonly sizes: readonly number[];
  /** Which of them depend on the inputs' sizes. */
  readonly dynamic: readonly boolean[];
  /** Whether a size depends on what is in the inputs, in which case any of them may. */
  readonly open?: boolean;
}

export interface List {
  readonly kind: 'list';
  readonly items: readonly Value[];
  /** Of an object that goes in. */
  readonly keys?: readonly string[];
}

export type Value = Known | Computed | List;

export const known = (value: unknown): Known => ({ kind: 'known', value });
export const list = (items: readonly Value[]): List => ({ kind: 'list', items });
export const dict = (keys: readonly string[], items: readonly Value[]): List => ({ kind: 'list', items, keys });
