import { no_grad } from '../autograd/grad_mode';
import { logsigmoid } from '../nn/functional/activation';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { binaryParameters, checkEither } from './binary';
import { greater_than_eq, half_open_interval, nonnegative_integer, real } from './constraints';
import { withFloats } from './constraints/bounds';
import { Distribution, type SampleShape, type Value } from './distribution';
import { Gamma } from './gamma';
import * as signatures from './generated/distributions';
import { broadcast_all, lazy_property } from './utils';

/** How many trials succeed before `total_count` fail. https://docs.pytorch.org/docs/2.13/distributions.html#negativebinomial */
export class NegativeBinomial extends Distribution {
  static override readonly arg_constraints = {
    total_count: greater_than_eq(0),
    probs: withFloats(half_open_interval(0, 1)),
    logits: real,
  };
  static override readonly support = nonnegative_integer;
  static override readonly _batched = ['total_count', 'probs', 'logits', '_param'];

  readonly total_count: Tensor;
  declare readonly probs: Tensor;
  declare readonly logits: Tensor;
  private readonly _param: Tensor;

  constructor(...args: signatures.NegativeBinomialArgs) {
    const { total_count, probs, logits, validate_args } = signatures.NegativeBinomial.read(args);
    checkEither(probs, logits);
    const [count, param] = broadcast_all(total_count, (probs ?? logits)!);
    super(param.shape);
    this.total_count = count.type_as(param);
    if (probs !== null) this.probs = param;
    else this.logits = param;
    this._param = param;
    this._check_args(validate_args);
  }

  override get mean(): Tensor {
    return this.total_count.mul(this.logits.exp());
  }

  override get mode(): Tensor {
    return this.total_count.sub(1).mul(this.logits.exp()).floor().clamp({ min: 0 });
  }

  override get variance(): Tensor {
    return this.mean.div(this.logits.neg().sigmoid());
  }

  get param_shape(): number[] {
    return this._param.shape;
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    return no_grad(() => {
      const gamma = new Gamma(this.total_count, this.logits.neg().exp(), { validate_args: false });
      return _torch.poisson(gamma.sample(sample_shape));
    });
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const { total_count, logits } = this;
    const unnormalized = total_count.mul(logsigmoid(logits.neg())).add(value.mul(logsigmoid(logits)));
    const normalization = total_count
      .add(value)
      .lgamma()
      .neg()
      .add(value.add(1).lgamma())
      .add(total_count.lgamma())
      .masked_fill(total_count.add(value).eq(0), 0);
    return unnormalized.sub(normalization);
  }
}

lazy_property(NegativeBinomial, binaryParameters);
