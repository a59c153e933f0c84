/** Schedulers that start with less than the full learning rate. */
import type { NumberLike } from '../checks';
import * as signatures from '../generated/optim_lr_scheduler';
import { times } from '../number';
import { LRScheduler } from './scheduler';

/** A part of the learning rate until `total_iters`. https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.ConstantLR.html */
export class ConstantLR extends LRScheduler {
  declare factor: number;
  declare total_iters: number;

  constructor(...args: signatures.ConstantLRArgs) {
    const given = signatures.ConstantLR.read(args);
    const { factor, total_iters } = given;
    if (factor > 1 || factor < 0) {
      throw new RangeError('Constant multiplicative factor expected to be between 0 and 1.');
    }
    super(given.optimizer, given.last_epoch, { factor, total_iters });
  }

  override get_lr(): NumberLike[] {
    this.warnOutsideStep();
    if (this.last_epoch === 0) return this.lrs.map((rate) => times(rate, this.factor));
    if (this.last_epoch !== this.total_iters) return this.lrs;
    return this.lrs.map((rate) => times(rate, 1 / this.factor));
  }

  override _get_closed_form_lr(): NumberLike[] {
    const factor = this.last_epoch >= this.total_iters ? this.factor + (1 - this.factor) : this.factor;
    return this.base_lrs.map((base) => times(base, factor));
  }
}

/** From one part of the learning rate to another in a line. https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.LinearLR.html */
export class LinearLR extends LRScheduler {
  declare start_factor: number;
  declare end_factor: number;
  declare total_iters: number;

  constructor(...args: signatures.LinearLRArgs) {
    const given = signatures.LinearLR.read(args);
    const { start_factor, end_factor, total_iters } = given;
    if (start_factor > 1 || start_factor <= 0) {
      throw new RangeError('Starting multiplicative factor expected to be greater than 0 and less or equal to 1.');
    }
    if (end_factor > 1 || end_factor < 0) {
      throw new RangeError('Ending multiplicative factor expected to be between 0 and 1.');
    }
    super(given.optimizer, given.last_epoch, { start_factor, end_factor, total_iters });
  }

  override get_lr(): NumberLike[] {
    this.warnOutsideStep();
    const { last_epoch, start_factor, end_factor, total_iters } = this;
    if (last_epoch === 0) return this.lrs.map((rate) => times(rate, start_factor));
    if (this._is_initial || last_epoch > total_iters) return this.lrs;
    const change = end_factor - start_factor;
    return this.lrs.map((rate) => times(rate, 1 + change / (total_iters * start_factor + (last_epoch - 1) * change)));
  }

  override _get_closed_form_lr(): NumberLike[] {
    const { last_epoch, start_factor, end_factor, total_iters } = this;
    const change = end_factor - start_factor;
    return this.base_lrs.map((base) =>
      times(base, start_factor + (change * Math.min(total_iters, last_epoch)) / total_iters),
    );
  }
}
