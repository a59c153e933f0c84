/** Batch normalisation folded into the layer before it, for evaluation. */

import { requireTensor } from '../../arguments/checks';
import { AssertionError } from '../../base/errors';
import { deepcopy } from '../../tensor/copy';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_utils';
import { _BatchNorm } from '../modules/batchnorm';
import type { _ConvNd } from '../modules/conv';
import type { Linear } from '../modules/linear';
import type { Module } from '../modules/module';
import { typename } from '../modules/registry';
import { Parameter } from '../parameter';
import { requireModule } from '../require';

function checkEval(layer: Module, bn: Module): void {
  if (layer.training || bn.training) throw new AssertionError('Fusion only for eval!');
}

/** The running statistics, which folding needs. */
function statistics(bn: _BatchNorm): [mean: Tensor, variance: Tensor] {
  if (!(bn instanceof _BatchNorm)) throw new AssertionError(`${typename(bn)} is not a batch normalisation`);
  if (bn.running_mean === null || bn.running_var === null) {
    throw new AssertionError('bn.running_mean and bn.running_var must not be None');
  }
  return [bn.running_mean, bn.running_var];
}

/**
 * A convolution that computes what `conv` and then `bn` compute.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.fuse_conv_bn_eval.html
 */
export function fuse_conv_bn_eval<Conv extends _ConvNd>(...args: signatures.FuseConvBnEvalArgs<Conv>): Conv {
  const [conv, bn, transpose] = signatures.fuse_conv_bn_eval.list(args);
  requireModule('fuse_conv_bn_eval', 'conv', conv);
  requireModule('fuse_conv_bn_eval', 'bn', bn);
  checkEval(conv, bn);
  const fused = deepcopy(conv);
  const [mean, variance] = statistics(bn);
  const { weight, bias } = fused;
  const folded = fuse_conv_bn_weights(weight, bias, mean, variance, bn.eps, bn.weight, bn.bias, transpose);
  [fused.weight, fused.bias] = folded;
  return fused as Conv;
}

/**
 * The weight and bias of a convolution that does what a convolution and the batch normalisation behind it do.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.fuse_conv_bn_weights.html
 */
export function fuse_conv_bn_weights(...args: signatures.FuseConvBnWeightsArgs): [weight: Parameter, bias: Parameter] {
  const given = signatures.fuse_conv_bn_weights.list(args);
  const [conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, transpose] = given;
  requireTensor('fuse_conv_bn_weights', 'conv_w', conv_w);
  requireTensor('fuse_conv_bn_weights', 'bn_rm', bn_rm);
  requireTensor('fuse_conv_bn_weights', 'bn_rv', bn_rv);
  const bias = conv_b ?? bn_rm.new_zeros(bn_rm.shape);
  const scale = bn_rv.add(bn_eps).rsqrt();
  const gain = bn_w ?? bn_rm.new_ones(bn_rm.shape);
  const shape = conv_w.shape.map(() => 1);
  shape[transpose ? 1 : 0] = -1;
  const weight = conv_w.mul(gain.mul(scale).reshape(shape)).to(conv_w.dtype);
  const centred = bias.sub(bn_rm).mul(scale).mul(gain);
  const shifted = bn_b === null ? centred : centred.add(bn_b);
  return [
    new Parameter(weight, conv_w.requires_grad),
    new Parameter(shifted.to((conv_b ?? conv_w).dtype), bias.requires_grad),
  ];
}

/**
 * A linear map that computes what `linear` and then `bn` compute.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.fuse_linear_bn_eval.html
 */
export function fuse_linear_bn_eval<Layer extends Linear>(...args: signatures.FuseLinearBnEvalArgs<Layer>): Layer {
  const [linear, bn] = signatures.fuse_linear_bn_eval.list(args);
  requireModule('fuse_linear_bn_eval', 'linear', linear);
  requireModule('fuse_linear_bn_eval', 'bn', bn);
  checkEval(linear, bn);
  const fused = deepcopy(linear);
  if (linear.out_features !== bn.num_features && bn.num_features !== 1) {
    throw new AssertionError(
      `To fuse, linear.out_features == bn.num_features or bn.num_features == 1, got linear.out_features=${linear.out_features} and bn.num_features=${bn.num_features}`,
    );
  }
  const [mean, variance] = statistics(bn);
  const { weight, bias } = fused;
  [fused.weight, fused.bias] = fuse_linear_bn_weights(weight, bias, mean, variance, bn.eps, bn.weight!, bn.bias!);
  return fused as Layer;
}

/**
 * The weight and bias of a linear layer that does what a linear layer and the batch normalisation behind it do.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.fuse_linear_bn_weights.html
 */
export function fuse_linear_bn_weights(
  ...args: signatures.FuseLinearBnWeightsArgs
): [weight: Parameter, bias: Parameter] {
  const [linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b] = signatures.fuse_linear_bn_weights.list(args);
  requireTensor('fuse_linear_bn_weights', 'linear_w', linear_w);
  requireTensor('fuse_linear_bn_weights', 'bn_rm', bn_rm);
  requireTensor('fuse_linear_bn_weights', 'bn_rv', bn_rv);
  const bias = linear_b ?? bn_rm.new_zeros(bn_rm.shape);
  const scale = bn_w.mul(bn_rv.add(bn_eps).rsqrt());
  const weight = linear_w.mul(scale.unsqueeze(-1).to(linear_w.dtype));
  const shifted = bias
    .sub(bn_rm)
    .mul(scale)
    .add(bn_b)
    .to((linear_b ?? linear_w).dtype);
  return [new Parameter(weight, linear_w.requires_grad), new Parameter(shifted, bias.requires_grad)];
}
