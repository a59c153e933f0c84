/** Weights as a direction and a length, recomputed before each forward. Deprecated: parametrizations.weight_norm. */

import { TorchError, warn } from '../../base/errors';
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_utils';
import type { Module } from '../modules/module';
import { propertiesOf } from '../modules/registry';
import { is_lazy, Parameter } from '../parameter';
import { requireModule } from '../require';
import { attach, attached, detach, TensorHook } from './module_hook';

declare module '../modules/module' {
  interface Module {
    /** The lengths and directions that `weight_norm` puts in the place of `weight`; undefined before. */
    weight_g?: Parameter;
    weight_v?: Parameter | Tensor;
  }
}

class WeightNorm extends TensorHook {
  constructor(
    name: string,
    private readonly dim: number,
  ) {
    super(name);
  }

  override run(module: Module): void {
    propertiesOf(module)[this.name] = this.compute(module);
  }

  compute(module: Module): Tensor {
    const { [`${this.name}_g`]: length, [`${this.name}_v`]: direction } = propertiesOf(module);
    return callOperator('_weight_norm', direction, length, this.dim);
  }
}

/**
 * Replaces a parameter by `name_g`, its lengths, and `name_v`, its directions.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.weight_norm.html
 */
export function weight_norm<M extends Module>(...args: signatures.WeightNormArgs<M>): M {
  const [module, name, dim] = signatures.weight_norm.list(args);
  requireModule('weight_norm', 'module', module);
  warn(
    '`torch.nn.utils.weight_norm` is deprecated in favor of `torch.nn.utils.parametrizations.weight_norm`.',
    'FutureWarning',
  );
  if (attached(module, WeightNorm, name).length > 0) {
    throw new TorchError(`Cannot register two weight_norm hooks on the same parameter ${name}`);
  }
  const properties = propertiesOf(module);
  const weight = properties[name] as Tensor;
  if (is_lazy(weight)) {
    throw new RangeError(
      "The module passed to `WeightNorm` can't have uninitialized parameters. Make sure to run the dummy forward before applying weight normalization",
    );
  }
  const hook = new WeightNorm(name, dim ?? -1);
  delete properties[name];
  const lengths = callOperator<Tensor>('norm_except_dim', weight, 2, dim ?? -1);
  module.register_parameter(`${name}_g`, new Parameter(lengths.data));
  module.register_parameter(`${name}_v`, new Parameter(weight.data));
  hook.run(module);
  attach(module, hook);
  return module as M;
}

/** Makes one parameter of the two. https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.remove_weight_norm.html */
export function remove_weight_norm<M extends Module>(...args: signatures.RemoveWeightNormArgs<M>): M {
  const [module, name] = signatures.remove_weight_norm.list(args);
  requireModule('remove_weight_norm', 'module', module);
  const found = attached(module, WeightNorm, name)[0];
  if (found === undefined) throw new RangeError(`weight_norm of '${name}' not found in ${module}`);
  const [id, hook] = found;
  const weight = hook.compute(module);
  const properties = propertiesOf(module);
  for (const suffix of ['', '_g', '_v']) delete properties[name + suffix];
  properties[name] = new Parameter(weight.data);
  detach(module, id);
  return module as M;
}
