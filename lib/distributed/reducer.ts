/** c10d's Reducer: gradients are averaged, bucket by bucket, while the backward pass goes on. */
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { NativePart } from '../native/part';
import type { Tensor } from '../tensor/tensor';
import { type CommHook, GradBucket } from './grad_bucket';
import { connected, type ProcessGroup } from './group';
import { placed, type Work } from './work';

/** How gradients travel. */
export interface ReducerOptions {
  readonly group: ProcessGroup;
  readonly parameters: readonly Tensor[];
  readonly names: readonly string[];
  /** Which parameters have sparse gradients. */
  readonly sparse: readonly boolean[];
  /** Bytes of the first buckets, before their order is known. */
  readonly limits: readonly number[];
  readonly bucketBytes: number;
  readonly firstBucketBytes: number;
  readonly findUnused: boolean;
  readonly asViews: boolean;
  readonly skipUnused: boolean;
}

export class Reducer {
  readonly #part: NativePart;
  readonly #rank: number;

  constructor(options: ReducerOptions) {
    const { group, parameters, names, sparse, limits, bucketBytes, firstBucketBytes } = options;
    this.#rank = group.rank();
    this.#part = call(
      native.reducer_make,
      connected(group),
      parameters,
      names,
      sparse.map(Number),
      limits,
      bucketBytes,
      firstBucketBytes,
      options.findUnused,
      options.asViews,
      options.skipUnused,
    );
  }

  describe(name: string, broadcastsBuffers: boolean, hasSyncBatchNorm: boolean, isStatic: boolean): void {
    call(native.reducer_describe, this.#part, name, broadcastsBuffers, hasSyncBatchNorm, isStatic);
  }

  setStaticGraph(): void {
    call(native.reducer_set_static_graph, this.#part);
  }

  prepareForward(): void {
    call(native.reducer_prepare_forward, this.#part);
  }

  rebuildBuckets(): boolean {
    return this.#placed('DistributedDataParallel.forward', () => call(native.reducer_rebuild_buckets, this.#part));
  }

  prepareBackward(outputs: readonly Tensor[]): void {
    call(native.reducer_prepare_backward, this.#part, outputs);
  }

  setForwardWork(work: Work, fixedDivisor: boolean): void {
    call(native.reducer_set_forward_work, this.#part, work._part, fixedDivisor);
  }

  /** Inside of a backward pass: exchanges all gradients at its end. */
  delay(): void {
    call(native.reducer_delay, this.#part);
  }

  shadowBackward(findUnused: boolean): void {
    this.#placed('DistributedDataParallel.join', () => call(native.reducer_shadow_backward, this.#part, findUnused));
  }

  useBuiltinHook(kind: number): void {
    call(native.reducer_use_builtin_hook, this.#part, kind);
  }

  useHook<State>(state: State, hook: CommHook<State>): void {
    call(native.reducer_use_hook, this.#part, (bucket) => {
      const future = hook(state, new GradBucket(...bucket));
      return [future._work?._part ?? null, () => future.wait()];
    });
  }

  loggingData(): Record<string, number | string> {
    return call(native.reducer_logging_data, this.#part);
  }

  #placed<Value>(operation: string, run: () => Value): Value {
    try {
      return run();
    } catch (error) {
      throw placed(error, { rank: this.#rank, operation });
    }
  }
}

/** What is broadcast at a time. */
const MESSAGE_BYTES = 250 * 2 ** 20;

/** All ranks get the tensors of one. */
export function broadcastCoalesced(group: ProcessGroup, tensors: readonly Tensor[], root: number): void {
  if (tensors.length === 0) return;
  try {
    call(native.group_broadcast_coalesced, connected(group), tensors, MESSAGE_BYTES, root);
  } catch (error) {
    throw placed(error, { rank: group.rank(), operation: 'broadcast_coalesced' });
  }
}

/** @throws DistBackendError where ranks have other parameters */
export function verifyParameters(group: ProcessGroup, parameters: readonly Tensor[]): void {
  try {
    call(native.group_verify_parameters, connected(group), parameters);
  } catch (error) {
    throw placed(error, { rank: group.rank(), operation: 'DistributedDataParallel' });
  }
}
