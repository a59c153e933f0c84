/** Scales losses so that small gradients do not vanish in float16. https://docs.pytorch.org/docs/2.13/amp.html#gradient-scaling */

import { refuse, requireNumber, requireString } from '../arguments/checks';
import { AssertionError, TorchError, warn } from '../base/errors';
import { Device, dtypes } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isList } from '../native/kinds';
import { callOperator } from '../operators/operator';
import type { AnyOptimizer } from '../optim/lr_scheduler/scheduler';
import { Tensor } from '../tensor/tensor';
import * as signatures from './generated/amp';

export type { GradScalerOptions } from './generated/amp';

export interface GradScalerState {
  scale: number;
  growth_factor: number;
  backoff_factor: number;
  growth_interval: number;
  _growth_tracker: number;
}

/** Where an optimizer is between two updates of the scale. */
interface Progress {
  stage: 'ready' | 'unscaled' | 'stepped';
  /** One flag a device: whether a gradient was not finite. */
  foundInf: Tensor[];
}

/** Optimizers whose fused step unscales the gradients itself. */
interface Fused {
  _step_supports_amp_scaling?: boolean;
  grad_scale: Tensor | null;
  found_inf: Tensor | null;
}

/** Tensors, in lists as deep as you like. */
export type Outputs = Tensor | readonly Outputs[];

function full(value: number, device: Device, dtype = dtypes.float32): Tensor {
  return callOperator('full', [], value, dtype, null, device);
}

/** Anything that has parameter groups and steps. */
function requireOptimizer(name: string, value: unknown): void {
  const { param_groups, step } = (value ?? {}) as Partial<AnyOptimizer>;
  if (!isList(param_groups) || typeof step !== 'function') {
    refuse(`GradScaler.${name}`, 'optimizer', 'an Optimizer', value);
  }
}

/**
 * Scales losses, unscales gradients before an optimizer's step, and skips steps whose gradients are not finite:
 * `scaler.scale(loss).backward(); scaler.step(optimizer); scaler.update()`.
 * https://docs.pytorch.org/docs/2.13/amp.html#torch.amp.GradScaler
 */
export class GradScaler {
  private readonly device: string;
  private readonly enabled: boolean;
  private initScale: number;
  private initTracker = 0;
  private growthFactor: number;
  private backoffFactor: number;
  private growthInterval: number;
  /** Made where the first output is. */
  private tensors: { scale: Tensor; tracker: Tensor } | null = null;
  private progress = new Map<AnyOptimizer, Progress>();

  constructor(...args: signatures.GradScalerArgs) {
    const given = signatures.GradScaler.read(args);
    const missing = given.enabled && given.device === 'cuda' && call(native.device_count, new Device('cuda')) === 0;
    if (missing) warn('torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.');
    requireString('GradScaler', 'device', given.device);
    for (const name of ['init_scale', 'growth_factor', 'backoff_factor', 'growth_interval'] as const) {
      requireNumber('GradScaler', name, given[name]);
    }
    this.device = given.device;
    this.enabled = given.enabled && !missing;
    if (this.enabled && given.growth_factor <= 1) throw new AssertionError('The growth factor must be > 1.0.');
    if (this.enabled && given.backoff_factor >= 1) throw new AssertionError('The backoff factor must be < 1.0.');
    this.initScale = given.init_scale;
    this.growthFactor = given.growth_factor;
    this.backoffFactor = given.backoff_factor;
    this.growthInterval = given.growth_interval;
  }

  /** Multiplies a loss, or several outputs, by the scale. */
  scale<Given extends Outputs>(outputs: Given | { outputs: Given }): Given {
    const [given] = signatures.GradScaler_scale.list([outputs]);
    return (this.enabled ? this.scaled(given as Outputs) : given) as Given;
  }

  private scaled(outputs: Outputs): Outputs {
    if (isList(outputs)) return outputs.map((each: Outputs) => this.scaled(each));
    if (!(outputs instanceof Tensor)) throw new RangeError('outputs must be a Tensor or an iterable of Tensors');
    const { device } = outputs;
    this.tensors ??= { scale: full(this.initScale, device), tracker: full(this.initTracker, device, dtypes.int32) };
    return outputs.mul(this.tensors.scale.to(device));
  }

