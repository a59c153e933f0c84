/** The base of all schedulers. https://docs.pytorch.org/docs/2.13/optim.html#how-to-adjust-learning-rate */

import { Signature } from '../../arguments/signature';
import { NotImplementedError, warn } from '../../base/errors';
import { typeName } from '../../native/kinds';
import { Tensor } from '../../tensor/tensor';
import { type NumberLike, numberOf } from '../checks';
import * as signatures from '../generated/optim_lr_scheduler';
import { snapshot } from '../number';
import { Optimizer } from '../optimizer';

/** Any optimizer, whatever its options. */
export type AnyOptimizer = Optimizer<object, object>;

/** What schedulers read and write in a parameter group. */
export interface Group {
  lr: NumberLike;
  initial_lr?: NumberLike;
  momentum?: NumberLike;
  betas?: readonly NumberLike[];
  max_lr?: NumberLike;
  min_lr?: NumberLike;
  swa_lr?: NumberLike;
  max_momentum?: NumberLike;
  base_momentum?: NumberLike;
}

/** @throws TypeError for what is no optimizer */
export function groupsOf(optimizer: AnyOptimizer): Group[] {
  if (optimizer instanceof Optimizer) return optimizer.param_groups as Group[];
  const name = typeof optimizer === 'function' ? (optimizer as object).constructor.name : typeName(optimizer); // a module is callable
  throw new TypeError(`${name} is not an Optimizer`);
}

/** The learning rates of all groups now. */
export function ratesOf(optimizer: AnyOptimizer): NumberLike[] {
  return snapshots(optimizer, 'lr');
}

function snapshots(optimizer: AnyOptimizer, key: 'lr' | 'initial_lr'): NumberLike[] {
  return groupsOf(optimizer).map((group) => snapshot(group[key]!));
}

/** Sets a learning rate; a tensor is filled, since a captured graph may read it. */
export function setRate(group: Group, value: NumberLike): void {
  if (group.lr instanceof Tensor) group.lr.fill_(numberOf(value));
  else group.lr = value;
}

/** One value a group, from one for all or a list; tensors are copied, so that later changes leave the schedule alone. */
export function perGroup(
  name: string,
  optimizer: AnyOptimizer,
  value: NumberLike | readonly NumberLike[],
): NumberLike[] {
  const count = groupsOf(optimizer).length;
  if (!Array.isArray(value)) return Array.from({ length: count }, () => snapshot(value as NumberLike));
  if (value.length !== count) {
    throw new RangeError(
      `${name} must have the same length as optimizer.param_groups. ${name} has ${value.length} values, ` +
        `param_groups has ${count}.`,
    );
  }
  return value.map(snapshot);
}

const guide = 'https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate';
export const EPOCH_DEPRECATION_WARNING =
  'The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use ' +
  '`scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from None, the closed form ' +
  'is used instead of the new chainable form, where available. Please open an issue if you are unable to replicate ' +
  'your use case: https://github.com/pytorch/pytorch/issues/new/choose.';

/** The `step` functions that note their calls, and the optimizers that were stepped. */
const tracking = new WeakSet<object>();
const stepped = new WeakSet<object>();

/** Notes when the optimizer steps, to warn of a scheduler that steps before it. */
function trackSteps(optimizer: AnyOptimizer): void {
  if (tracking.has(optimizer.step)) return;
  const plain = optimizer.step as (...args: unknown[]) => unknown;
  const step = (...args: unknown[]): unknown => {
    stepped.add(optimizer);
    return plain.apply(optimizer, args);
  };
  tracking.add(step);
  Object.defineProperty(optimizer, 'step', { value: step, writable: true, configurable: true });
}

/** A scheduler that sets itself up: one that runs others. */
export const composed: unique symbol = Symbol('composed');

/**
 * Sets the learning rate of every group after each epoch. A subclass of yours defines `get_lr`, and passes what that
 * needs as the third argument of `super`, since the first learning rates are computed there:
 * `super(optimizer, last_epoch, { gamma })`.
 */
export class LRScheduler {
  declare optimizer: AnyOptimizer;
  declare base_lrs: NumberLike[];
  declare last_epoch: number;
  declare _step_count: number;
  declare _last_lr: NumberLike[];
  /** @internal whether the first learning rates are being computed */
  declare _is_initial: boolean;
  /** @internal */
  declare _get_lr_called_within_step: boolean;

