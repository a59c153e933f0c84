/** Optimizers whose step is one native call a parameter group. */

import { TorchError } from '../base/errors';
import { dtypes } from '../base/types';
import { call } from '../native/frame';
import type { NativeFunction, NativeStep } from '../native/functions';
import { keep as keepBeyondScopes } from '../native/memory';
import { watching } from '../operators/watch';
import { get_default_dtype, tensor } from '../tensor/creation';
import { Tensor } from '../tensor/tensor';
import type { ParamGroup } from './arguments';
import type { NumberLike } from './checks';
import { type GivenClosure, Optimizer, runClosure } from './optimizer';

/** Gives its native step all parameters of a group and their state; state made there comes back. */
export abstract class NativeOptimizer<Options extends object, State extends object> extends Optimizer<Options, State> {
  /** The names of a parameter's state in the order of the native step. */
  protected abstract readonly slots: readonly (keyof State & string)[];
  /** Those that older versions saved as numbers. */
  protected readonly counters: readonly (keyof State & string)[] = ['step' as keyof State & string];
  protected abstract readonly native: NativeFunction<NativeStep>;

  /** The options of a group in the order of the native step: `commonOf`, then the optimizer's own. */
  protected abstract optionsOf(group: ParamGroup<Options>): unknown[];

  override step(closure?: null): null;
  override step<Loss>(closure: GivenClosure<Loss>): Loss;
  override step(closure?: GivenClosure<unknown> | null): unknown {
    const loss = runClosure(closure);
    for (const group of this.param_groups) this.stepGroup(group);
    return loss;
  }

  private stepGroup(group: ParamGroup<Options>): void {
    const { slots, state } = this;
    const { params } = group;
    const values: unknown[] = [];
    if ((group as { fused?: boolean | null }).fused) params.forEach(checkFusable);
    for (const param of params) {
      const known = state.get(param);
      values.push(param);
      for (const slot of slots) values.push(known?.[slot] ?? null);
    }
    watching.writes?.(params);
    const made = call(this.native, values, ...this.optionsOf(group));
    for (let at = 0; at < made.length; at += slots.length + 1) {
      this.keep(params[made[at] as number]!, made.slice(at + 1, at + 1 + slots.length) as (Tensor | null)[]);
    }
  }

  /** Takes over the state that the native step made for a parameter; it outlives the `tidy` the step was made in. */
  protected keep(param: Tensor, made: (Tensor | null)[]): void {
    const state: Record<string, unknown> = (this.state.get(param) as Record<string, unknown>) ?? {};
    this.slots.forEach((slot, i) => {
      const value = made[i];
      if (value instanceof Tensor) state[slot] = keepBeyondScopes(value);
    });
    this.state.set(param, state as State);
  }

  protected override restore(): void {
    super.restore();
    for (const state of this.state.values() as Iterable<Record<string, unknown>>) {
      for (const name of this.counters) {
        if (name in state && !(state[name] instanceof Tensor)) state[name] = counter(Number(state[name]));
      }
    }
  }
}

/** Fused kernels are for floating point in memory. */
function checkFusable(param: Tensor): void {
  if (param.grad === null || (param.is_floating_point() && !param.is_meta)) return;
  const devices = "['mps', 'cuda', 'xpu', 'hpu', 'cpu', 'mtia', 'privateuseone']";
  throw new TorchError(
    `\`fused=True\` requires all the params to be floating point Tensors of supported devices: ${devices} ` +
      `but ${param.dtype} and ${param.device.type}`,
  );
}

/** Options that most optimizers have, in the order of native/optim/group.h. */
export function commonOf(group: {
  lr: NumberLike;
  weight_decay?: NumberLike;
  decoupled_weight_decay?: boolean;
  maximize?: boolean;
  capturable?: boolean;
  differentiable?: boolean;
  foreach?: boolean | null;
  fused?: boolean | null;
}): unknown[] {
  return [
    group.lr,
    group.weight_decay ?? 0,
    group.decoupled_weight_decay ?? false,
    group.maximize ?? false,
    group.capturable ?? false,
    group.differentiable ?? false,
    // Whoever refuses one implementation gets the plainest, as in Python.
    group.foreach ?? (group.fused === false ? false : null),
  ];
}

/** A step counter as PyTorch keeps it: float32, unless the default dtype is float64. */
export function counter(value: number): Tensor {
  return tensor(value, { dtype: get_default_dtype() === dtypes.float64 ? dtypes.float64 : dtypes.float32 });
}
