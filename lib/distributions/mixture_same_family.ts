import { no_grad } from '../autograd/grad_mode';
import type { Tensor } from '../tensor/tensor';
import { Categorical } from './categorical';
import { type Constraint, dependent, MixtureSameFamilyConstraint } from './constraints';
import { type BatchShape, Distribution, type SampleShape, shapeOf, type Value, valueOf } from './distribution';
import * as signatures from './generated/distributions';
import { sizeText } from './text';

function checkDistributions(mixture: unknown, component: unknown): void {
  if (!(mixture instanceof Categorical)) {
    throw new RangeError(' The Mixture distribution needs to be an  instance of torch.distributions.Categorical');
  }
  if (!(component instanceof Distribution)) {
    throw new RangeError('The Component distribution needs to be an instance of torch.distributions.Distribution');
  }
}

/** Checks that the weights fit the components, whose last batch dimension they weigh. */
function checkShapes(mixture: Categorical, component: Distribution): void {
  const weights = mixture.batch_shape;
  const batch = component.batch_shape.slice(0, -1);
  for (let dim = -1; dim >= -Math.min(weights.length, batch.length); dim--) {
    const [size, other] = [weights.at(dim)!, batch.at(dim)!];
    if (size === 1 || other === 1 || size === other) continue;
    throw new RangeError(
      `\`mixture_distribution.batch_shape\` (${sizeText(weights)}) is not compatible with \`component_distribution.batch_shape\`(${sizeText(batch)})`,
    );
  }
  const [count, components] = [mixture.logits.size(-1), component.batch_shape.at(-1)];
  if (count === components) return;
  throw new RangeError(
    `\`mixture_distribution component\` (${count}) does not equal \`component_distribution.batch_shape[-1]\` (${components})`,
  );
}

/** One of several distributions of a family, chosen at random. https://docs.pytorch.org/docs/2.13/distributions.html#mixturesamefamily */
export class MixtureSameFamily extends Distribution {
  static override readonly arg_constraints = {};
  static override readonly support: Constraint = dependent;

  private readonly _mixture_distribution: Categorical;
  private readonly _component_distribution: Distribution;

  constructor(...args: signatures.MixtureSameFamilyArgs) {
    const { mixture_distribution, component_distribution, validate_args } = signatures.MixtureSameFamily.read(args);
    checkDistributions(mixture_distribution, component_distribution);
    checkShapes(mixture_distribution, component_distribution);
    super(component_distribution.batch_shape.slice(0, -1), component_distribution.event_shape);
    this._mixture_distribution = mixture_distribution;
    this._component_distribution = component_distribution;
    this._check_args(validate_args);
  }

  override expand(batch_shape: BatchShape): this {
    const shape = shapeOf(batch_shape, 'batch_shape');
    const components = this.component_distribution.batch_shape.at(-1)!;
    return this._copy(shape, {
      _mixture_distribution: this.mixture_distribution.expand(shape),
      _component_distribution: this.component_distribution.expand([...shape, components]),
    });
  }

  get mixture_distribution(): Categorical {
    return this._mixture_distribution;
  }

  get component_distribution(): Distribution {
    return this._component_distribution;
  }

  override get support(): Constraint {
    return MixtureSameFamilyConstraint(this.component_distribution.support);
  }

  /** Where the components' dimension is. */
  private get componentDim(): number {
    return -1 - this.event_shape.length;
  }

  override get mean(): Tensor {
    return this.averaged(this.weights(), this.component_distribution.mean);
  }

  override get variance(): Tensor {
    const weights = this.weights();
    const { component_distribution } = this;
    const within = this.averaged(weights, component_distribution.variance);
    const spread = component_distribution.mean.sub(this.padded(this.mean)).pow(2);
    return within.add(this.averaged(weights, spread));
  }

  override cdf(given: Value | { x: Tensor }): Tensor {
    const x = valueOf(given, 'cdf', 'x');
    const cdf = this.component_distribution.cdf(this.padded(x));
    return cdf.mul(this.mixture_distribution.probs).sum(-1);
  }

  override log_prob(given: Value | { x: Tensor }): Tensor {
    const x = valueOf(given, 'log_prob', 'x');
    if (this._validate_args) this._validate_sample(x);
    const log_prob = this.component_distribution.log_prob(this.padded(x));
    return log_prob.add(this.mixture_distribution.logits.log_softmax(-1)).logsumexp(-1);
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    return no_grad(() => {
      const event = this.event_shape;
      const choice = this.mixture_distribution.sample(sample_shape);
      const samples = this.component_distribution.sample(sample_shape);
      const dim = shapeOf(sample_shape, 'sample_shape').length + this.batch_shape.length;
      const ones = choice.shape.map(() => 1);
      const index = choice.reshape([...choice.shape, 1, ...event.map(() => 1)]).repeat([...ones, 1, ...event]);
      return samples.gather(dim, index).squeeze(dim);
    });
  }

  private padded(x: Tensor): Tensor {
    return x.unsqueeze(this.componentDim);
  }

  /** The probabilities of the components, in their dimension. */
  private weights(): Tensor {
    const { probs, batch_shape } = this.mixture_distribution;
    const missing = batch_shape.length === 1 ? 0 : this.batch_shape.length - batch_shape.length;
    const ones = (count: number) => new Array<number>(Math.max(count, 0)).fill(1);
    return probs.reshape([
      ...probs.shape.slice(0, -1),
      ...ones(missing),
      probs.size(-1),
      ...ones(this.event_shape.length),
    ]);
  }

  private averaged(weights: Tensor, values: Tensor): Tensor {
    return weights.mul(values).sum(this.componentDim);
  }

  override toString(): string {
    return `MixtureSameFamily(\n  ${this.mixture_distribution},\n  ${this.component_distribution})`;
  }
}
