import * as signatures from '../generated/optim_lr_scheduler';

/** Schedulers that follow a cosine. */

import { requireNumber } from '../../arguments/checks';
import { cos, log, pow } from '../../native/c_math';
import { typeName } from '../../native/kinds';
import type { NumberLike } from '../checks';
import { minus, over, plus, times } from '../number';
import { LRScheduler } from './scheduler';

/** Down to `eta_min` along half a cosine in `T_max` epochs. https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html */
export class CosineAnnealingLR extends LRScheduler {
  declare T_max: number;
  declare eta_min: number;

  constructor(...args: signatures.CosineAnnealingLRArgs) {
    const given = signatures.CosineAnnealingLR.read(args);
    super(given.optimizer, given.last_epoch, { T_max: given.T_max, eta_min: given.eta_min });
  }

  override get_lr(): NumberLike[] {
    this.warnOutsideStep();
    const { last_epoch, T_max, eta_min, lrs } = this;
    if (this._is_initial) return lrs;
    if (this._step_count === 1 && last_epoch > 0) return this._get_closed_form_lr();
    if ((last_epoch - 1 - T_max) % (2 * T_max) === 0) {
      const part = 1 - cos(Math.PI / T_max);
      return this.base_lrs.map((base, i) => plus(lrs[i]!, over(times(minus(base, eta_min), part), 2)));
    }
    const part = 1 + cos((Math.PI * last_epoch) / T_max);
    const before = 1 + cos((Math.PI * (last_epoch - 1)) / T_max);
    return lrs.map((rate) => plus(times(part / before, minus(rate, eta_min)), eta_min));
  }

  override _get_closed_form_lr(): NumberLike[] {
    const { last_epoch, T_max, eta_min } = this;
    const part = 1 + cos((Math.PI * last_epoch) / T_max);
    return this.base_lrs.map((base) => plus(eta_min, over(times(minus(base, eta_min), part), 2)));
  }
}

/** Half a cosine, again and again, each `T_mult` times as long. https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.html */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  declare T_0: number;
  declare T_i: number;
  declare T_mult: number;
  declare eta_min: number;
  declare T_cur: number;

  constructor(...args: signatures.CosineAnnealingWarmRestartsArgs) {
    const given = signatures.CosineAnnealingWarmRestarts.read(args);
    const { T_0, T_mult, eta_min, last_epoch } = given;
    if (!(T_0 > 0 && Number.isInteger(T_0))) throw new RangeError(`Expected positive integer T_0, but got ${T_0}`);
    if (!(T_mult >= 1 && Number.isInteger(T_mult))) {
      throw new RangeError(`Expected integer T_mult >= 1, but got ${T_mult}`);
    }
    if (typeof eta_min !== 'number') {
      throw new RangeError(`Expected float or int eta_min, but got ${eta_min} of type ${typeName(eta_min)}`);
    }
    super(given.optimizer, last_epoch, { T_0, T_i: T_0, T_mult, eta_min, T_cur: last_epoch });
  }

  override get_lr(): NumberLike[] {
    this.warnOutsideStep();
    const { T_cur, T_i, eta_min } = this;
    const part = 1 + cos((Math.PI * T_cur) / T_i);
    return this.base_lrs.map((base) => plus(eta_min, over(times(minus(base, eta_min), part), 2)));
  }

  /** Goes to the next epoch, or to one that may be a fraction: `step(epoch + batch / batches)`. */
  override step(...args: signatures.CosineAnnealingWarmRestartsStepArgs): void {
    const [epoch] = signatures.CosineAnnealingWarmRestarts_step.list(args);
    if (epoch !== null) requireNumber('CosineAnnealingWarmRestarts.step', 'epoch', epoch);
    const target = epoch === null && this.last_epoch < 0 ? 0 : epoch;
    if (target === null) this.goOn();
    else this.goTo(target);
    this.last_epoch = Math.floor(target ?? this.last_epoch + 1);
    this._set(() => this.get_lr());
  }

  private goOn(): void {
    this.T_cur++;
    if (this.T_cur < this.T_i) return;
    this.T_cur %= this.T_i;
    this.T_i *= this.T_mult;
  }

  private goTo(epoch: number): void {
    const { T_0, T_mult } = this;
    if (epoch < 0) throw new RangeError(`Expected non-negative epoch, but got ${epoch}`);
    if (epoch < T_0) {
      this.T_i = T_0;
      this.T_cur = epoch;
    } else if (T_mult === 1) {
      this.T_cur = epoch % T_0;
    } else {
      const restarts = Math.trunc(log((epoch / T_0) * (T_mult - 1) + 1) / log(T_mult));
      this.T_cur = epoch - (T_0 * (pow(T_mult, restarts) - 1)) / (T_mult - 1);
      this.T_i = T_0 * pow(T_mult, restarts);
    }
  }
}
