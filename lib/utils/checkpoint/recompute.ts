/**
 * The checkpoint that works with saved-tensor hooks: a forward pass saves places instead of tensors, and the first
 * place a backward pass asks for makes it run the function again, which fills them all.
 */

import { isTensor } from '../../arguments/checks';
import { enable_grad } from '../../autograd/grad_mode';
import { saved_tensors_hooks } from '../../autograd/saved_tensors';
import { TorchError } from '../../base/errors';
import { sizeText } from '../../base/python_text';
import { scalarTypeName } from '../../base/types';
import { native } from '../../native/addon';
import { call } from '../../native/frame';
import { keep } from '../../native/memory';
import { objectsIn } from '../../native/tidy';
import { watchOperators } from '../../operators/watch';
import type { Tensor } from '../../tensor/tensor';
import { CheckpointError } from './errors';

/** What of a tensor must be the same when it is computed again. */
export type Metadata = (x: Tensor) => string;

export const metadataChecks: Readonly<Record<string, Metadata>> = {
  default: (x) =>
    `{'shape': ${sizeText(x.shape)}, 'dtype': ${x.dtype}, 'device': device(type='${x.device.type}'${x.device.index === null ? '' : `, index=${x.device.index}`})}`,
  none: () => '',
};

/** The end of a recomputation that has filled all places. */
class Stop extends Error {}

/** A place for one saved tensor: filled by a recomputation, emptied when it is used. */
class Place {
  readonly filled = new Map<number, Tensor | null>();

  constructor(readonly metadata: string) {}
}

let outside = 0;

/** The backward pass under way; each look from outside of one counts as its own. */
function currentPass(): number {
  const pass = call(native.current_graph_task);
  return pass === -1 ? --outside - 1 : pass;
}

function described(value: unknown): string {
  if (isTensor(value)) return `${scalarTypeName(value.dtype).toLowerCase()}[${value.shape.join(', ')}]`;
  if (Array.isArray(value)) return `[${value.slice(0, 8).map(described).join(', ')}]`;
  return typeof value === 'object' && value !== null ? String(value) : (JSON.stringify(value) ?? 'default');
}

/** Runs a function and lists the operators it calls. */
function logOperators<Result>(lines: string[] | undefined, body: () => Result): Result {
  if (lines === undefined) return body();
  const stop = watchOperators(({ name }, values) => lines.push(`${name}(${values.map(described).join(', ')})`));
  try {
    return body();
  } finally {
    stop();
  }
}

/** One checkpointed call. */
export class Recomputation {
  private readonly places: Place[] = [];
  private readonly counts = new Map<number, number>();
  private readonly done = new Set<number>();
  private readonly versions: readonly number[];
  private forwardDone = false;
  private ignoreMismatch = false;
  private readonly log: { readonly forward: string[]; readonly recomputed: string[] } | undefined;

  constructor(
    private readonly again: (args: readonly unknown[]) => void,
    private readonly args: readonly unknown[],
    private readonly metadata: Metadata,
    private readonly earlyStop: boolean,
    debug = false,
  ) {
    if (debug) this.log = { forward: [], recomputed: [] };
    this.versions = args.map((arg) => (isTensor(arg) && !arg.is_inference() ? arg._version : 0));
    for (const object of objectsIn(args, new Set())) keep(object); // the graph needs them beyond a tidy() scope
  }

  /** Runs the forward pass. */
  forward<Result>(body: () => Result): Result {
    const pack = (x: Tensor) => {
      const place = new Place(this.metadata(x));
      this.places.push(place);
      return place;
    };
    const logged = () => logOperators(this.log?.forward, body);
    const result = saved_tensors_hooks(pack, (place: Place) => this.take(place), logged);
    this.forwardDone = true;
    return result;
  }

