/** Schedulers that go up and down, the momentum against the learning rate. */
import type { Values } from '../../arguments/signature';
import { cos, pow } from '../../native/c_math';
import type { NumberLike } from '../checks';
import * as signatures from '../generated/optim_lr_scheduler';
import { minus, over, plus, times } from '../number';
import { propertiesOf } from './arguments';
import { type AnyOptimizer, type Group, groupsOf, LRScheduler, perGroup, setRate } from './scheduler';

type CyclicMode = 'triangular' | 'triangular2' | 'exp_range';

/** Whether the optimizer calls its momentum beta1. */
function usesBeta1(optimizer: AnyOptimizer): boolean {
  if ('betas' in optimizer.defaults) return true;
  if ('momentum' in optimizer.defaults) return false;
  throw new RangeError('optimizer must support momentum or beta1 with `cycle_momentum` option enabled');
}

function setMomentum(group: Group, value: NumberLike, beta1: boolean): void {
  if (beta1) group.betas = [value, ...group.betas!.slice(1)];
  else group.momentum = value;
}

/** Gives each group its momentum to start with and the range it moves in. */
function startMomentum(optimizer: AnyOptimizer, bases: NumberLike[], highest: NumberLike[], beta1: boolean): void {
  groupsOf(optimizer).forEach((group, i) => {
    setMomentum(group, highest[i]!, beta1);
    group.max_momentum = highest[i];
    group.base_momentum = bases[i];
  });
}

/** Back and forth between two learning lrs. https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.CyclicLR.html */
export class CyclicLR extends LRScheduler {
  declare max_lrs: NumberLike[];
  declare total_size: number;
  declare step_ratio: number;
  declare mode: CyclicMode;
  declare gamma: number;
  declare _scale_fn_custom: ((x: number) => number) | null;
  declare scale_mode: 'cycle' | 'iterations';
  declare cycle_momentum: boolean;
  declare use_beta1: boolean;
  declare base_momentums: NumberLike[];
  declare max_momentums: NumberLike[];

  constructor(...args: signatures.CyclicLRArgs) {
    const given = signatures.CyclicLR.read(args);
    const base_lrs = perGroup('base_lr', given.optimizer, given.base_lr);
    if (given.last_epoch === -1) {
      groupsOf(given.optimizer).forEach((group, i) => {
        setRate(group, base_lrs[i]!);
      });
    }
    super(given.optimizer, given.last_epoch, cyclicFields(given));
    this.base_lrs = base_lrs;
  }

  /** How high a cycle or an iteration reaches. */
  scale_fn(x: number): number {
    if (this._scale_fn_custom !== null) return this._scale_fn_custom(x);
    if (this.mode === 'triangular') return 1;
    return this.mode === 'triangular2' ? 1 / pow(2, x - 1) : pow(this.gamma, x);
  }

  override get_lr(): NumberLike[] {
    this.warnOutsideStep();
    const position = this.last_epoch / this.total_size;
    const cycle = Math.floor(1 + position);
    const x = 1 + position - cycle;
    const height = x <= this.step_ratio ? x / this.step_ratio : (x - 1) / (this.step_ratio - 1);
    const scale = this.scale_fn(this.scale_mode === 'cycle' ? cycle : this.last_epoch);
    if (this.cycle_momentum) {
      groupsOf(this.optimizer).forEach((group, i) => {
        const most = this.max_momentums[i]!;
        const way = times(times(minus(most, this.base_momentums[i]!), height), scale);
        setMomentum(group, minus(most, way), this.use_beta1);
      });
    }
    return this.base_lrs.map((base, i) => plus(base, times(times(minus(this.max_lrs[i]!, base), height), scale)));
  }

  override state_dict(): Record<string, unknown> {
    const { _scale_fn_custom, ...state } = super.state_dict();
    return { ...state, _scale_fn_custom: _scale_fn_custom === null ? null : propertiesOf(_scale_fn_custom as object) };
  }

  override load_state_dict(state_dict: Record<string, unknown>): void {
    const { _scale_fn_custom, ...state } = state_dict;
    super.load_state_dict(state);
    if (_scale_fn_custom !== null) Object.assign(this._scale_fn_custom!, _scale_fn_custom);
  }
}

function cyclicFields(given: Values<signatures.CyclicLRArguments>): object {
  const { optimizer, mode, gamma, scale_fn, cycle_momentum } = given;
  const up = given.step_size_up;
  const total_size = up + (given.step_size_down ?? up);
  if (!['triangular', 'triangular2', 'exp_range'].includes(mode) && scale_fn === null) {
    throw new RangeError('mode is invalid and scale_fn is None');
  }
  const own = mode === 'exp_range' ? 'iterations' : 'cycle';
  const fields = {
    max_lrs: perGroup('max_lr', optimizer, given.max_lr),
    total_size,
    step_ratio: up / total_size,
    mode,
    gamma,
    _scale_fn_custom: scale_fn,
    scale_mode: scale_fn === null ? own : given.scale_mode,
    cycle_momentum,
  };
  if (!cycle_momentum) return fields;
  const use_beta1 = usesBeta1(optimizer);
  const base_momentums = perGroup('base_momentum', optimizer, given.base_momentum);
  const max_momentums = perGroup('max_momentum', optimizer, given.max_momentum);
  if (given.last_epoch === -1) startMomentum(optimizer, base_momentums, max_momentums, use_beta1);
  return { ...fields, use_beta1, base_momentums, max_momentums };
}

