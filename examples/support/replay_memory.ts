/** Transitions to learn from more than once: the latest ones, in tensors that are written around and around. */
import torch, { type Tensor } from 'tsorch';

/** A row for each transition. */
export interface Transitions {
  /** float32 [n, size of a state] */
  states: Tensor;
  /** int64 [n, 1] */
  actions: Tensor;
  /** float32 [n, 1] */
  rewards: Tensor;
  /** float32 [n, size of a state] */
  next_states: Tensor;
  /** bool [n, 1]: nothing comes after the next state */
  terminated: Tensor;
}

export class ReplayMemory {
  /** How many transitions there are to draw from. */
  length = 0;
  private next = 0;
  private readonly rows: Transitions;

  constructor(
    readonly capacity: number,
    state_size: number,
  ) {
    this.rows = {
      states: torch.zeros(capacity, state_size),
      actions: torch.zeros(capacity, 1, { dtype: torch.int64 }),
      rewards: torch.zeros(capacity, 1),
      next_states: torch.zeros(capacity, state_size),
      terminated: torch.zeros(capacity, 1, { dtype: torch.bool }),
    };
  }

  /** Remembers a transition, in place of the oldest when there is no room. */
  push(state: number[], action: number, reward: number, next_state: number[], terminated: boolean): void {
    const row = this.next;
    this.rows.states.index(row).copy_(torch.tensor(state));
    this.rows.actions.index(row).fill_(action);
    this.rows.rewards.index(row).fill_(reward);
    this.rows.next_states.index(row).copy_(torch.tensor(next_state));
    this.rows.terminated.index(row).fill_(terminated);
    this.next = (row + 1) % this.capacity;
    this.length = Math.min(this.length + 1, this.capacity);
  }

  /** Transitions drawn at random; one may come twice. */
  sample(count: number): Transitions {
    const chosen = torch.randint(this.length, [count]);
    const { states, actions, rewards, next_states, terminated } = this.rows;
    return {
      states: states.index(chosen),
      actions: actions.index(chosen),
      rewards: rewards.index(chosen),
      next_states: next_states.index(chosen),
      terminated: terminated.index(chosen),
    };
  }
}
