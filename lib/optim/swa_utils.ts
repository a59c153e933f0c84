/**
 * Stochastic weight averaging and exponential moving averages of weights.
 * https://docs.pytorch.org/docs/2.13/optim.html#weight-averaging-swa-and-ema
 */

import { requireIterable, requireNumber } from '../arguments/checks';
import type { Values } from '../arguments/signature';
import { no_grad } from '../autograd/grad_mode';
import { dtypes } from '../base/types';
import { cos } from '../native/c_math';
import { _BatchNorm } from '../nn/modules/batchnorm';
import { Module } from '../nn/modules/module';
import { requireModule } from '../nn/require';
import { callOperator } from '../operators/operator';
import { deepcopy } from '../tensor/copy';
import { tensor } from '../tensor/creation';
import { Tensor } from '../tensor/tensor';
import { type NumberLike, numberOf } from './checks';
import * as signatures from './generated/optim_swa_utils';
import { groupsOf, LRScheduler, perGroup } from './lr_scheduler/scheduler';
import { minus, over, plus, times } from './number';

/** The new average of a parameter, from the average so far, the parameter, and how many were averaged. */
export type AvgFn = (averaged: Tensor, current: Tensor, num_averaged: NumberLike) => Tensor;
/** Updates the averages of many parameters of one dtype and device in place. */
export type MultiAvgFn = (averaged: Tensor[], current: Tensor[], num_averaged: NumberLike) => void;

function isContinuous(x: Tensor): boolean {
  return x.is_floating_point() || x.is_complex();
}

function checkDecay(decay: number): number {
  if (decay >= 0 && decay <= 1) return decay;
  throw new RangeError(`Invalid decay value ${decay} provided. Please provide a value in [0,1] range.`);
}

function decayOf(name: string, decay: number): number {
  requireNumber(name, 'decay', decay);
  return checkDecay(decay);
}

/** An exponential moving average, for `multi_avg_fn`. */
export function get_ema_multi_avg_fn(...args: signatures.GetEmaMultiAvgFnArgs): MultiAvgFn {
  const decay = decayOf('get_ema_multi_avg_fn', signatures.get_ema_multi_avg_fn.list(args)[0]);
  return (averaged, current) =>
    no_grad(() => {
      if (isContinuous(averaged[0]!)) return void callOperator('_foreach_lerp_.Scalar', averaged, current, 1 - decay);
      averaged.forEach((average, i) => {
        average.copy_(average.mul(decay).add(current[i]!.mul(1 - decay)));
      });
    });
}

/** The mean of all weights so far, for `multi_avg_fn`. */
export function get_swa_multi_avg_fn(): MultiAvgFn {
  return (averaged, current, num_averaged) =>
    no_grad(() => {
      const count = numberOf(num_averaged) + 1;
      if (isContinuous(averaged[0]!)) return void callOperator('_foreach_lerp_.Scalar', averaged, current, 1 / count);
      averaged.forEach((average, i) => {
        average.copy_(average.add(current[i]!.sub(average).div(count)));
      });
    });
}

/** An exponential moving average, for `avg_fn`. */
export function get_ema_avg_fn(...args: signatures.GetEmaAvgFnArgs): AvgFn {
  const decay = decayOf('get_ema_avg_fn', signatures.get_ema_avg_fn.list(args)[0]);
  return (averaged, current) => no_grad(() => averaged.mul(decay).add(current.mul(1 - decay)));
}

/** The mean of all weights so far, for `avg_fn`. */
export function get_swa_avg_fn(): AvgFn {
  return (averaged, current, num_averaged) =>
    no_grad(() => averaged.add(current.sub(averaged).div(numberOf(num_averaged) + 1)));
}

/**
 * A copy of a model whose parameters average those of the model: call `update_parameters(model)` after each step.
 * The mean of all of them, unless `avg_fn` or `multi_avg_fn` says otherwise.
 * https://docs.pytorch.org/docs/2.13/generated/torch.optim.swa_utils.AveragedModel.html
 */
export class AveragedModel<Model extends Module = Module> extends Module {
  module: Model;
  declare n_averaged: Tensor;
  avg_fn: AvgFn | null;
  multi_avg_fn: MultiAvgFn | null;
  use_buffers: boolean;

  constructor(...args: signatures.AveragedModelArgs<Model>) {
    super();
    const given = signatures.AveragedModel.read(args) as Values<signatures.AveragedModelArguments<Model>>;
    const { device, avg_fn, multi_avg_fn } = given;
    if (avg_fn !== null && multi_avg_fn !== null) {
      throw new TypeError('Only one of avg_fn and multi_avg_fn should be provided');
    }
    requireModule('AveragedModel', 'model', given.model);
    this.module = deepcopy(given.model);
    if (device !== null) this.module.to(device);
    this.register_buffer('n_averaged', tensor(0, { dtype: dtypes.int64, device }));
    this.avg_fn = avg_fn;
    this.multi_avg_fn = multi_avg_fn;
    this.use_buffers = given.use_buffers;
  }

  override forward(...inputs: Parameters<Model['forward']>): ReturnType<Model['forward']> {
    return (this.module as (...inputs: unknown[]) => ReturnType<Model['forward']>)(...inputs);
  }

