/** Schedulers that multiply the learning rate as training goes on. */

import { requireIterable } from '../../arguments/checks';
import { plainIntegers } from '../../arguments/integers';
import { pow } from '../../native/c_math';
import { typeName } from '../../native/kinds';
import type { NumberLike } from '../checks';
import * as signatures from '../generated/optim_lr_scheduler';
import { times } from '../number';
import { countUpTo, propertiesOf } from './arguments';
import { type AnyOptimizer, groupsOf, LRScheduler } from './scheduler';

/** A factor of the learning rate for each epoch. */
export type LrLambda = (epoch: number) => number | bigint;

/** A scheduler with a function a group; its state holds only the functions' own properties. */
abstract class FunctionScheduler extends LRScheduler {
  declare lr_lambdas: LrLambda[];

  /** What a group's function gives for this epoch. */
  protected factor(group: number): number {
    return plainIntegers('factor', this.lr_lambdas[group]!(this.last_epoch)) as number;
  }

  override state_dict(): Record<string, unknown> {
    const { lr_lambdas, ...state } = super.state_dict();
    return { ...state, lr_lambdas: (lr_lambdas as LrLambda[]).map(propertiesOf) };
  }

  override load_state_dict(state_dict: Record<string, unknown>): void {
    const { lr_lambdas, ...state } = state_dict;
    super.load_state_dict(state);
    (lr_lambdas as (object | null)[]).forEach((saved, i) => {
      if (saved !== null) Object.assign(this.lr_lambdas[i]!, saved);
    });
  }
}

function lambdasFor(optimizer: AnyOptimizer, lr_lambda: LrLambda | readonly LrLambda[]): LrLambda[] {
  const count = groupsOf(optimizer).length;
  if (!Array.isArray(lr_lambda)) return new Array<LrLambda>(count).fill(lr_lambda as LrLambda);
  if (lr_lambda.length !== count) throw new RangeError(`Expected ${count} lr_lambdas, but got ${lr_lambda.length}`);
  return [...lr_lambda];
}

/** The initial learning rate times a function of the epoch. https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.LambdaLR.html */
export class LambdaLR extends FunctionScheduler {
  constructor(...args: signatures.LambdaLRArgs) {
    const given = signatures.LambdaLR.read(args);
    super(given.optimizer, given.last_epoch, { lr_lambdas: lambdasFor(given.optimizer, given.lr_lambda) });
  }

  override get_lr(): NumberLike[] {
    this.warnOutsideStep();
    return this.base_lrs.map((base, i) => times(base, this.factor(i)));
  }
}

/** The learning rate times a function of the epoch, each epoch. https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.MultiplicativeLR.html */
export class MultiplicativeLR extends FunctionScheduler {
  constructor(...args: signatures.MultiplicativeLRArgs) {
    const given = signatures.MultiplicativeLR.read(args);
    const lr_lambdas = lambdasFor(given.optimizer, given.lr_lambda);
    for (const each of lr_lambdas) {
      if (typeof each !== 'function') {
        throw new TypeError(`lr_lambda should be a function, but got ${typeName(each)}`);
      }
    }
    super(given.optimizer, given.last_epoch, { lr_lambdas });
  }

  override get_lr(): NumberLike[] {
    this.warnOutsideStep();
    if (this._is_initial) return this.lrs;
    return this.lrs.map((rate, i) => times(rate, this.factor(i)));
  }
}

/** Multiplies by `gamma` every `step_size` epochs. https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.StepLR.html */
export class StepLR extends LRScheduler {
  declare step_size: number;
  declare gamma: number;

  constructor(...args: signatures.StepLRArgs) {
    const given = signatures.StepLR.read(args);
    super(given.optimizer, given.last_epoch, { step_size: given.step_size, gamma: given.gamma });
  }

  override get_lr(): NumberLike[] {
    this.warnOutsideStep();
    if (this.last_epoch === 0 || this.last_epoch % this.step_size !== 0) return this.lrs;
    return this.lrs.map((rate) => times(rate, this.gamma));
  }

  override _get_closed_form_lr(): NumberLike[] {
    return this.base_lrs.map((base) => times(base, pow(this.gamma, Math.floor(this.last_epoch / this.step_size))));
  }
}

/** Multiplies by `gamma` at each milestone. https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.MultiStepLR.html */
export class MultiStepLR extends LRScheduler {
  /** How often each epoch is a milestone. */
  declare milestones: Record<number, number>;
  declare gamma: number;

  constructor(...args: signatures.MultiStepLRArgs) {
    const given = signatures.MultiStepLR.read(args);
    const milestones: Record<number, number> = {};
    requireIterable('MultiStepLR', 'milestones', given.milestones);
    for (const epoch of given.milestones) milestones[epoch] = (milestones[epoch] ?? 0) + 1;
    super(given.optimizer, given.last_epoch, { milestones, gamma: given.gamma });
  }

  override get_lr(): NumberLike[] {
    this.warnOutsideStep();
    const count = this.milestones[this.last_epoch];
    if (count === undefined) return this.lrs;
    return this.lrs.map((rate) => times(rate, pow(this.gamma, count)));
  }

  override _get_closed_form_lr(): NumberLike[] {
    const epochs = Object.entries(this.milestones).flatMap(([epoch, count]) =>
      new Array<number>(count).fill(Number(epoch)),
    );
    return this.base_lrs.map((base) => times(base, pow(this.gamma, countUpTo(epochs, this.last_epoch))));
  }
}

/** Multiplies by `gamma` every epoch. https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.ExponentialLR.html */
export class ExponentialLR extends LRScheduler {
  declare gamma: number;

  constructor(...args: signatures.ExponentialLRArgs) {
    const given = signatures.ExponentialLR.read(args);
    super(given.optimizer, given.last_epoch, { gamma: given.gamma });
  }

  override get_lr(): NumberLike[] {
    this.warnOutsideStep();
    return this._is_initial ? this.lrs : this.lrs.map((rate) => times(rate, this.gamma));
  }

  override _get_closed_form_lr(): NumberLike[] {
    return this.base_lrs.map((base) => times(base, pow(this.gamma, this.last_epoch)));
  }
}

/** Falls to zero along a polynomial. https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.PolynomialLR.html */
export class PolynomialLR extends LRScheduler {
  declare total_iters: number;
  declare power: number;

  constructor(...args: signatures.PolynomialLRArgs) {
    const given = signatures.PolynomialLR.read(args);
    super(given.optimizer, given.last_epoch, { total_iters: given.total_iters, power: given.power });
  }

  override get_lr(): NumberLike[] {
    this.warnOutsideStep();
    const { last_epoch, total_iters, power } = this;
    if (this._is_initial || last_epoch > total_iters) return this.lrs;
    const factor = pow((1 - last_epoch / total_iters) / (1 - (last_epoch - 1) / total_iters), power);
    return this.lrs.map((rate) => times(rate, factor));
  }

  override _get_closed_form_lr(): NumberLike[] {
    const left = 1 - Math.min(this.total_iters, this.last_epoch) / this.total_iters;
    return this.base_lrs.map((base) => times(base, pow(left, this.power)));
  }
}
