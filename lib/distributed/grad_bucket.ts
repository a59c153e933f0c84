/** What a communication hook gets. */
import type { Tensor } from '../tensor/tensor';
import type { Future } from './work';

/**
 * Gradients that travel together, one after the other in a flat tensor.
 * https://docs.pytorch.org/docs/2.13/ddp_comm_hooks.html#torch.distributed.GradBucket
 */
export class GradBucket {
  readonly #index: number;
  readonly #isLast: boolean;
  readonly #buffer: Tensor;
  readonly #gradients: readonly Tensor[];
  readonly #parameters: readonly Tensor[];

  /** @internal */
  constructor(index: number, isLast: boolean, buffer: Tensor, gradients: Tensor[], parameters: Tensor[]) {
    this.#index = index;
    this.#isLast = isLast;
    this.#buffer = buffer;
    this.#gradients = gradients;
    this.#parameters = parameters;
  }

  /** Which bucket it is, from those of the last layers on. */
  index(): number {
    return this.#index;
  }

  /** All gradients, flat. */
  buffer(): Tensor {
    return this.#buffer;
  }

  /** Views of the buffer, one for each parameter. */
  gradients(): readonly Tensor[] {
    return this.#gradients;
  }

  /** The parameters whose gradients these are. */
  parameters(): readonly Tensor[] {
    return this.#parameters;
  }

  /** @internal */
  _withBuffer(buffer: Tensor): GradBucket {
    return new GradBucket(this.#index, this.#isLast, buffer, [], [...this.#parameters]);
  }

  /** Whether it is the last one of the backward pass. */
  is_last(): boolean {
    return this.#isLast;
  }
}

/** Exchanges a bucket's gradients: what its future gives takes their place. */
export type CommHook<State> = (state: State, bucket: GradBucket) => Future<Tensor>;
