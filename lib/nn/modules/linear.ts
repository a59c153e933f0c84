/** Linear maps. https://docs.pytorch.org/docs/2.13/nn.html#linear-layers */
import type { NNFunctions } from '../../generated/functions';
import { functionsOf } from '../../operators/functions';
import type { Tensor } from '../../tensor';
import { type ArgumentsOf, FACTORY, type FactoryOptions, signature } from '../arguments';
import * as init from '../init';
import type { Parameter } from '../parameter';
import { emptyParameter } from './factory';
import { Module } from './module';
import { fields } from './repr';

const F = functionsOf<NNFunctions>('nn');

export interface LinearOptions extends FactoryOptions {
  in_features: number;
  out_features: number;
  /** Whether a bias is added. */
  bias?: boolean;
}

const ofLinear = signature<LinearOptions>()('Linear.__init__', ['in_features', 'out_features', 'bias', ...FACTORY], {
  bias: true,
  device: null,
  dtype: null,
});

/**
 * x Wᵀ + b: (*, in_features) → (*, out_features).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Linear.html
 */
export class Linear extends Module {
  in_features: number;
  out_features: number;
  declare weight: Parameter;
  declare bias: Parameter | null;

  constructor(...args: ArgumentsOf<typeof ofLinear>) {
    super();
    const { in_features, out_features, bias, ...factory } = ofLinear.read(args);
    this.in_features = in_features;
    this.out_features = out_features;
    this.weight = emptyParameter([out_features, in_features], factory);
    this.register_parameter('bias', bias ? emptyParameter([out_features], factory) : null);
    this.reset_parameters();
  }

  /** Draws new weights. */
  reset_parameters(): void {
    init.kaiming_uniform_(this.weight, { a: Math.sqrt(5) });
    if (this.bias !== null) init.uniformByFan(this.bias, this.weight);
  }

  override forward(input: Tensor): Tensor {
    return F.linear(input, this.weight, this.bias);
  }

  override extra_repr(): string {
    return fields({ in_features: this.in_features, out_features: this.out_features, bias: this.bias !== null });
  }
}
