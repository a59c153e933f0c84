/** The order of the dimensions of convolutions' weights in memory. */

import type { MemoryFormat } from '../../base/types';
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_utils';
import { Conv2d, Conv3d, ConvTranspose2d, ConvTranspose3d } from '../modules/conv';
import type { Module } from '../modules/module';
import { requireModule } from '../require';

function convert<M extends Module>(
  module: Module,
  memory_format: MemoryFormat,
  wanted: (module: Module) => boolean,
): M {
  for (const each of module.modules()) {
    if (!wanted(each)) continue;
    const { weight } = each as Conv2d;
    weight.data = callOperator<Tensor>('clone', weight.detach(), memory_format);
  }
  return module as M;
}

/**
 * Gives the weights of two-dimensional convolutions a memory format, in the module and all inside.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.convert_conv2d_weight_memory_format.html
 */
export function convert_conv2d_weight_memory_format<M extends Module>(
  ...args: signatures.ConvertConv2dWeightMemoryFormatArgs<M>
): M {
  const [module, memory_format] = signatures.convert_conv2d_weight_memory_format.list(args);
  requireModule('convert_conv2d_weight_memory_format', 'module', module);
  return convert(module, memory_format, (each) => each instanceof Conv2d || each instanceof ConvTranspose2d);
}

/**
 * Gives the weights of three-dimensional convolutions a memory format, in the module and all inside.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.convert_conv3d_weight_memory_format.html
 */
export function convert_conv3d_weight_memory_format<M extends Module>(
  ...args: signatures.ConvertConv3dWeightMemoryFormatArgs<M>
): M {
  const [module, memory_format] = signatures.convert_conv3d_weight_memory_format.list(args);
  requireModule('convert_conv3d_weight_memory_format', 'module', module);
  return convert(module, memory_format, (each) => each instanceof Conv3d || each instanceof ConvTranspose3d);
}
