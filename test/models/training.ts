import type { nn, Tensor } from 'tsorch';

/** A model with its data and optimizer; `step` trains it once and gives the losses. */
export interface Training {
  models: nn.Module[];
  step(): Tensor[];
}