  /** The tensor of a place, computed again if this pass has not done so. */
  private take(place: Place): Tensor {
    const pass = currentPass();
    if (!this.done.has(pass)) this.fill(pass);
    const x = place.filled.get(pass);
    if (x === null || x === undefined) {
      throw new CheckpointError(
        'torch.utils.checkpoint: Unpack is being triggered for a tensor that was already unpacked once. If you are calling ctx.saved_tensors in backward, make sure to do so only once. Otherwise please open an issue with details on your use case.',
      );
    }
    place.filled.set(pass, null);
    return x;
  }

  private fill(pass: number): void {
    this.checkArguments();
    if (this.log !== undefined) this.log.recomputed.length = 0;
    const pack = (x: Tensor) => this.fillNext(pass, x.requires_grad ? x.detach() : x);
    try {
      saved_tensors_hooks(
        pack,
        (x: Tensor) => x,
        () => enable_grad(() => logOperators(this.log?.recomputed, () => this.again(this.args))),
      );
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
    }
    this.done.add(pass);
    this.check(pass);
  }

  /** What the recomputation saves goes to the next place. */
  private fillNext(pass: number, x: Tensor): Tensor {
    const index = this.counts.get(pass) ?? 0;
    this.counts.set(pass, index + 1);
    const place = this.places[index];
    if (place === undefined) {
      if (!this.forwardDone) {
        this.ignoreMismatch = true;
        return x;
      }
      throw this.mismatch(
        'torch.utils.checkpoint: trying to save more tensors during recomputation than during the original forward pass.\n',
      );
    }
    place.filled.set(pass, keep(x));
    if (this.earlyStop && index + 1 === this.places.length) throw new Stop();
    return x;
  }

  private checkArguments(): void {
    this.args.forEach((arg, i) => {
      if (!isTensor(arg) || arg.is_inference() || arg._version === this.versions[i]) return;
      throw new TorchError(
        `one of the variables needed for gradient computation has been modified by an inplace operation: [${arg.type()} [${arg.shape.join(', ')}]], which is output ${arg.output_nr} of ${(arg.grad_fn?.name() ?? 'a leaf').replace(/Backward\d*$/, '')}, is at version ${arg._version}; expected version ${this.versions[i]} instead. Hint: enable anomaly detection to find the operation that failed to compute its gradient, with torch.autograd.set_detect_anomaly(True, check_nan=False).`,
      );
    });
  }

  /** The error of a recomputation that is not the forward pass again, with both lists of operators if there are any. */
  private mismatch(message: string): CheckpointError {
    if (this.log === undefined) {
      return new CheckpointError(
        `${message}\nTip: To see a more detailed error message, either pass \`debug: true\` to \`torch.utils.checkpoint.checkpoint(...)\` or run the code in \`torch.utils.checkpoint.set_checkpoint_debug_enabled(true, ...)\`.\n`,
      );
    }
    const [forward, recomputed] = [this.log.forward, this.log.recomputed].map((lines) => lines.join('\n'));
    return new CheckpointError(
      `${message}\nOperators executed during the original forward:\n${forward}\n\nOperators executed during recomputation:\n${recomputed}\n\n` +
        'ERROR: Detected non-determinism while running activation checkpointing\n\n' +
        'You are seeing this error because you passed `debug=True` to checkpoint: the first operator in which the two lists above differ, calls of `detach` apart, is where the function did something else the second time.\n',
    );
  }

  private check(pass: number): void {
    if (this.ignoreMismatch) return;
    const count = this.counts.get(pass) ?? 0;
    if (count !== this.places.length) {
      throw this.mismatch(
        `torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\nNumber of tensors saved during forward: ${this.places.length}\nNumber of tensors saved during recomputation: ${count}.\n`,
      );
    }
    const different = this.places.flatMap((place, i) => {
      const now = this.metadata(place.filled.get(pass)!);
      if (now === place.metadata) return [];
      return [`tensor at position ${i}:\nsaved metadata: ${place.metadata}\nrecomputed metadata: ${now}\n`];
    });
    if (different.length > 0) {
      throw this.mismatch(
        `torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the forward pass.\n${different.join('')}.\n`,
      );
    }
  }
}
