import { no_grad } from '../autograd/grad_mode';
import { tupleText } from '../base/python_text';
import { memoryFormats } from '../base/types';
import { binary_cross_entropy_with_logits } from '../nn/functional/classification_loss';
import { _torch } from '../tensor/namespaces';
import { finfo } from '../tensor/numeric_limits';
import type { Tensor } from '../tensor/tensor';
import { binaryParameters, checkEither } from './binary';
import { nonnegative_integer, real, unit_interval } from './constraints';
import { Distribution, type SampleShape, type Value } from './distribution';
import * as signatures from './generated/distributions';
import { broadcast_all, lazy_property, rdiv } from './utils';

/** How many trials fail before one succeeds. https://docs.pytorch.org/docs/2.13/distributions.html#geometric */
export class Geometric extends Distribution {
  static override readonly arg_constraints = { probs: unit_interval, logits: real };
  static override readonly support = nonnegative_integer;
  static override readonly _batched = ['probs', 'logits'];

  declare readonly probs: Tensor;
  declare readonly logits: Tensor;

  constructor(...args: signatures.GeometricArgs) {
    const { probs, logits, validate_args } = signatures.Geometric.read(args);
    checkEither(probs, logits);
    const [param] = broadcast_all((probs ?? logits)!);
    super(param.shape);
    if (probs !== null) this.probs = param;
    else this.logits = param;
    this._check_args(validate_args);
    if (this._validate_args && probs !== null) this.requirePositive(param);
  }

  private requirePositive(probs: Tensor): void {
    const valid = probs.gt(0);
    if (valid.all().is_nonzero()) return;
    const invalid = probs.data.index(valid.bitwise_not());
    throw new RangeError(
      `Expected parameter probs (${probs.constructor.name} of shape ${tupleText(probs.shape)}) of distribution ${this} to be positive but found invalid values:\n${invalid}`,
    );
  }

  override get mean(): Tensor {
    return rdiv(1, this.probs).sub(1);
  }

  override get mode(): Tensor {
    return _torch.zeros_like(this.probs);
  }

  override get variance(): Tensor {
    return rdiv(1, this.probs).sub(1).div(this.probs);
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    return no_grad(() => {
      const uniform = this.probs.new_empty(shape).uniform_(finfo(this.probs.dtype).tiny, 1);
      return uniform.log().div(this.probs.neg().log1p()).floor();
    });
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const [count, shared] = broadcast_all(value, this.probs);
    const probs = shared.clone({ memory_format: memoryFormats.contiguous_format });
    probs.index_put_([probs.eq(1).bitwise_and(count.eq(0))], 0); // where 0 · log 0 would be
    return count.mul(probs.neg().log1p()).add(this.probs.log());
  }

  override entropy(): Tensor {
    return binary_cross_entropy_with_logits(this.logits, this.probs, { reduction: 'none' }).div(this.probs);
  }
}

lazy_property(Geometric, binaryParameters);
