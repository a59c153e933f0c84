/** torch.nn.utils. https://docs.pytorch.org/docs/2.13/nn.html#utilities */

export * as clip_grad from './clip_grad';
export {
  clip_grad_norm,
  clip_grad_norm_,
  clip_grad_value_,
  clip_grads_with_norm_,
  get_total_norm,
} from './clip_grad';
export * as convert_parameters from './convert_parameters';
export { parameters_to_vector, vector_to_parameters } from './convert_parameters';
export * as fusion from './fusion';
export { fuse_conv_bn_eval, fuse_conv_bn_weights, fuse_linear_bn_eval, fuse_linear_bn_weights } from './fusion';
export * as init from './init';
export { skip_init } from './init';
export * as memory_format from './memory_format';
export { convert_conv2d_weight_memory_format, convert_conv3d_weight_memory_format } from './memory_format';
export * as parametrizations from './parametrizations';
export * as parametrize from './parametrize';
export * as prune from './prune';
export * as rnn from './rnn';
export { remove_spectral_norm, spectral_norm } from './spectral_norm';
export * as stateless from './stateless';
export { remove_weight_norm, weight_norm } from './weight_norm';