  /** Takes the model's parameters into the average; the first time, copies them. */
  update_parameters(model: Module): void {
    no_grad(() => {
      const mine = this.use_buffers
        ? [...this.module.parameters(), ...this.module.buffers()]
        : this.module.parameters();
      const theirs = this.use_buffers ? [...model.parameters(), ...model.buffers()] : model.parameters();
      const averaged = mine.map((param) => param.detach());
      const current = averaged.map((average, i) => theirs[i]!.detach().to(average.device));
      const count = numberOf(this.n_averaged);
      if (count === 0) copyAll(averaged, current);
      else this.average(averaged, current, count);
      if (!this.use_buffers) copyAll(this.module.buffers(), model.buffers());
      this.n_averaged.add_(1);
    });
  }

  private average(averaged: Tensor[], current: Tensor[], count: number): void {
    const { avg_fn } = this;
    if (avg_fn !== null) {
      averaged.forEach((average, i) => {
        average.copy_(avg_fn(average, current[i]!, this.n_averaged.to(average.device)));
      });
      return;
    }
    const mean = get_swa_multi_avg_fn();
    for (const [some, others] of byKind(averaged, current)) {
      if (this.multi_avg_fn !== null) this.multi_avg_fn(some, others, this.n_averaged.to(some[0]!.device));
      else if (isContinuous(some[0]!)) meanStep(some, others, count);
      else mean(some, others, count);
    }
  }
}

/** The mean of `count + 1` from the mean of `count`, rounded as the formula on one tensor is. */
function meanStep(averaged: Tensor[], current: Tensor[], count: number): void {
  const change = callOperator<Tensor[]>('_foreach_sub.List', current, averaged);
  callOperator('_foreach_div_.Scalar', change, count + 1);
  callOperator('_foreach_add_.List', averaged, change);
}

function copyAll(into: readonly Tensor[], from: readonly Tensor[]): void {
  into.forEach((each, i) => {
    each.detach().copy_(from[i]!.detach());
  });
}

/** Two lists of tensors, sorted by the first one's device and dtype. */
function byKind(first: Tensor[], second: Tensor[]): Iterable<[Tensor[], Tensor[]]> {
  const kinds = new Map<string, [Tensor[], Tensor[]]>();
  first.forEach((x, i) => {
    const kind = `${x.device} ${x.dtype}`;
    const lists = kinds.get(kind) ?? [[], []];
    kinds.set(kind, lists);
    lists[0].push(x);
    lists[1].push(second[i]!);
  });
  return kinds.values();
}

/**
 * Computes the running statistics of all batch norm layers anew, from one pass over the data.
 * Where the loader gives lists, their first element is the model's input.
 */
export function update_bn(...args: signatures.UpdateBnArgs): void {
  const { loader, model, device } = signatures.update_bn.read(args);
  requireIterable('update_bn', 'loader', loader);
  requireModule('update_bn', 'model', model);
  no_grad(() => {
    const layers = model.modules().filter((module): module is _BatchNorm => module instanceof _BatchNorm);
    if (layers.length === 0) return;
    const momenta = layers.map((layer) => layer.momentum);
    const wasTraining = model.training;
    model.train();
    for (const layer of layers) {
      layer.reset_running_stats();
      layer.momentum = null; // the plain mean over all batches
    }
    for (const batch of loader) {
      const input = (batch instanceof Tensor ? batch : batch[0]) as Tensor;
      (model as (input: Tensor) => unknown)(device === null ? input : input.to(device));
    }
    layers.forEach((layer, i) => {
      layer.momentum = momenta[i]!;
    });
    model.train(wasTraining);
  });
}

/** Goes to a constant learning rate in `anneal_epochs`. https://docs.pytorch.org/docs/2.13/generated/torch.optim.swa_utils.SWALR.html */
export class SWALR extends LRScheduler {
  declare _anneal_strategy: 'cos' | 'linear';
  declare anneal_epochs: number;

  constructor(...args: signatures.SWALRArgs) {
    const given = signatures.SWALR.read(args);
    const { anneal_epochs, anneal_strategy } = given;
    const targets = perGroup('swa_lr', given.optimizer, given.swa_lr);
    groupsOf(given.optimizer).forEach((group, i) => {
      group.swa_lr = targets[i];
    });
    if (!['cos', 'linear'].includes(anneal_strategy)) {
      throw new RangeError(`anneal_strategy must be one of 'cos' or 'linear', instead got ${anneal_strategy}`);
    }
    if (!(Number.isInteger(anneal_epochs) && anneal_epochs >= 0)) {
      throw new RangeError(`anneal_epochs must be equal or greater than 0, got ${anneal_epochs}`);
    }
    super(given.optimizer, given.last_epoch, { _anneal_strategy: anneal_strategy, anneal_epochs });
  }

  /** How much of the way is done at a part of the time. */
  private anneal(part: number): number {
    const t = Math.max(0, Math.min(1, part));
    return this._anneal_strategy === 'cos' ? (1 - cos(Math.PI * t)) / 2 : t;
  }

  override get_lr(): NumberLike[] {
    this.warnOutsideStep();
    const step = this.anneal_epochs === 0 ? Math.max(1, this._step_count - 1) : this._step_count - 1;
    const epochs = Math.max(1, this.anneal_epochs);
    const before = this.anneal((step - 1) / epochs);
    const now = this.anneal(step / epochs);
    const { lrs } = this;
    return groupsOf(this.optimizer).map((group, i) => {
      const target = group.swa_lr!;
      const initial = before === 1 ? target : over(minus(lrs[i]!, times(before, target)), 1 - before);
      return plus(times(target, now), times(initial, 1 - now));
    });
  }
}
