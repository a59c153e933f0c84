/** Edges of the graph, which can stand for tensors as ends of a backward pass. */

import { isTensor, requireTensor } from '../arguments/checks';
import { TorchError } from '../base/errors';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isList } from '../native/kinds';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/autograd_graph';
import type { Node } from './node';

/** Where the gradient of one output of a node arrives. https://docs.pytorch.org/docs/2.13/generated/torch.autograd.graph.GradientEdge.html */
export class GradientEdge {
  constructor(
    readonly node: Node,
    readonly output_nr: number,
  ) {}
}

/** The node that a tensor's gradient reaches, made for a leaf that has none yet. */
export function nodeOf(tensor: Tensor | GradientEdge): Node {
  if (tensor instanceof GradientEdge) return tensor.node;
  return call(native.gradient_edge, tensor)[0];
}

/**
 * The edge along which the gradient of `tensor` arrives: `grad(loss, get_gradient_edge(x))` is `grad(loss, x)`.
 * @throws TorchError when the tensor requires no gradient
 */
export function get_gradient_edge(...args: signatures.GetGradientEdgeArgs): GradientEdge {
  const [tensor] = signatures.get_gradient_edge.list(args);
  requireTensor('get_gradient_edge', 'tensor', tensor);
  if (!tensor.requires_grad) {
    throw new TorchError('It is not possible to get the gradient edge for a Tensor that does not require gradients');
  }
  return new GradientEdge(...call(native.gradient_edge, tensor));
}

/** Says that a tensor, or each of several, was changed in place by code that autograd cannot see. */
export function increment_version(...args: signatures.IncrementVersionArgs): void {
  const [tensor] = signatures.increment_version.list(args);
  const tensors: unknown = isTensor(tensor) ? [tensor] : tensor;
  if (!isList(tensors) || !tensors.every(isTensor)) {
    throw new TorchError('increment_version expect a Iterable[Tensor] as input');
  }
  call(native.increment_version, tensors);
}