type RateName = 'initial_lr' | 'max_lr' | 'min_lr';
type MomentumName = 'max_momentum' | 'base_momentum';

/** A part of the cycle, with the names of the values in a group that it goes between. */
interface Phase {
  end_step: number;
  start_lr: RateName;
  end_lr: RateName;
  start_momentum: MomentumName;
  end_momentum: MomentumName;
}

/** Up to the largest learning rate and far down again, once. https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.OneCycleLR.html */
export class OneCycleLR extends LRScheduler {
  declare total_steps: number;
  declare _schedule_phases: Phase[];
  declare _anneal_func_type: 'cos' | 'linear';
  declare cycle_momentum: boolean;
  declare use_beta1: boolean;

  constructor(...args: signatures.OneCycleLRArgs) {
    const given = signatures.OneCycleLR.read(args);
    super(given.optimizer, given.last_epoch, oneCycleFields(given));
  }

  private anneal(start: NumberLike, end: NumberLike, part: number): NumberLike {
    if (this._anneal_func_type === 'linear') return plus(times(minus(end, start), part), start);
    return plus(end, times(over(minus(start, end), 2), cos(Math.PI * part) + 1));
  }

  override get_lr(): NumberLike[] {
    this.warnOutsideStep();
    const step = this.last_epoch;
    if (step > this.total_steps) {
      throw new RangeError(`Tried to step ${step} times. The specified number of total steps is ${this.total_steps}`);
    }
    const phases = this._schedule_phases;
    const found = phases.findIndex((phase) => step <= phase.end_step);
    const index = found < 0 ? phases.length - 1 : found;
    const phase = phases[index]!;
    const from = index === 0 ? 0 : phases[index - 1]!.end_step;
    const part = (step - from) / (phase.end_step - from);
    return groupsOf(this.optimizer).map((group) => {
      if (this.cycle_momentum) {
        const momentum = this.anneal(group[phase.start_momentum]!, group[phase.end_momentum]!, part);
        setMomentum(group, momentum, this.use_beta1);
      }
      return this.anneal(group[phase.start_lr]!, group[phase.end_lr]!, part);
    });
  }
}

function positiveInteger(name: string, value: number): number {
  if (value > 0 && Number.isInteger(value)) return value;
  throw new RangeError(`Expected positive integer ${name}, but got ${value}`);
}

function stepsOf({ total_steps, epochs, steps_per_epoch }: Values<signatures.OneCycleLRArguments>): number {
  if (total_steps !== null) return positiveInteger('total_steps', total_steps);
  if (epochs === null || steps_per_epoch === null) {
    throw new RangeError('You must define either total_steps OR (epochs AND steps_per_epoch)');
  }
  return positiveInteger('epochs', epochs) * positiveInteger('steps_per_epoch', steps_per_epoch);
}

function phasesOf(steps: number, pct_start: number, three_phase: boolean): Phase[] {
  const up: Phase = {
    end_step: pct_start * steps - 1,
    start_lr: 'initial_lr',
    end_lr: 'max_lr',
    start_momentum: 'max_momentum',
    end_momentum: 'base_momentum',
  };
  const down: Phase = {
    end_step: three_phase ? 2 * pct_start * steps - 2 : steps - 1,
    start_lr: 'max_lr',
    end_lr: three_phase ? 'initial_lr' : 'min_lr',
    start_momentum: 'base_momentum',
    end_momentum: 'max_momentum',
  };
  if (!three_phase) return [up, down];
  const out: Phase = {
    end_step: steps - 1,
    start_lr: 'initial_lr',
    end_lr: 'min_lr',
    start_momentum: 'max_momentum',
    end_momentum: 'max_momentum',
  };
  return [up, down, out];
}

function oneCycleFields(given: Values<signatures.OneCycleLRArguments>): object {
  const { optimizer, pct_start, anneal_strategy, cycle_momentum, last_epoch } = given;
  const total_steps = stepsOf(given);
  if (!(pct_start >= 0 && pct_start <= 1)) {
    throw new RangeError(`Expected float between 0 and 1 pct_start, but got ${pct_start}`);
  }
  if (!['cos', 'linear'].includes(anneal_strategy)) {
    throw new RangeError(`anneal_strategy must be one of 'cos' or 'linear', instead got ${anneal_strategy}`);
  }
  const highest = perGroup('max_lr', optimizer, given.max_lr);
  if (last_epoch === -1) {
    groupsOf(optimizer).forEach((group, i) => {
      group.initial_lr = over(highest[i]!, given.div_factor);
      group.max_lr = highest[i];
      group.min_lr = over(group.initial_lr, given.final_div_factor);
    });
  }
  const fields = {
    total_steps,
    _schedule_phases: phasesOf(total_steps, pct_start, given.three_phase),
    _anneal_func_type: anneal_strategy,
    cycle_momentum,
  };
  if (!cycle_momentum) return fields;
  const use_beta1 = usesBeta1(optimizer);
  const most = perGroup('max_momentum', optimizer, given.max_momentum);
  const least = perGroup('base_momentum', optimizer, given.base_momentum);
  if (last_epoch === -1) startMomentum(optimizer, least, most, use_beta1);
  return { ...fields, use_beta1 };
}
