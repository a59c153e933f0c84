/** Schedulers that run others. */
import { requireList } from '../../arguments/checks';
import * as signatures from '../generated/optim_lr_scheduler';
import { countUpTo } from './arguments';
import { ReduceLROnPlateau } from './plateau';
import { type AnyOptimizer, composed, groupsOf, LRScheduler, ratesOf, setRate } from './scheduler';

function checkSchedulers(name: string, optimizer: AnyOptimizer, schedulers: readonly LRScheduler[]): void {
  schedulers.forEach((scheduler, i) => {
    if (!(scheduler instanceof Object && 'optimizer' in scheduler)) {
      throw new TypeError(`${name} at index ${i} should have \`optimizer\` as its attribute.`);
    }
    if (scheduler instanceof ReduceLROnPlateau) {
      throw new RangeError(
        `${name} does not support \`ReduceLROnPlateau\` scheduler as it requires additional kwargs to be specified ` +
          `when calling \`step\`, but got one at index ${i} in the given schedulers sequence.`,
      );
    }
    if (scheduler.optimizer !== optimizer) {
      throw new RangeError(
        `${name} expects all schedulers to belong to the same optimizer, but got scheduler ` +
          `${scheduler.constructor.name} at index ${i} has ${scheduler.optimizer}, which is different from ` +
          `${optimizer.constructor.name}.`,
      );
    }
  });
}

/** A scheduler whose state holds that of others. */
abstract class Composed extends LRScheduler {
  declare _schedulers: LRScheduler[];

  override state_dict(): Record<string, unknown> {
    const { _schedulers, ...state } = super.state_dict();
    return { ...state, _schedulers: (_schedulers as LRScheduler[]).map((scheduler) => scheduler.state_dict()) };
  }

  override load_state_dict(state_dict: Record<string, unknown>): void {
    const { _schedulers, ...state } = state_dict;
    super.load_state_dict(state);
    (_schedulers as Record<string, unknown>[]).forEach((each, i) => {
      this._schedulers[i]!.load_state_dict(each);
    });
  }
}

/** One scheduler after another, changing at the milestones. https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.SequentialLR.html */
export class SequentialLR extends Composed {
  declare _milestones: number[];

  constructor(...args: signatures.SequentialLRArgs) {
    const given = signatures.SequentialLR.read(args);
    const { schedulers, milestones } = given;
    requireList('SequentialLR', 'schedulers', schedulers);
    requireList('SequentialLR', 'milestones', milestones);
    if (schedulers.length < 1) {
      throw new RangeError('SequentialLR expects at least one scheduler, but got no scheduler.');
    }
    checkSchedulers('SequentialLR', given.optimizer, schedulers);
    if (milestones.length !== schedulers.length - 1) {
      throw new RangeError(
        'Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone ' +
          `points, but got number of schedulers ${schedulers.length} and the number of milestones to be equal to ` +
          `${milestones.length}`,
      );
    }
    super(given.optimizer, composed, {
      _schedulers: [...schedulers],
      _milestones: [...milestones],
      last_epoch: given.last_epoch + 1,
      optimizer: given.optimizer,
    });
    this.begin();
  }

  /** Takes back the first step that every scheduler made, and makes that of the first one only. */
  private begin(): void {
    for (const group of groupsOf(this.optimizer)) setRate(group, group.initial_lr!);
    undoFirstStep(this);
    const first = this._schedulers[countUpTo(this._milestones, 0)]!;
    first._initial_step();
    this._last_lr = first.get_last_lr();
  }

  override step(): void {
    this.last_epoch++;
    const index = countUpTo(this._milestones, this.last_epoch);
    const scheduler = this._schedulers[index]!;
    if (index > 0 && this._milestones[index - 1] === this.last_epoch) scheduler._update_lr(0);
    else scheduler.step();
    this._last_lr = scheduler.get_last_lr();
  }
}

function undoFirstStep(scheduler: LRScheduler): void {
  if (scheduler instanceof Composed) scheduler._schedulers.forEach(undoFirstStep);
  else scheduler.last_epoch--;
}

/** Several schedulers at once, each changing what the one before left. https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.ChainedScheduler.html */
export class ChainedScheduler extends Composed {
  constructor(...args: signatures.ChainedSchedulerArgs) {
    const given = signatures.ChainedScheduler.read(args);
    const schedulers: readonly LRScheduler[] = given.schedulers;
    requireList('ChainedScheduler', 'schedulers', schedulers);
    if (schedulers.length < 1) {
      throw new RangeError('ChainedScheduler expects at least one scheduler to be chained, but got no scheduler.');
    }
    const optimizer = given.optimizer ?? (schedulers[0] as Partial<LRScheduler> | null)?.optimizer;
    checkSchedulers('ChainedScheduler', optimizer as AnyOptimizer, schedulers);
    super(optimizer as AnyOptimizer, composed, { _schedulers: [...schedulers], optimizer });
    this.noteRates();
  }

  private noteRates(): void {
    this._last_lr = ratesOf(this.optimizer);
  }

  override step(): void {
    for (const scheduler of this._schedulers) scheduler.step();
    this.noteRates();
  }
}
