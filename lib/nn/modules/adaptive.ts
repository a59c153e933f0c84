/** A softmax over many classes, the rare ones in clusters. */

import { requireList } from '../../arguments/checks';
import { TorchError } from '../../base/errors';
import { sizeText } from '../../base/text';
import { pow } from '../../native/c_math';
import { namedTuple } from '../../operators/named_tuple';
import type { Tensor } from '../../tensor/tensor';
import * as F from '../functional';
import * as signatures from '../generated/nn';
import { ModuleList, Sequential } from './container';
import { Linear } from './linear';
import { Module } from './module';

/** The log probability of each target, and the mean of their negatives. */
export type AdaptiveOutput = [output: Tensor, loss: Tensor] & { readonly output: Tensor; readonly loss: Tensor };

const outputOf = namedTuple('_ASMoutput', ['output', 'loss']);

function checkCutoffs(cutoffs: readonly number[], n_classes: number): void {
  if (cutoffs.length === 0) throw new RangeError('cutoffs should be a sequence of length larger than 0');
  const fine = cutoffs.every(
    (cutoff, i) => Number.isInteger(cutoff) && cutoff > (cutoffs[i - 1] ?? 0) && cutoff <= n_classes - 1,
  );
  if (!fine) {
    throw new RangeError(
      'cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is between 1 and n_classes-1',
    );
  }
}

/**
 * An approximation of softmax for many classes sorted by how often they occur.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveLogSoftmaxWithLoss.html
 */
export class AdaptiveLogSoftmaxWithLoss extends Module {
  in_features: number;
  n_classes: number;
  cutoffs: readonly number[];
  div_value: number;
  head_bias: boolean;
  shortlist_size: number;
  n_clusters: number;
  head_size: number;
  declare head: Linear;
  declare tail: ModuleList<Sequential>;

  constructor(...args: signatures.AdaptiveLogSoftmaxWithLossArgs) {
    super();
    const { in_features, n_classes, cutoffs, div_value, head_bias, ...factory } =
      signatures.AdaptiveLogSoftmaxWithLoss.read(args);
    requireList('AdaptiveLogSoftmaxWithLoss.__init__', 'cutoffs', cutoffs);
    checkCutoffs(cutoffs, n_classes);
    this.in_features = in_features;
    this.n_classes = n_classes;
    this.cutoffs = [...cutoffs, n_classes];
    this.div_value = div_value;
    this.head_bias = head_bias;
    this.shortlist_size = this.cutoffs[0]!;
    this.n_clusters = this.cutoffs.length - 1;
    this.head_size = this.shortlist_size + this.n_clusters;
    this.head = new Linear(in_features, this.head_size, { bias: head_bias, ...factory });
    this.tail = new ModuleList<Sequential>();
    for (let i = 0; i < this.n_clusters; i++) {
      const width = Math.floor(in_features / pow(div_value, i + 1));
      const classes = this.cutoffs[i + 1]! - this.cutoffs[i]!;
      const options = { bias: false, ...factory };
      this.tail.append(new Sequential(new Linear(in_features, width, options), new Linear(width, classes, options)));
    }
  }

  /** Draws new weights. */
  reset_parameters(): void {
    for (const layer of [this.head, ...[...this.tail].flatMap((projection) => [...projection])]) {
      (layer as Linear).reset_parameters();
    }
  }

  /** input (N, in_features) with targets (N), or one of each. */
  override forward(input_: Tensor, target_: Tensor): AdaptiveOutput {
    checkTargets(input_, target_);
    const batched = target_.dim() > 0;
    const input = batched ? input_ : input_.unsqueeze(0);
    const target = batched ? target_ : target_.unsqueeze(0);
    const { output, column } = this.tailOutput(input, target);
    const head = F.log_softmax(this.head(input), 1);
    const total = output.add(head.gather(1, column.unsqueeze(1)).squeeze(1));
    const loss = total.neg().mean();
    return outputOf([batched ? total : total.squeeze(0), loss]) as AdaptiveOutput;
  }

  /** What the clusters add to each row, and the column of the head that belongs to it. */
  private tailOutput(input: Tensor, target: Tensor): { output: Tensor; column: Tensor } {
    const rows = target.size(0);
    const output = input.new_zeros([rows]);
    const column = target.new_empty([rows]);
    let used = 0;
    this.cutoffs.forEach((high, i) => {
      const low = i === 0 ? 0 : this.cutoffs[i - 1]!;
      const mask = target.ge(low).logical_and(target.lt(high));
      const indices = mask.nonzero().squeeze(1);
      if (indices.numel() === 0) return;
      used += indices.numel();
      const mine = target.index(mask);
      if (i === 0) {
        column.index_copy_(0, indices, mine);
        return;
      }
      column.index_fill_(0, indices, this.shortlist_size + i - 1);
      const logits = this.tail[i - 1]!(input.index_select(0, indices));
      const local = F.log_softmax(logits, 1).gather(1, mine.sub(low).unsqueeze(1));
      output.index_copy_(0, indices, local.squeeze(1));
    });
    if (used !== rows) {
      throw new TorchError(
        `Target values should be in [0, ${this.n_classes - 1}], but values in range [${target.min().item()}, ${target.max().item()}] were found. `,
      );
    }
    return { output, column };
  }

  private fullLogProb(input: Tensor, head_output: Tensor): Tensor {
    const out = input.new_empty([head_output.size(0), this.n_classes]);
    const head = F.log_softmax(head_output, 1);
    const short = this.shortlist_size;
    out.index_put_([':', `:${short}`], head.index(':', `:${short}`));
    for (let i = 0; i < this.n_clusters; i++) {
      const cluster = F.log_softmax(this.tail[i]!(input), 1);
      const part = cluster.add(head.index(':', short + i).unsqueeze(1));
      out.index_put_([':', `${this.cutoffs[i]}:${this.cutoffs[i + 1]}`], part);
    }
    return out;
  }

  /** (N, in_features) → the log probabilities of all classes (N, n_classes). */
  log_prob(input: Tensor): Tensor {
    return this.fullLogProb(input, this.head(input));
  }

  /** (N, in_features) → the most probable classes (N). */
  predict(input: Tensor): Tensor {
    const head_output = this.head(input);
    const output = head_output.argmax(1);
    const rare = output.ge(this.shortlist_size);
    if (!rare.any().is_nonzero()) return output;
    if (rare.all().is_nonzero()) return this.fullLogProb(input, head_output).argmax(1);
    output.index_put_([rare], this.fullLogProb(input.index(rare), head_output.index(rare)).argmax(1));
    return output;
  }
}

function checkTargets(input: Tensor, target: Tensor): void {
  const ndim = target.dim();
  if (ndim > 1) throw new TorchError('0D or 1D target tensor expected, multi-target not supported');
  if (ndim === 1 && input.size(0) !== target.size(0)) {
    throw new TorchError('Input and target should have the same size in the batch dimension.');
  }
  if (input.dim() !== ndim + 1) {
    throw new TorchError(
      `${ndim}D target tensor expects ${ndim + 1}D input tensors, but found inputs with size ${sizeText(input.shape)}`,
    );
  }
}
