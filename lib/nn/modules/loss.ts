/** Losses. https://docs.pytorch.org/docs/2.13/nn.html#loss-functions */

import { TorchError, warn } from '../../base/errors';
import { tupleText } from '../../base/text';
import { Tensor } from '../../tensor/tensor';
import type { Reduction } from '../common_types';
import * as F from '../functional';
import { reductionName } from '../functional/reduction';
import { product } from '../functional/sizes';
import * as signatures from '../generated/nn';
import { PairwiseDistance } from './distance';
import { Linear } from './linear';
import type { LinearCrossEntropyOptions } from './linear_cross_entropy_options';
import { Module } from './module';
import { float, repr } from './repr';

/** @internal */
export abstract class _Loss extends Module {
  reduction: Reduction;

  constructor({ size_average = null, reduce = null, reduction = 'mean' }: signatures.L1LossOptions = {}) {
    super();
    this.reduction = reductionName(size_average, reduce, reduction);
  }
}

/** @internal */
export abstract class _WeightedLoss extends _Loss {
  declare weight: Tensor | null;

  constructor({ weight = null, ...options }: signatures.NLLLossOptions) {
    super(options);
    this.register_buffer('weight', weight);
  }
}

/** A loss without options of its own. */
abstract class PlainLoss extends _Loss {
  constructor(...args: signatures.L1LossArgs) {
    super(signatures.L1Loss.read(args, new.target.name));
  }

  abstract override forward(input: Tensor, target: Tensor): Tensor;
}

/** A weighted loss without other options. */
abstract class PlainWeightedLoss extends _WeightedLoss {
  constructor(...args: signatures.BCELossArgs) {
    super(signatures.BCELoss.read(args, new.target.name));
  }

  abstract override forward(input: Tensor, target: Tensor): Tensor;
}

/** |x − y|. https://docs.pytorch.org/docs/2.13/generated/torch.nn.L1Loss.html */
export class L1Loss extends PlainLoss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.l1_loss(input, target, { reduction: this.reduction });
  }
}

/**
 * (x − y)², its mean by default: (*) and (*) → a number, or (*) with `reduction: 'none'`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.MSELoss.html
 */
export class MSELoss extends PlainLoss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.mse_loss(input, target, { reduction: this.reduction });
  }
}

/** log(1 + exp(−y x)). https://docs.pytorch.org/docs/2.13/generated/torch.nn.SoftMarginLoss.html */
export class SoftMarginLoss extends PlainLoss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.soft_margin_loss(input, target, { reduction: this.reduction });
  }
}

/** A hinge over several right classes. https://docs.pytorch.org/docs/2.13/generated/torch.nn.MultiLabelMarginLoss.html */
export class MultiLabelMarginLoss extends PlainLoss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.multilabel_margin_loss(input, target, { reduction: this.reduction });
  }
}

/** Cross entropy of probabilities. https://docs.pytorch.org/docs/2.13/generated/torch.nn.BCELoss.html */
export class BCELoss extends PlainWeightedLoss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.binary_cross_entropy(input, target, { weight: this.weight, reduction: this.reduction });
  }
}

/** A sigmoid and cross entropy for each class. https://docs.pytorch.org/docs/2.13/generated/torch.nn.MultiLabelSoftMarginLoss.html */
export class MultiLabelSoftMarginLoss extends PlainWeightedLoss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.multilabel_soft_margin_loss(input, target, { weight: this.weight, reduction: this.reduction });
  }
}

/** −x of the right class; x are log probabilities. https://docs.pytorch.org/docs/2.13/generated/torch.nn.NLLLoss.html */
export class NLLLoss extends _WeightedLoss {
  ignore_index: number;

  constructor(...args: signatures.NLLLossArgs) {
    const { ignore_index, ...options } = signatures.NLLLoss.read(args, new.target.name);
    super(options);
    this.ignore_index = ignore_index;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignore_index, reduction } = this;
    return F.nll_loss(input, target, { weight, ignore_index, reduction });
  }
}

