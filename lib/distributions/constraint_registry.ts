import { REQUIRED, Signature } from '../arguments/signature';
import { NotImplementedError } from '../base/errors';
import { typeName } from '../native/kinds';
import { Tensor } from '../tensor/tensor';
import type { TensorLike } from './arguments';
import { Callable } from './callable';
import * as constraints from './constraints';
import { Constraint } from './constraints';
import type { Class } from './lazy';
import {
  AffineTransform,
  CatTransform,
  ComposeTransform,
  CorrCholeskyTransform,
  ExpTransform,
  IndependentTransform,
  identity_transform,
  LowerCholeskyTransform,
  PositiveDefiniteTransform,
  SigmoidTransform,
  SoftmaxTransform,
  StackTransform,
  StickBreakingTransform,
  type Transform,
} from './transforms';
import { rsub } from './utils';

type Factory<C extends Constraint = Constraint> = (constraint: C) => Transform;

/** The class behind a name of `constraints`, which may be one that can be called. */
function classOf(constraint: unknown): Class | undefined {
  if (constraint instanceof Constraint) return constraint.constructor as Class;
  if (typeof constraint !== 'function' || !(constraint.prototype instanceof Constraint)) return undefined;
  return constraint.prototype.constructor as Class;
}

const ofCall = new Signature<{ constraint: Constraint }>('ConstraintRegistry.__call__', { constraint: REQUIRED });

/**
 * Maps constraints to transforms from unconstrained space: `biject_to(constraint)`.
 * https://docs.pytorch.org/docs/2.13/distributions.html#module-torch.distributions.constraint_registry
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface only says that a registry can be called
export class ConstraintRegistry extends Callable {
  private readonly factories = new Map<Class, Factory>();

  /**
   * Registers what makes the transform for a class of constraints, given by the class or one of its objects. Without a
   * factory it returns a function that takes one.
   * @throws TypeError for anything but a constraint
   */
  register<C extends Constraint>(constraint: Class<C> | C): (factory: Factory<C>) => Factory<C>;
  register<C extends Constraint>(constraint: Class<C> | C, factory: Factory<C>): Factory<C>;
  register(constraint: unknown, factory?: Factory): unknown {
    if (factory === undefined) return (given: Factory) => this.register(constraint as Constraint, given);
    const type = classOf(constraint);
    if (type === undefined) {
      throw new TypeError(`Expected constraint to be either a Constraint subclass or instance, but got ${constraint}`);
    }
    this.factories.set(type, factory);
    return factory;
  }

  /** @throws NotImplementedError for a constraint that has no transform here */
  override __call__(constraint: Constraint): Transform {
    ofCall.list([constraint]);
    const factory = this.factories.get(constraint?.constructor as Class);
    if (factory !== undefined) return factory(constraint);
    throw new NotImplementedError(
      `Cannot transform ${constraint?.constructor.name ?? typeName(constraint)} constraints`,
    );
  }
}

export interface ConstraintRegistry {
  /** The transform from unconstrained space to what the constraint allows. */
  (constraint: Constraint): Transform;
  __call__(constraint: Constraint): Transform;
}

/** Bijective transforms, with a log |det Jacobian|: for probabilistic inference. */
export const biject_to = new ConstraintRegistry();

/** Transforms that need not be bijective: for optimization. */
export const transform_to = new ConstraintRegistry();

for (const registry of [biject_to, transform_to]) registerCommon(registry);

function registerCommon(registry: ConstraintRegistry): void {
  registry.register(constraints.real, () => identity_transform);
  registry.register(
    constraints.independent,
    (c) => new IndependentTransform(registry(c.base_constraint), c.reinterpreted_batch_ndims),
  );
  for (const constraint of [constraints.greater_than, constraints.greater_than_eq]) {
    registry.register(constraint, (c) => above(c as InstanceType<typeof constraint>));
  }
  registry.register(
    constraints.less_than,
    (c) => new ComposeTransform([new ExpTransform(), new AffineTransform(c.upper_bound, -1)]),
  );
  for (const constraint of [constraints.interval, constraints.half_open_interval]) {
    registry.register(constraint, (c) => between(c.lower_bound, c.upper_bound));
  }
  registry.register(constraints.corr_cholesky, () => new CorrCholeskyTransform());
  registry.register(constraints.cat, (c) => new CatTransform(c.cseq.map(registry), c.dim, c.lengths));
  registry.register(constraints.stack, (c) => new StackTransform(c.cseq.map(registry), c.dim));
}

/** Serves `positive` and `nonnegative` too, which are of these classes. */
function above({ lower_bound }: { lower_bound: TensorLike }): Transform {
  return new ComposeTransform([new ExpTransform(), new AffineTransform(lower_bound, 1)]);
}

function between(low: TensorLike, high: TensorLike): Transform {
  if (low === 0 && high === 1) return new SigmoidTransform();
  const width = high instanceof Tensor ? high.sub(low) : low instanceof Tensor ? rsub(high, low) : high - low;
  return new ComposeTransform([new SigmoidTransform(), new AffineTransform(low, width)]);
}

biject_to.register(constraints.simplex, () => new StickBreakingTransform());
transform_to.register(constraints.simplex, () => new SoftmaxTransform());
transform_to.register(constraints.lower_cholesky, () => new LowerCholeskyTransform());
for (const constraint of [constraints.positive_definite, constraints.positive_semidefinite]) {
  transform_to.register(constraint, () => new PositiveDefiniteTransform());
}
