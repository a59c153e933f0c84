import * as signatures from '../generated/optim_lr_scheduler';

/** The scheduler that watches a metric. */

import { TorchError, warn } from '../../base/errors';
import { type NumberLike, numberOf } from '../checks';
import {
  type AnyOptimizer,
  composed,
  EPOCH_DEPRECATION_WARNING,
  groupsOf,
  LRScheduler,
  ratesOf,
  setRate,
} from './scheduler';

/**
 * Reduces the learning rate when a metric stops getting better: `scheduler.step(loss)`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
 */
export class ReduceLROnPlateau extends LRScheduler {
  declare factor: number;
  declare default_min_lr: number | null;
  declare min_lrs: number[];
  declare patience: number;
  declare cooldown: number;
  declare eps: number;
  declare mode_worse: number;
  declare mode: 'min' | 'max';
  declare threshold: number;
  declare threshold_mode: 'rel' | 'abs';
  declare best: number;
  declare cooldown_counter: number;
  declare num_bad_epochs: number;

  constructor(...args: signatures.ReduceLROnPlateauArgs) {
    const given = signatures.ReduceLROnPlateau.read(args);
    const { factor, min_lr, patience, cooldown, eps } = given;
    if (factor >= 1) throw new RangeError('Factor should be < 1.0.');
    super(given.optimizer, composed, {
      factor,
      optimizer: given.optimizer,
      default_min_lr: typeof min_lr === 'number' ? min_lr : null,
      min_lrs: lowestRates(given.optimizer, min_lr),
      patience,
      cooldown,
      eps,
      last_epoch: 0,
      _last_lr: ratesOf(given.optimizer),
    });
    this.setMode(given);
    this._reset();
  }

  private setMode({
    mode,
    threshold,
    threshold_mode,
  }: {
    mode: string;
    threshold: number;
    threshold_mode: string;
  }): void {
    if (mode !== 'min' && mode !== 'max') throw new RangeError(`mode ${mode} is unknown!`);
    if (threshold_mode !== 'rel' && threshold_mode !== 'abs') {
      throw new RangeError(`threshold mode ${threshold_mode} is unknown!`);
    }
    const mode_worse = mode === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    Object.assign(this, { mode_worse, mode, threshold, threshold_mode });
  }

  /** Forgets the best metric. */
  _reset(): void {
    this.best = this.mode_worse;
    this.cooldown_counter = 0;
    this.num_bad_epochs = 0;
  }

  /** Takes the metric of an epoch. */
  override step(
    given?: NumberLike | { metrics?: NumberLike; epoch?: number | null } | null,
    more?: number | null | { epoch?: number | null },
  ): void {
    const [metrics, epoch] = signatures.ReduceLROnPlateau_step.list([given ?? undefined, more]);
    const current = numberOf(metrics);
    if (epoch !== null) warn(EPOCH_DEPRECATION_WARNING);
    this.last_epoch = epoch ?? this.last_epoch + 1;
    if (this._is_better(current, this.best)) {
      this.best = current;
      this.num_bad_epochs = 0;
    } else {
      this.num_bad_epochs++;
    }
    if (this.in_cooldown) {
      this.cooldown_counter--;
      this.num_bad_epochs = 0; // bad epochs in a cooldown do not count
    }
    if (this.num_bad_epochs > this.patience) {
      this._reduce_lr();
      this.cooldown_counter = this.cooldown;
      this.num_bad_epochs = 0;
    }
    this._last_lr = ratesOf(this.optimizer);
  }

  private _reduce_lr(): void {
    const groups = groupsOf(this.optimizer);
    if (groups.length !== this.min_lrs.length) {
      if (this.default_min_lr === null) {
        throw new TorchError(
          `The number of param groups in the \`optimizer\` (${groups.length}) differs from when ` +
            `\`ReduceLROnPlateau\` was initialized (${this.min_lrs.length}), usually due to a new param group being ` +
            'added to the optimizer. Please modify the `min_lrs` field to match the length of the `optimizer` param ' +
            'groups.',
        );
      }
      this.min_lrs = groups.map(() => this.default_min_lr!);
    }
    groups.forEach((group, i) => {
      const before = numberOf(group.lr);
      const after = Math.max(before * this.factor, this.min_lrs[i]!);
      if (before - after > this.eps) setRate(group, after);
    });
  }

  get in_cooldown(): boolean {
    return this.cooldown_counter > 0;
  }

  _is_better(a: number, best: number): boolean {
    const { mode, threshold, threshold_mode } = this;
    if (mode === 'min') return threshold_mode === 'rel' ? a < best * (1 - threshold) : a < best - threshold;
    return threshold_mode === 'rel' ? a > best * (threshold + 1) : a > best + threshold;
  }

  override load_state_dict(state_dict: Record<string, unknown>): void {
    super.load_state_dict(state_dict);
    this.setMode(this);
  }
}

function lowestRates(optimizer: AnyOptimizer, min_lr: number | readonly number[]): number[] {
  const count = groupsOf(optimizer).length;
  if (typeof min_lr === 'number') return new Array<number>(count).fill(min_lr);
  if (min_lr.length !== count) throw new RangeError(`expected ${count} min_lrs, got ${min_lr.length}`);
  return [...min_lr];
}