/** Deprecated: NLLLoss does the same. */
export class NLLLoss2d extends NLLLoss {
  constructor(...args: signatures.NLLLossArgs) {
    warn(
      '`NLLLoss2d` has been deprecated. Please use `NLLLoss` instead as a drop-in replacement and see https://pytorch.org/docs/main/nn.html#torch.nn.NLLLoss for more details.',
      'FutureWarning',
    );
    super(...args);
  }
}

/**
 * The negative log likelihood of counts `target` under Poisson distributions: `exp(input) − target · input` on logarithms.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.PoissonNLLLoss.html
 */
export class PoissonNLLLoss extends _Loss {
  log_input: boolean;
  full: boolean;
  eps: number;

  constructor(...args: signatures.PoissonNLLLossArgs) {
    const { log_input, full, eps, ...options } = signatures.PoissonNLLLoss.read(args);
    super(options);
    this.log_input = log_input;
    this.full = full;
    this.eps = eps;
  }

  override forward(log_input: Tensor, target: Tensor): Tensor {
    const { full, eps, reduction } = this;
    return F.poisson_nll_loss(log_input, target, { log_input: this.log_input, full, eps, reduction });
  }
}

/**
 * The negative log likelihood of `target` under normal distributions with means `input` and variances `var`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.GaussianNLLLoss.html
 */
export class GaussianNLLLoss extends _Loss {
  full: boolean;
  eps: number;

  constructor(...args: signatures.GaussianNLLLossArgs) {
    const { full, eps, reduction } = signatures.GaussianNLLLoss.read(args);
    super({ reduction });
    this.full = full;
    this.eps = eps;
  }

  override forward(input: Tensor, target: Tensor, variance: Tensor | number): Tensor {
    const { full, eps, reduction } = this;
    return F.gaussian_nll_loss(input, target, variance, { full, eps, reduction });
  }
}

/** y (log y − x); x are log probabilities. https://docs.pytorch.org/docs/2.13/generated/torch.nn.KLDivLoss.html */
export class KLDivLoss extends _Loss {
  log_target: boolean;

  constructor(
    ...args: readonly [...signatures.KLDivLossArgs] | [options: { reduction: 'batchmean'; log_target?: boolean }]
  ) {
    const { log_target, ...options } = signatures.KLDivLoss.read(args);
    super(options);
    this.log_target = log_target;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { reduction, log_target } = this;
    return F.kl_div(input, target, { reduction, log_target });
  }
}

/** A sigmoid and cross entropy in one, stably. https://docs.pytorch.org/docs/2.13/generated/torch.nn.BCEWithLogitsLoss.html */
export class BCEWithLogitsLoss extends _Loss {
  declare weight: Tensor | null;
  declare pos_weight: Tensor | null;

  constructor(...args: signatures.BCEWithLogitsLossArgs) {
    const { weight, pos_weight, ...options } = signatures.BCEWithLogitsLoss.read(args);
    super(options);
    this.register_buffer('weight', weight);
    this.register_buffer('pos_weight', pos_weight);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { weight, pos_weight, reduction } = this;
    return F.binary_cross_entropy_with_logits(input, target, { weight, pos_weight, reduction });
  }
}

/** x where y is 1, max(0, margin − x) where it is −1. https://docs.pytorch.org/docs/2.13/generated/torch.nn.HingeEmbeddingLoss.html */
export class HingeEmbeddingLoss extends _Loss {
  margin: number;

  constructor(...args: signatures.HingeEmbeddingLossArgs) {
    const { margin, ...options } = signatures.HingeEmbeddingLoss.read(args);
    super(options);
    this.margin = margin;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { margin, reduction } = this;
    return F.hinge_embedding_loss(input, target, { margin, reduction });
  }
}

/** Quadratic below beta, linear above. https://docs.pytorch.org/docs/2.13/generated/torch.nn.SmoothL1Loss.html */
export class SmoothL1Loss extends _Loss {
  beta: number;

  constructor(...args: signatures.SmoothL1LossArgs) {
    const { beta, ...options } = signatures.SmoothL1Loss.read(args);
    super(options);
    this.beta = beta;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { beta, reduction } = this;
    return F.smooth_l1_loss(input, target, { beta, reduction });
  }
}

