/**
 * Training with uneven data: a rank whose data has ended does what the others wait for.
 * https://docs.pytorch.org/docs/2.13/distributed.algorithms.join.html
 */
import { TorchError, warn } from '../../base/errors';
import { dtypes } from '../../base/types';
import { type Enter, withMode } from '../../context/mode';
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';
import type { ProcessGroup } from '../group';
import { all_reduce } from '../reductions';
import type { Work } from '../work';

/** What a joined rank does for one step of the others, and when all have joined. */
export interface JoinHook {
  main_hook(): void;
  post_hook(is_last_joiner: boolean): void;
}

/** How a loop is joined: see Join. */
export interface JoinConfig {
  readonly enable: boolean;
  readonly throwOnEarlyTermination: boolean;
  readonly isFirst: boolean;
}

/** What can be trained so. */
export interface Joinable {
  readonly join_process_group: ProcessGroup;
  join_hook(options: JoinOptions): JoinHook;
  /** @internal */
  _join_config: JoinConfig | null;
}

/** Options that joinables get too. */
export interface JoinOptions {
  /** Gradients are divided by the number of all ranks, not of those that still have data. */
  divide_by_initial_world_size?: boolean;
}

const filled = (value: number): Tensor => callOperator<Tensor>('full', [1], value, dtypes.float32);

/** More steps than this without data, and a warning tells. */
const SKEW = 1000;

/**
 * Joins a training loop: `new Join([ddp]).run(() => { … })`; the loop ends on each rank when its data does.
 * https://docs.pytorch.org/docs/2.13/distributed.algorithms.join.html#torch.distributed.algorithms.Join
 */
export class Join {
  readonly #joinables: readonly Joinable[];
  readonly #hooks: readonly JoinHook[];
  readonly #group: ProcessGroup;
  readonly #enable: boolean;
  readonly #throws: boolean;

  /**
   * Of all that exchanges something in each step of the loop.
   * @throws RangeError for no joinable, and for joinables of several groups
   */
  constructor(
    joinables: readonly Joinable[],
    enable = true,
    throw_on_early_termination = false,
    options: JoinOptions = {},
  ) {
    if (joinables.length === 0) throw new RangeError('The join context manager requires at least one joinable');
    this.#joinables = joinables;
    this.#hooks = joinables.map((each) => each.join_hook(options));
    this.#enable = enable;
    this.#throws = throw_on_early_termination;
    this.#group = joinables[0]!.join_process_group;
    if (joinables.some(({ join_process_group }) => join_process_group !== this.#group)) {
      throw new RangeError('Using join context manager with multiple process groups');
    }
    joinables.forEach((each, i) => {
      each._join_config = { enable, throwOnEarlyTermination: throw_on_early_termination, isFirst: i === 0 };
    });
  }

  /** Runs the loop, then waits for the other ranks' and does what they need meanwhile. */
  run<Result>(loop: () => Result): Result {
    const result = withMode('Join', this.#enter(), loop) as Result;
    if (this.#enable) this.#waitForOthers();
    return result;
  }

  /** The mode ends with the loop, on a throw too. */
  #enter(): Enter {
    return () => () => {
      for (const each of this.#joinables) each._join_config = null;
    };
  }

  #waitForOthers(): void {
    let isLast = true;
    for (let steps = 0; this.#countOthers() > 0; steps++) {
      if (steps > SKEW) {
        warn(
          `Detected uneven input skew of greater than ${SKEW}. This means that rank ${this.#group.rank()} has at least ${SKEW} fewer inputs than other currently-active ranks. This level of skew could lead to performance degradation during training.`,
        );
      }
      if (this.#throws) this.#endOthers();
      for (const hook of this.#hooks) hook.main_hook();
      isLast = false;
    }
    for (const hook of this.#hooks) hook.post_hook(isLast);
  }

  #countOthers(): number {
    const count = filled(0);
    all_reduce(count, { group: this.#group });
    return count.item() as number;
  }

  #endOthers(): never {
    all_reduce(filled(1), { group: this.#group });
    throw new TorchError(`Rank ${this.#group.rank()} exhausted all inputs.`);
  }

  /**
   * A joinable calls it before the collectives of each step: it tells joined ranks that there is one more, by a Work; null
   * outside of Join.
   * @throws TorchError where another rank's data has ended and the loops are to end with it
   */
  static notify_join_context(joinable: Joinable): Work | null {
    const config = joinable._join_config;
    if (config === null || !config.isFirst || !config.enable) return null;
    const group = joinable.join_process_group;
    const work = all_reduce(filled(1), { group, async_op: true });
    if (config.throwOnEarlyTermination) {
      const ended = filled(0);
      all_reduce(ended, { group });
      if ((ended.item() as number) !== 0) {
        throw new TorchError('Detected at least one rank that exhausted inputs. Throwing across all ranks.');
      }
    }
    return work;
  }
}