  /**
   * Computes the first learning rates.
   * @throws TypeError when `optimizer` is none
   * @throws RangeError when a group of a resumed training has no `initial_lr`
   */
  constructor(optimizer: AnyOptimizer, last_epoch: number | typeof composed = -1, fields: object = {}) {
    signatures.LRScheduler.list([optimizer]);
    Object.assign(this, fields);
    if (last_epoch === composed) return;
    this.optimizer = optimizer;
    const groups = groupsOf(optimizer);
    if (last_epoch === -1) for (const group of groups) group.initial_lr ??= snapshot(group.lr);
    groups.forEach((group, i) => {
      if (group.initial_lr === undefined) throw new RangeError(resumeMessage(i));
    });
    this.base_lrs = snapshots(optimizer, 'initial_lr');
    this.last_epoch = last_epoch;
    trackSteps(optimizer);
    this._initial_step();
  }

  /** @internal the first learning rates */
  _initial_step(): void {
    this._step_count = 0;
    this._is_initial = true;
    try {
      this.step();
    } finally {
      this._is_initial = false;
    }
  }

  /** The state as a plain object: everything but the optimizer. */
  state_dict(): Record<string, unknown> {
    const { optimizer: _, ...state } = this;
    return state;
  }

  /** Goes on from what `state_dict()` gave. */
  load_state_dict(state_dict: Record<string, unknown>): void {
    Object.assign(this, state_dict);
  }

  /** The learning rates that were set last. */
  get_last_lr(): NumberLike[] {
    return this._last_lr;
  }

  /** Computes the learning rates of this epoch, one a group. */
  get_lr(): NumberLike[] {
    throw new NotImplementedError(`${this.constructor.name} does not define get_lr()`);
  }

  /** @internal computes them from the epoch alone; null where that is not possible */
  _get_closed_form_lr(): NumberLike[] | null {
    return null;
  }

  /** Goes to the next epoch. Call it after `optimizer.step()`. */
  step(epoch?: number | null | { epoch?: number | null }): void {
    if (this._step_count === 1) this.warnAboutOrder();
    this._step_count++;
    const given = epochOf(epoch);
    if (given !== null) warn(EPOCH_DEPRECATION_WARNING);
    this._update_lr(given);
  }

  private warnAboutOrder(): void {
    if (!tracking.has(this.optimizer.step)) {
      warn(
        'Seems like `optimizer.step()` has been overridden after learning rate scheduler initialization. Please, ' +
          `make sure to call \`optimizer.step()\` before \`lr_scheduler.step()\`. See more details at ${guide}`,
      );
    } else if (!stepped.has(this.optimizer)) {
      warn(
        'Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you should ' +
          'call them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this ' +
          `will result in PyTorch skipping the first value of the learning rate schedule. See more details at ${guide}`,
      );
    }
  }

  /** @internal */
  _update_lr(epoch: number | null = null): void {
    this.last_epoch = epoch ?? this.last_epoch + 1;
    this._set(() => (epoch === null ? null : this._get_closed_form_lr()) ?? this.get_lr());
  }

  /** @internal sets what `compute` gives */
  _set(compute: () => NumberLike[]): void {
    this._get_lr_called_within_step = true;
    let rates: NumberLike[];
    try {
      rates = compute();
    } finally {
      this._get_lr_called_within_step = false;
    }
    const groups = groupsOf(this.optimizer);
    if (rates.length !== groups.length) {
      const which = rates.length < groups.length ? 'shorter' : 'longer';
      throw new RangeError(`zip() argument 2 is ${which} than argument 1`);
    }
    groups.forEach((group, i) => {
      setRate(group, rates[i]!);
    });
    this._last_lr = ratesOf(this.optimizer);
  }

  /** Warns of a call of `get_lr` from outside: it may not be the learning rate in use. */
  protected warnOutsideStep(): void {
    if (this._get_lr_called_within_step) return;
    warn('To get the last learning rate computed by the scheduler, please use `get_last_lr()`.');
  }

  /** The learning rates each scheduler started from. */
  protected get bases(): number[] {
    return this.base_lrs.map(numberOf);
  }

  /** The learning rates in use. */
  protected get rates(): number[] {
    return this.lrs.map(numberOf);
  }

  /** The same as PyTorch keeps them: a tensor where the group has one. */
  protected get lrs(): NumberLike[] {
    return ratesOf(this.optimizer);
  }
}

Object.assign(LRScheduler.prototype, { _is_initial: false, _get_lr_called_within_step: false });

const ofStep = new Signature<{ epoch: number | null }>('LRScheduler.step', { epoch: null });

function epochOf(epoch: number | null | undefined | { epoch?: number | null }): number | null {
  return ofStep.read([epoch]).epoch;
}

function resumeMessage(group: number): string {
  return (
    `param 'initial_lr' is not specified in param_groups[${group}] when resuming scheduler with last_epoch >= 0.\n` +
    'This typically happens when:\n' +
    "1. You're trying to resume training from a checkpoint but haven't properly loaded the optimizer state\n" +
    "2. You're using last_epoch >= 0 for a fresh training run (not recommended)"
  );
}