  private used(name: string): { scale: Tensor; tracker: Tensor } {
    if (this.tensors !== null) return this.tensors;
    throw new AssertionError(
      `Attempted ${name} but _scale is None.  This may indicate your script did not use scaler.scale(loss or outputs) ` +
        'earlier in the iteration.',
    );
  }

  private progressOf(optimizer: AnyOptimizer): Progress {
    const known = this.progress.get(optimizer) ?? { stage: 'ready', foundInf: [] };
    this.progress.set(optimizer, known);
    return known;
  }

  /** Multiplies the gradients and notes whether one is not finite. */
  private check(optimizer: AnyOptimizer, inverse: Tensor, allowHalf: boolean): Tensor[] {
    const params = optimizer.param_groups.flatMap((group) => group.params);
    return call(native.amp_unscale, params, inverse, full(0, inverse.device), allowHalf);
  }

  /** Divides the gradients of an optimizer by the scale; call it before clipping them. `step` does it otherwise. */
  unscale_(...args: signatures.GradScalerUnscale_Args): void {
    const [optimizer] = signatures.GradScaler_unscale_.list(args);
    requireOptimizer('unscale_', optimizer);
    if (!this.enabled) return;
    const { scale } = this.used('unscale_');
    const progress = this.progressOf(optimizer);
    if (progress.stage === 'unscaled') {
      throw new TorchError('unscale_() has already been called on this optimizer since the last update().');
    }
    if (progress.stage === 'stepped') throw new TorchError('unscale_() is being called after step().');
    const inverse = scale.double().reciprocal().float();
    progress.foundInf = this.check(optimizer, inverse, false);
    progress.stage = 'unscaled';
  }

  /** Steps the optimizer unless a gradient is not finite. */
  step(optimizer: AnyOptimizer | { optimizer: AnyOptimizer }, ...given: unknown[]): unknown {
    const { own, args: positional, kwargs } = signatures.GradScaler_step.split([optimizer, ...given]);
    return this.stepOf(own[0], Object.keys(kwargs).length > 0 ? [...positional, kwargs] : positional);
  }

  private stepOf(optimizer: AnyOptimizer, args: unknown[]): unknown {
    requireOptimizer('step', optimizer);
    const run = () => (optimizer.step as (...given: unknown[]) => unknown)(...args);
    if (!this.enabled) return run();
    if (args.length > 0) throw new TorchError('Closure use is not currently supported if GradScaler is enabled.');
    const { scale } = this.used('step');
    const progress = this.progressOf(optimizer);
    if (progress.stage === 'stepped') throw new TorchError('step() has already been called since the last update().');
    const fused = optimizer as unknown as Fused;
    const result = fused._step_supports_amp_scaling
      ? this.fusedStep(fused, progress, scale, run)
      : this.plainStep(optimizer, progress, run);
    progress.stage = 'stepped';
    return result;
  }

  private plainStep(optimizer: AnyOptimizer, progress: Progress, run: () => unknown): unknown {
    if (progress.stage === 'ready') this.unscale_(optimizer);
    if (progress.foundInf.length === 0) throw new AssertionError('No inf checks were recorded for this optimizer.');
    return progress.foundInf.some((flag) => flag.item() !== 0) ? null : run();
  }

  private fusedStep(optimizer: Fused, progress: Progress, scale: Tensor, run: () => unknown): unknown {
    const fresh = progress.stage === 'ready';
    if (fresh) progress.foundInf = this.check(optimizer as unknown as AnyOptimizer, full(1, scale.device), true);
    optimizer.grad_scale = fresh ? scale : null;
    optimizer.found_inf = this.sum(progress.foundInf, scale.device);
    try {
      return run();
    } finally {
      optimizer.grad_scale = null;
      optimizer.found_inf = null;
    }
  }

