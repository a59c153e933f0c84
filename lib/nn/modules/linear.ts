/** Linear maps. https://docs.pytorch.org/docs/2.13/nn.html#linear-layers */
import { no_grad } from '../../autograd/grad_mode';
import { AssertionError } from '../../base/errors';
import type { Tensor } from '../../tensor/tensor';
import * as F from '../functional';
import * as signatures from '../generated/nn';
import * as init from '../init';
import { is_lazy, type Parameter, UninitializedParameter } from '../parameter';
import { emptyParameter, uniformByFan } from './factory';
import { LazyModuleMixin } from './lazy';
import { Module } from './module';
import { fields } from './repr';

/** Hands its input through; takes any arguments. https://docs.pytorch.org/docs/2.13/generated/torch.nn.Identity.html */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface only says how the module can be called
export class Identity extends Module {
  constructor(..._unused: unknown[]) {
    super();
  }

  // The last signature is what unions of modules and Sequential see: `Conv2d | Identity` is called with a Tensor.
  override forward<Input>(input: Input): Input;
  override forward(input: Tensor): Tensor;
  override forward(input: unknown): unknown {
    return input;
  }
}

export interface Identity {
  // biome-ignore lint/style/useShorthandFunctionType: the interface merges with the class
  <Input>(input: Input): Input;
}

/**
 * x Wᵀ + b: (*, in_features) → (*, out_features).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Linear.html
 * @throws TorchError for an input whose last size is not in_features
 *
 * @example
 * const layer = new nn.Linear(3, 2);
 * console.log(layer); // Linear(in_features=3, out_features=2, bias=True)
 * console.log(layer(torch.ones(4, 3)).shape); // [ 4, 2 ]
 */
export class Linear extends Module {
  in_features: number;
  out_features: number;
  declare weight: Parameter;
  declare bias: Parameter | null;

  constructor(...args: signatures.LinearArgs) {
    super();
    const { in_features, out_features, bias, ...factory } = signatures.Linear.read(args);
    this.in_features = in_features;
    this.out_features = out_features;
    this.weight = emptyParameter([out_features, in_features], factory);
    this.register_parameter('bias', bias ? emptyParameter([out_features], factory) : null);
    this.reset_parameters();
  }

  /** Draws new weights. */
  reset_parameters(): void {
    init.kaiming_uniform_(this.weight, { a: Math.sqrt(5) });
    if (this.bias !== null) uniformByFan(this.bias, this.weight);
  }

  override forward(input: Tensor): Tensor {
    return F.linear(input, this.weight, this.bias);
  }

  override extra_repr(): string {
    const { in_features, out_features } = this;
    return fields({ in_features, out_features, bias: this.bias !== null });
  }
}

/** The output projection of attention, which quantization must not replace by a dynamic one. */
export class NonDynamicallyQuantizableLinear extends Linear {}

/**
 * x₁ᵀ A x₂ + b: (*, in1_features), (*, in2_features) → (*, out_features).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Bilinear.html
 */
export class Bilinear extends Module {
  in1_features: number;
  in2_features: number;
  out_features: number;
  declare weight: Parameter;
  declare bias: Parameter | null;

  constructor(...args: signatures.BilinearArgs) {
    super();
    const { in1_features, in2_features, out_features, bias, ...factory } = signatures.Bilinear.read(args);
    this.in1_features = in1_features;
    this.in2_features = in2_features;
    this.out_features = out_features;
    this.weight = emptyParameter([out_features, in1_features, in2_features], factory);
    this.register_parameter('bias', bias ? emptyParameter([out_features], factory) : null);
    this.reset_parameters();
  }

  /** Draws new initial values. */
  reset_parameters(): void {
    if (this.in1_features <= 0) {
      throw new RangeError(`in1_features must be > 0, but got (in1_features=${this.in1_features})`);
    }
    const bound = 1 / Math.sqrt(this.weight.size(1));
    init.uniform_(this.weight, -bound, bound);
    if (this.bias !== null) init.uniform_(this.bias, -bound, bound);
  }

  override forward(input1: Tensor, input2: Tensor): Tensor {
    return F.bilinear(input1, input2, this.weight, this.bias);
  }

  override extra_repr(): string {
    const { in1_features, in2_features, out_features } = this;
    return fields({ in1_features, in2_features, out_features, bias: this.bias !== null });
  }
}

/**
 * A Linear whose `in_features` is the last size of its first input.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyLinear.html
 */
export class LazyLinear extends LazyModuleMixin(Linear) {
  constructor(...args: signatures.LazyLinearArgs) {
    const { out_features, bias, ...factory } = signatures.LazyLinear.read(args);
    super(0, 0, false);
    this.weight = new UninitializedParameter(factory);
    this.out_features = out_features;
    if (bias) this.bias = new UninitializedParameter(factory);
  }

  override reset_parameters(): void {
    if (!this.has_uninitialized_params() && this.in_features !== 0) super.reset_parameters();
  }

  override initialize_parameters(input: Tensor): void {
    const features = input.size(-1);
    if (this.has_uninitialized_params()) {
      no_grad(() => {
        this.in_features = features;
        if (is_lazy(this.weight)) this.weight.materialize([this.out_features, features]);
        if (is_lazy(this.bias)) this.bias.materialize([this.out_features]);
        this.reset_parameters();
      });
    }
    if (this.in_features !== 0) return;
    const expected = this.weight.size(-1);
    if (features !== expected) {
      throw new AssertionError(
        `The in_features inferred from input: ${features} is not equal to in_features from self.weight: ${expected}`,
      );
    }
    this.in_features = features;
  }
}