/** Quadratic below delta, linear above, of one slope. https://docs.pytorch.org/docs/2.13/generated/torch.nn.HuberLoss.html */
export class HuberLoss extends _Loss {
  delta: number;

  constructor(...args: signatures.HuberLossArgs) {
    const { reduction, delta } = signatures.HuberLoss.read(args);
    if (typeof delta !== 'number') throw new TypeError(`delta must be a float or int, got: ${typeof delta}`);
    super({ reduction });
    this.delta = delta;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { delta, reduction } = this;
    return F.huber_loss(input, target, { delta, reduction });
  }
}

/**
 * Softmax and negative log likelihood in one: logits (N, C, *), targets (N, *) of classes or (N, C, *) of probabilities.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.CrossEntropyLoss.html
 */
export class CrossEntropyLoss extends _WeightedLoss {
  ignore_index: number;
  label_smoothing: number;

  constructor(...args: signatures.CrossEntropyLossArgs) {
    const { ignore_index, label_smoothing, ...options } = signatures.CrossEntropyLoss.read(args);
    super(options);
    this.ignore_index = ignore_index;
    this.label_smoothing = label_smoothing;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignore_index, reduction, label_smoothing } = this;
    return F.cross_entropy(input, target, { weight, ignore_index, reduction, label_smoothing });
  }
}

/**
 * A linear map and the cross entropy of its logits in one.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.LinearCrossEntropyLoss.html
 */
export class LinearCrossEntropyLoss extends _WeightedLoss {
  num_classes: number;
  out_features: readonly number[];
  ignore_index: number | null;
  label_smoothing: number;
  options: LinearCrossEntropyOptions | null;
  declare linear: Linear;

  constructor(...args: signatures.LinearCrossEntropyLossArgs) {
    const read = signatures.LinearCrossEntropyLoss.read(args);
    const { in_features, num_classes, out_features, bias, device, dtype, weight, label_smoothing } = read;
    if (weight !== null && (weight.dim() !== 1 || weight.size(0) !== num_classes)) {
      throw new TorchError(`expected weight shape to be (${num_classes},), got ${tupleText(weight.shape)}`);
    }
    if (label_smoothing < 0 || label_smoothing > 1) {
      throw new TorchError(`expected label_smoothing to be in range [0, 1], got ${label_smoothing}`);
    }
    super({ weight, reduction: read.reduction });
    this.num_classes = num_classes;
    this.out_features = out_features;
    this.ignore_index = read.ignore_index;
    this.label_smoothing = label_smoothing;
    this.linear = new Linear(in_features, num_classes * product(out_features), { bias, device, dtype });
    this.options = read.options;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { linear, weight, reduction, ignore_index, label_smoothing, options } = this;
    const shape = [this.num_classes, ...this.out_features];
    const linear_weight = linear.weight.reshape([...shape, linear.in_features]);
    const linear_bias = linear.bias?.reshape(shape) ?? null;
    const named = { linear_bias, weight, reduction, ignore_index, label_smoothing, options };
    return F.linear_cross_entropy(input, linear_weight, target, named);
  }

  override extra_repr(): string {
    const { linear, num_classes, reduction, ignore_index, label_smoothing, options } = this;
    return [
      `in_features=${linear.in_features}, num_classes=${num_classes}, out_features=${repr(this.out_features)}`,
      `bias=${repr(linear.bias !== null)}, reduction=${reduction}, ignore_index=${repr(ignore_index)}`,
      `label_smoothing=${float(label_smoothing)}, options=${repr(options)}`,
    ].join(', ');
  }
}

/** One minus the cosine, or its excess over the margin. https://docs.pytorch.org/docs/2.13/generated/torch.nn.CosineEmbeddingLoss.html */
export class CosineEmbeddingLoss extends _Loss {
  margin: number;

  constructor(...args: signatures.CosineEmbeddingLossArgs) {
    const { margin, ...options } = signatures.CosineEmbeddingLoss.read(args);
    super(options);
    this.margin = margin;
  }

  override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    const { margin, reduction } = this;
    return F.cosine_embedding_loss(input1, input2, target, { margin, reduction });
  }
}

