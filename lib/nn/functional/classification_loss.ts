/** Losses between predicted distributions and classes. https://docs.pytorch.org/docs/2.13/nn.functional.html#loss-functions */

import { TorchError, warn } from '../../base/errors';
import { sameShape, sizeText, tupleText } from '../../base/text';
import { dtypes } from '../../base/types';
import { _nn, _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_functional';
import { logsigmoid } from './activation';
import { chunkedCrossEntropy, planOf } from './chunked_cross_entropy';
import { linear } from './linear';
import { legacyReduction, reductionName, reductionNumber } from './reduction';

/**
 * Between logits (N, C, *) or (C) and classes (N, *) of int64 or probabilities (N, C, *).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.cross_entropy.html
 */
export function cross_entropy(...args: signatures.CrossEntropyArgs): Tensor {
  const [input, target, weight, size_average, ignore_index, reduce, reduction, label_smoothing] =
    signatures.cross_entropy.list(args);
  const how = legacyReduction(size_average, reduce, reduction);
  return _nn.cross_entropy_loss(input, target, weight, how, ignore_index, label_smoothing);
}

/**
 * Between log probabilities (N, C, *) or (C) and classes (N, *) of int64.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.nll_loss.html
 */
export function nll_loss(...args: signatures.NllLossArgs): Tensor {
  const [input, target, weight, size_average, ignore_index, reduce, reduction] = signatures.nll_loss.list(args);
  return _nn.nll_loss_nd(input, target, weight, legacyReduction(size_average, reduce, reduction), ignore_index);
}

/**
 * Between probabilities and targets in [0, 1] of the same shape.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.binary_cross_entropy.html
 */
export function binary_cross_entropy(...args: signatures.BinaryCrossEntropyArgs): Tensor {
  const [input, target, weight, size_average, reduce, reduction] = signatures.binary_cross_entropy.list(args);
  const how = legacyReduction(size_average, reduce, reduction);
  if (!sameShape(target.shape, input.shape)) {
    throw new RangeError(
      `Using a target size (${sizeText(target.shape)}) that is different to the input size ` +
        `(${sizeText(input.shape)}) is deprecated. Please ensure they have the same size.`,
    );
  }
  return _nn.binary_cross_entropy(input, target, weight === null ? null : expandedTogether(weight, target), how);
}

/** The weight at the shape that both broadcast to. */
function expandedTogether(weight: Tensor, target: Tensor): Tensor {
  const [expanded] = _torch.broadcast_tensors([weight, target]);
  return expanded!;
}

/**
 * The binary cross entropy of sigmoid(input), computed stably.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.binary_cross_entropy_with_logits.html
 */
export function binary_cross_entropy_with_logits(...args: signatures.BinaryCrossEntropyWithLogitsArgs): Tensor {
  const [input, target, weight, size_average, reduce, reduction, pos_weight] =
    signatures.binary_cross_entropy_with_logits.list(args);
  const how = legacyReduction(size_average, reduce, reduction);
  if (!sameShape(target.shape, input.shape)) {
    throw new RangeError(
      `Target size (${sizeText(target.shape)}) must be the same as input size (${sizeText(input.shape)})`,
    );
  }
  return _torch.binary_cross_entropy_with_logits(input, target, weight, pos_weight, how);
}

/**
 * The Kullback-Leibler divergence from log probabilities to probabilities, or to their logarithms with `log_target`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.kl_div.html
 */
export function kl_div(...args: signatures.KlDivArgs): Tensor {
  const [input, target, size_average, reduce, reduction, log_target] = signatures.kl_div.list(args);
  const legacy = size_average !== null || reduce !== null;
  if (!legacy && reduction === 'mean') {
    warn(
      "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides only " +
        "by the batch size, and aligns with the KL div math definition.'mean' will be changed to behave the same as " +
        "'batchmean' in the next major release.",
    );
  }
  const batchMean = reduction === 'batchmean';
  const how = reductionName(size_average, reduce, batchMean ? 'sum' : reduction);
  const loss = _torch.kl_div(input, target, reductionNumber(how), { log_target });
  return batchMean && input.dim() !== 0 ? loss.div(input.size(0)) : loss;
}

/** Connectionist temporal classification. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.ctc_loss.html */
export function ctc_loss(...args: signatures.CtcLossArgs): Tensor {
  const [log_probs, targets, input_lengths, target_lengths, blank, reduction, zero_infinity] =
    signatures.ctc_loss.list(args);
  return _torch.ctc_loss(
    log_probs,
    targets,
    input_lengths as Tensor,
    target_lengths as Tensor,
    blank,
    reductionNumber(reduction),
    zero_infinity,
  );
}

/**
 * log(1 + exp(−yx)) with targets of ±1.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.soft_margin_loss.html
 */
export function soft_margin_loss(...args: signatures.SoftMarginLossArgs): Tensor {
  const [input, target, size_average, reduce, reduction] = signatures.soft_margin_loss.list(args);
  return _nn.soft_margin_loss(input, target, legacyReduction(size_average, reduce, reduction));
}

/**
 * One hinge loss for each pair of a target class and another; input (N, C).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.multilabel_margin_loss.html
 */
export function multilabel_margin_loss(...args: signatures.MultilabelMarginLossArgs): Tensor {
  const [input, target, size_average, reduce, reduction] = signatures.multilabel_margin_loss.list(args);
  return _nn.multilabel_margin_loss(input, target, legacyReduction(size_average, reduce, reduction));
}

/**
 * One binary cross entropy a class, averaged over the classes; input and target (N, C).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.multilabel_soft_margin_loss.html
 */
export function multilabel_soft_margin_loss(...args: signatures.MultilabelSoftMarginLossArgs): Tensor {
  const [input, target, weight, size_average, reduce, reduction] = signatures.multilabel_soft_margin_loss.list(args);
  const how = reductionName(size_average, reduce, reduction);
  const likelihood = target.mul(logsigmoid(input)).add(_torch.rsub(target, 1).mul(logsigmoid(input.neg())));
  const losses = weight === null ? likelihood.neg() : likelihood.neg().mul(weight);
  const classes = input.dim() - 1;
  const loss = losses.sum(classes).div(input.size(classes));
  if (how === 'none') return loss;
  if (how === 'mean') return loss.mean();
  if (how === 'sum') return loss.sum();
  throw new RangeError(`${String(how)} is not valid`);
}

/**
 * A hinge loss, or its square with `p` 2, against one class; input (N, C) or (C).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.multi_margin_loss.html
 */
export function multi_margin_loss(...args: signatures.MultiMarginLossArgs): Tensor {
  const [input, target, p, margin, weight, size_average, reduce, reduction] = signatures.multi_margin_loss.list(args);
  const how = legacyReduction(size_average, reduce, reduction);
  if (p !== 1 && p !== 2) throw new RangeError('only p == 1 and p == 2 supported');
  if (weight !== null && weight.dim() !== 1) throw new RangeError('weight must be one-dimensional');
  return _nn.multi_margin_loss(input, target, p, margin, weight, how);
}

function requireShapes(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new TorchError(message());
}

/**
 * The cross entropy of linear(input, linear_weight, linear_bias) and `target`: input (N, in) or (in), linear_weight
 * (C, *, in), linear_bias (C, *). With `options` the batch is computed in pieces, so that the logits are never in memory as a
 * whole; that has first derivatives only, and takes class indices without `label_smoothing`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.linear_cross_entropy.html
 */
export function linear_cross_entropy(...args: signatures.LinearCrossEntropyArgs): Tensor {
  const [input, linear_weight, target, linear_bias, weight, reduction, ignore_index, label_smoothing, options] =
    signatures.linear_cross_entropy.list(args);
  const [inputShape, weightShape] = [input.shape, linear_weight.shape];
  checkLinearShapes(inputShape, weightShape, linear_bias);
  const [classes, ...outputs] = weightShape.slice(0, -1) as [number, ...number[]];
  const logitsShape = [...inputShape.slice(0, -1), classes, ...outputs];
  requireShapes(
    ignore_index === null || !sameShape(target.shape, logitsShape),
    () => 'ignore_index cannot be specified when target contains probabilities',
  );
  if (options !== null) {
    const ignored = outputs.length > 0 || label_smoothing !== 0 || target.dtype !== dtypes.int64;
    if (!ignored && (reduction === 'mean' || reduction === 'sum' || reduction === 'none')) {
      const batch = input.dim() === 2 ? input : input.unsqueeze(0);
      const plan = planOf(options, batch, classes);
      const loss = chunkedCrossEntropy(
        {
          input: batch,
          weight: linear_weight,
          target: target.reshape(-1),
          bias: linear_bias,
          classWeight: weight,
          ignore: ignore_index ?? -100,
          plan,
        },
        reduction,
      );
      return input.dim() === 2 || reduction !== 'none' ? loss : loss.squeeze(0);
    }
    warn(
      `linear_cross_entropy: \`\`options\`\` ignored; chunked path needs reduction in {'mean','sum','none'}, label_smoothing == 0, target.dtype == int64, out_features == (). Got reduction='${reduction}', label_smoothing=${label_smoothing}, target.dtype=${target.dtype}, out_features=${tupleText(outputs)}, tracing=False, linear_bias.shape=${linear_bias === null ? null : tupleText(linear_bias.shape)}.`,
    );
  }
  const flatWeight = outputs.length > 0 ? linear_weight.reshape([-1, weightShape.at(-1)!]) : linear_weight;
  const logits = linear(input, flatWeight, linear_bias?.reshape(-1) ?? null).reshape(logitsShape);
  return cross_entropy(logits, target, weight, null, ignore_index ?? -100, null, reduction, label_smoothing);
}

function checkLinearShapes(input: readonly number[], weight: readonly number[], bias: Tensor | null): void {
  requireShapes(
    input.length === 1 || input.length === 2,
    () => `expected input with dimensionality 1 or 2, got ${input.length}`,
  );
  requireShapes(
    weight.length >= 2,
    () => `expected linear_weight with dimensionality at least 2, got ${weight.length}`,
  );
  const width = input.at(-1)!;
  requireShapes(
    width === weight.at(-1),
    () =>
      'expected equal input and linear_weight last dimensions (in_features), ' +
      `got ${width} and ${weight.at(-1)}, respectively`,
  );
  const rows = weight.slice(0, -1);
  requireShapes(
    bias === null || sameShape(bias.shape, rows),
    () => `expected linear_bias shape ${tupleText(rows)}, got ${tupleText(bias!.shape)}`,
  );
  requireShapes(
    rows.length === 1 || input.length === 2,
    () =>
      `K-dimensional loss defined by linear_weight shape ${tupleText(weight)} requires batched input, (N, ${width}), ` +
      `got unbatched input with shape ${tupleText(input)}`,
  );
}
