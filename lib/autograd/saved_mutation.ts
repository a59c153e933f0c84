/** Changing tensors in place that the graph has saved. */

import { isTensor } from '../arguments/checks';
import { AssertionError, TorchError } from '../base/errors';
import { type Mode, withMode } from '../context/mode';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { keep } from '../native/memory';
import { type WatchedOperator, watching, watchOperators } from '../operators/watch';
import type { Tensor } from '../tensor/tensor';
import { saved_tensors_hooks } from './saved_tensors';

const OUTSIDE =
  "Trying to backward outside of the 'allow_mutation_on_saved_tensors' contextin which the graph was originally recorded.";

/** What the graph keeps in place of a tensor: the tensor, or a copy of it as it was. */
class Saved {
  private copied = false;

  constructor(private tensor: Tensor) {}

  /** Copies the tensor, once: it is about to change. */
  copy(): void {
    if (this.copied) return;
    this.copied = true;
    this.tensor = keep(this.tensor.clone());
  }

  get value(): Tensor {
    return this.tensor;
  }
}

const storageOf = (x: Tensor): number => call(native.tensor_storage, x)[0];

/** The tensors that were saved under one `allow_mutation_on_saved_tensors`. */
export class AllowMutationOnSavedContext {
  /** Those that share a storage. The graph holds them; a storage lives as long as they do. */
  private readonly byStorage = new Map<number, Set<WeakRef<Saved>>>();
  /** A graph of before is refused after the end. */
  private generation = {};

  /** @internal */
  pack(x: Tensor): readonly [Saved, object] {
    const saved = new Saved(x);
    const storage = storageOf(x);
    const others = this.byStorage.get(storage) ?? new Set();
    this.byStorage.set(storage, others.add(new WeakRef(saved)));
    return [saved, this.generation];
  }

  /** @internal */
  unpack([saved, generation]: readonly [Saved, object]): Tensor {
    if (current !== this || generation !== this.generation) throw new AssertionError(OUTSIDE);
    return saved.value;
  }

  /** @internal A tensor is about to change. */
  beforeWrite(x: Tensor): void {
    const storage = storageOf(x);
    for (const reference of this.byStorage.get(storage) ?? []) reference.deref()?.copy();
    this.byStorage.delete(storage);
  }

  /** Forgets what was saved. */
  clear(): void {
    this.byStorage.clear();
    this.generation = {};
  }
}

let current: AllowMutationOnSavedContext | undefined;

function hasStorage(x: unknown): x is Tensor {
  return isTensor(x) && !x.is_sparse && !x.is_meta;
}

function beforeWrite(tensors: readonly unknown[]): void {
  if (current !== undefined) for (const x of tensors) if (hasStorage(x)) current.beforeWrite(x);
}

function watchWrites(operator: WatchedOperator, values: readonly unknown[]): void {
  for (const place of operator.written) {
    const value = values[place];
    beforeWrite(Array.isArray(value) ? value : [value]);
  }
}

function enter(context: AllowMutationOnSavedContext): () => void {
  if (current !== undefined) throw new TorchError('allow_mutation_on_saved_tensors contexts cannot be nested');
  current = context;
  const hooks = saved_tensors_hooks(
    (x: Tensor) => context.pack(x),
    (packed) => context.unpack(packed),
  );
  const stop = watchOperators(watchWrites);
  watching.writes = beforeWrite;
  return () => {
    stop();
    watching.writes = null;
    hooks.exit();
    context.clear();
    current = undefined;
  };
}

/**
 * Tensors that the graph has saved may be changed in place here: it gets a copy of what they were. The backward pass
 * runs under the same mode as the forward pass.
 * https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.graph.allow_mutation_on_saved_tensors
 * @throws TorchError when one is under way; AssertionError from a backward pass after its end
 */
export function allow_mutation_on_saved_tensors(): Mode;
export function allow_mutation_on_saved_tensors<Result>(
  callback: (context: AllowMutationOnSavedContext) => Result,
): Result;
export function allow_mutation_on_saved_tensors<Result>(
  callback?: (context: AllowMutationOnSavedContext) => Result,
): Result | Mode {
  const context = new AllowMutationOnSavedContext();
  const run = typeof callback === 'function' ? () => callback(context) : callback;
  return withMode('allow_mutation_on_saved_tensors', () => enter(context), run);
}