/** max(0, −y (x₁ − x₂) + margin). https://docs.pytorch.org/docs/2.13/generated/torch.nn.MarginRankingLoss.html */
export class MarginRankingLoss extends _Loss {
  margin: number;

  constructor(...args: signatures.MarginRankingLossArgs) {
    const { margin, ...options } = signatures.MarginRankingLoss.read(args);
    super(options);
    this.margin = margin;
  }

  override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    const { margin, reduction } = this;
    return F.margin_ranking_loss(input1, input2, target, { margin, reduction });
  }
}

/** A hinge between the right class and each other. https://docs.pytorch.org/docs/2.13/generated/torch.nn.MultiMarginLoss.html */
export class MultiMarginLoss extends _WeightedLoss {
  p: 1 | 2;
  margin: number;

  constructor(...args: signatures.MultiMarginLossArgs) {
    const { p, margin, ...options } = signatures.MultiMarginLoss.read(args);
    if (p !== 1 && p !== 2) throw new RangeError('only p == 1 and p == 2 supported');
    const ndim = options.weight instanceof Tensor ? options.weight.dim() : 1;
    if (ndim !== 1) {
      throw new RangeError(`MultiMarginLoss: expected weight to be None or 1D tensor, got ${ndim}D instead`);
    }
    super(options);
    this.p = p;
    this.margin = margin;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { p, margin, weight, reduction } = this;
    return F.multi_margin_loss(input, target, { p, margin, weight, reduction });
  }
}

function checkTripletMargin(name: string, margin: number): void {
  if (margin > 0) return;
  throw new RangeError(`${name}: expected margin to be greater than 0, got ${float(margin)} instead`);
}

/** max(0, d(a, p) − d(a, n) + margin). https://docs.pytorch.org/docs/2.13/generated/torch.nn.TripletMarginLoss.html */
export class TripletMarginLoss extends _Loss {
  margin: number;
  p: number;
  eps: number;
  swap: boolean;

  constructor(...args: signatures.TripletMarginLossArgs) {
    const { margin, p, eps, swap, ...options } = signatures.TripletMarginLoss.read(args);
    super(options);
    checkTripletMargin('TripletMarginLoss', margin);
    this.margin = margin;
    this.p = p;
    this.eps = eps;
    this.swap = swap;
  }

  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { margin, p, eps, swap, reduction } = this;
    return F.triplet_margin_loss(anchor, positive, negative, { margin, p, eps, swap, reduction });
  }
}

/**
 * A triplet loss with any distance: max(d(a, p) − d(a, n) + margin, 0).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.TripletMarginWithDistanceLoss.html
 */
export class TripletMarginWithDistanceLoss extends _Loss {
  distance_function: (a: Tensor, b: Tensor) => Tensor;
  margin: number;
  swap: boolean;

  constructor(...args: signatures.TripletMarginWithDistanceLossArgs) {
    const { distance_function, margin, swap, reduction } = signatures.TripletMarginWithDistanceLoss.read(args);
    super({ reduction });
    checkTripletMargin('TripletMarginWithDistanceLoss', margin);
    this.distance_function = distance_function ?? new PairwiseDistance();
    this.margin = margin;
    this.swap = swap;
  }

  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { distance_function, margin, swap, reduction } = this;
    const options = { distance_function, margin, swap, reduction };
    return F.triplet_margin_with_distance_loss(anchor, positive, negative, options);
  }
}

/**
 * The likelihood of target sequences over all alignments: log probabilities (T, N, C).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.CTCLoss.html
 */
export class CTCLoss extends _Loss {
  blank: number;
  zero_infinity: boolean;

  constructor(...args: signatures.CTCLossArgs) {
    const { blank, reduction, zero_infinity } = signatures.CTCLoss.read(args);
    super({ reduction });
    this.blank = blank;
    this.zero_infinity = zero_infinity;
  }

  override forward(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Tensor | readonly number[],
    target_lengths: Tensor | readonly number[],
  ): Tensor {
    const { blank, reduction, zero_infinity } = this;
    return F.ctc_loss(log_probs, targets, input_lengths, target_lengths, blank, reduction, zero_infinity);
  }
}