  private sum(flags: readonly Tensor[], device: Device): Tensor {
    return flags.map((flag) => flag.to(device)).reduce((a, b) => a.add(b), full(0, device));
  }

  /** Makes the scale smaller if a gradient was not finite, and larger after long enough without; or sets it. */
  update(...args: signatures.GradScalerUpdateArgs): void {
    const [new_scale] = signatures.GradScaler_update.list(args);
    if (!this.enabled) return;
    const { scale, tracker } = this.used('update');
    if (new_scale !== null) this.setScale(scale, new_scale);
    else {
      const flags = [...this.progress.values()].flatMap((progress) => progress.foundInf);
      if (flags.length === 0) throw new AssertionError('No inf checks were recorded prior to update.');
      const found = this.sum(flags, scale.device);
      const { growthFactor, backoffFactor, growthInterval } = this;
      callOperator('_amp_update_scale_', scale, tracker, found, growthFactor, backoffFactor, growthInterval);
    }
    this.progress = new Map();
  }

  private setScale(scale: Tensor, value: number | Tensor): void {
    if (!(value instanceof Tensor)) return void scale.fill_(value);
    if (value.device.type !== this.device || value.numel() !== 1 || value.requires_grad) {
      throw new TorchError(
        'new_scale should be a float or a 1-element torch.cuda.FloatTensor or torch.FloatTensor with requires_grad=False.',
      );
    }
    scale.copy_(value);
  }

  /** The scale as a number; 1 when disabled. */
  get_scale(): number {
    if (!this.enabled) return 1;
    return this.tensors === null ? this.initScale : this.tensors.scale.item();
  }

  /** What the scale is multiplied by after enough good steps. */
  get_growth_factor(): number {
    return this.growthFactor;
  }

  /** Sets the factor that the scale grows by. */
  set_growth_factor(...args: signatures.GradScalerSetGrowthFactorArgs): void {
    [this.growthFactor] = signatures.GradScaler_set_growth_factor.list(args);
  }

  /** What the scale is multiplied by after a step with infinite gradients. */
  get_backoff_factor(): number {
    return this.backoffFactor;
  }

  /** Sets the factor that the scale shrinks by. */
  set_backoff_factor(...args: signatures.GradScalerSetBackoffFactorArgs): void {
    [this.backoffFactor] = signatures.GradScaler_set_backoff_factor.list(args);
  }

  /** How many good steps in a row make the scale grow. */
  get_growth_interval(): number {
    return this.growthInterval;
  }

  /** Sets how many good steps in a row make the scale grow. */
  set_growth_interval(...args: signatures.GradScalerSetGrowthIntervalArgs): void {
    [this.growthInterval] = signatures.GradScaler_set_growth_interval.list(args);
  }

  /** Whether it scales at all. */
  is_enabled(): boolean {
    return this.enabled;
  }

  /** The state as a plain object, empty when disabled. */
  state_dict(): GradScalerState | Record<string, never> {
    if (!this.enabled) return {};
    return {
      scale: this.get_scale(),
      growth_factor: this.growthFactor,
      backoff_factor: this.backoffFactor,
      growth_interval: this.growthInterval,
      _growth_tracker: this.tensors === null ? this.initTracker : this.tensors.tracker.item(),
    };
  }

  /** Goes on from what `state_dict()` gave. */
  load_state_dict(...args: signatures.GradScalerLoadStateDictArgs): void {
    const [state_dict] = signatures.GradScaler_load_state_dict.list(args);
    if (!this.enabled) return;
    if (Object.keys(state_dict).length === 0) {
      throw new TorchError(
        'The source state dict is empty, possibly because it was saved from a disabled instance of GradScaler.',
      );
    }
    const state = state_dict as GradScalerState;
    this.initScale = state.scale;
    this.initTracker = state._growth_tracker;
    this.growthFactor = state.growth_factor;
    this.backoffFactor = state.backoff_factor;
    this.growthInterval = state.growth_interval;
    this.tensors?.scale.fill_(state.scale);
    this.tensors?.tracker.fill_(state._growth_tracker);
  }
}
