/** Ready-made parametrizations. https://docs.pytorch.org/docs/2.13/nn.html#parametrizations */

import { no_grad } from '../../autograd/grad_mode';
import { NotImplementedError } from '../../base/errors';
import { sameShape, sizeText } from '../../base/text';
import { dtypes } from '../../base/types';
import { callOperator } from '../../operators/operator';
import { finfo } from '../../tensor/numeric_limits';
import { Tensor } from '../../tensor/tensor';
import * as F from '../functional';
import * as signatures from '../generated/nn_utils_parametrizations';
import { Module } from '../modules/module';
import { propertiesOf, stateOf } from '../modules/registry';
import { requireModule } from '../require';
import { register_parametrization } from './parametrize';
import { outputDim } from './spectral_norm';

/** The tensor of this name. */
function tensorOf(module: Module, name: string): Tensor {
  const value = propertiesOf(module)[name];
  if (value instanceof Tensor) return value;
  throw new RangeError(`Module '${module}' has no parameter or buffer with name '${name}'`);
}

// ---- orthogonal

export type OrthogonalMap = 'matrix_exp' | 'cayley' | 'householder';

function identityLike(x: Tensor, size: number): Tensor {
  return callOperator('eye', size, x.dtype, null, x.device);
}

function isOrthogonal(q: Tensor): boolean {
  const [n, k] = [q.size(-2), q.size(-1)];
  const tolerance = 10 * n * finfo(q.dtype).eps;
  return callOperator('allclose', q.mH.matmul(q), identityLike(q, k), 1e-5, tolerance);
}

/** The orthogonal factor, its columns with the signs of the triangular one's diagonal. */
function makeOrthogonal(a: Tensor): Tensor {
  const [x, tau] = callOperator<[Tensor, Tensor]>('geqrf', a);
  const q = callOperator<Tensor>('linalg_householder_product', x, tau);
  return q.mul(x.diagonal(0, -2, -1).sgn().unsqueeze(-2));
}

class _Orthogonal extends Module {
  shape: readonly number[];
  declare base?: Tensor | null;

  constructor(
    weight: Tensor,
    public orthogonal_map: OrthogonalMap,
    use_trivialization: boolean,
  ) {
    super();
    if (weight.is_complex() && orthogonal_map === 'householder') {
      throw new RangeError('The householder parametrization does not support complex tensors.');
    }
    this.shape = weight.shape;
    this.orthogonal_map = orthogonal_map;
    if (use_trivialization) this.register_buffer('base', null);
  }

  private get trivialized(): boolean {
    return stateOf(this).buffers.has('base');
  }

  override forward(given: Tensor): Tensor {
    const transposed = given.size(-2) < given.size(-1);
    const x = transposed ? given.mT : given;
    const q = this.orthogonal_map === 'householder' ? reflections(x) : rotations(x, this.orthogonal_map);
    const based = this.trivialized ? this.base!.matmul(q) : q;
    return transposed ? based.mT : based;
  }

  right_inverse(value: Tensor): Tensor {
    if (!sameShape(value.shape, this.shape)) {
      throw new RangeError(
        `Expected a matrix or batch of matrices of shape ${sizeText(this.shape)}. Got a tensor of shape ${sizeText(value.shape)}.`,
      );
    }
    return no_grad(() => {
      const transposed = value.size(-2) < value.size(-1);
      const q = transposed ? value.mT : value;
      if (this.trivialized) return this.rebase(value, q);
      if (this.orthogonal_map !== 'householder') {
        throw new NotImplementedError(
          'It is not possible to assign to the matrix exponential or the Cayley parametrizations when use_trivialization=False.',
        );
      }
      const reflected = reflectorsOf(q);
      return transposed ? reflected.mT : reflected;
    });
  }

  /** Makes the value the base, and what it is multiplied by the identity. */
  private rebase(value: Tensor, q: Tensor): Tensor {
    const [n, k] = [q.size(-2), q.size(-1)];
    if (n === k) this.base = isOrthogonal(q) ? q.clone() : makeOrthogonal(q);
    else {
      const size = [...q.shape.slice(0, -2), n, n - k];
      const drawn = callOperator<Tensor>('randn', size, q.dtype, null, q.device);
      this.base = makeOrthogonal(callOperator('cat', [q, drawn], -1));
    }
    const start = value.new_zeros(value.shape);
    start.diagonal(0, -2, -1).fill_(-1);
    return start;
  }
}

/** An orthogonal matrix by a product of reflections. */
function reflections(x: Tensor): Tensor {
  const a = x.tril(-1);
  const tau = a.mul(a).sum(-2).add(1).reciprocal().mul(2);
  const q = callOperator<Tensor>('linalg_householder_product', a, tau);
  return q.mul(x.diagonal(0, -2, -1).to(dtypes.int32).unsqueeze(-2)); // the diagonal holds ±1
}

/** The matrix whose reflections give q. */
function reflectorsOf(q: Tensor): Tensor {
  const [a, tau] = callOperator<[Tensor, Tensor]>('geqrf', q);
  const diagonal = a.diagonal(0, -2, -1).sign_();
  diagonal.mul_(tau.eq(0).to(diagonal.dtype).mul(-2).add(1));
  return a;
}

/** An orthogonal matrix by a map of skew-symmetric ones. */
function rotations(x: Tensor, map: 'matrix_exp' | 'cayley'): Tensor {
  const [n, k] = [x.size(-2), x.size(-1)];
  const lower = x.tril();
  const zeros = () => x.new_zeros([n, n - k]).expand([...x.shape.slice(0, -2), -1, -1]);
  const square = n === k ? lower : callOperator<Tensor>('cat', [lower, zeros()], -1);
  const skew = square.sub(square.mH);
  const q = map === 'matrix_exp' ? callOperator<Tensor>('linalg_matrix_exp', skew) : cayley(skew);
  return n === k ? q : q.narrow(-1, 0, k);
}

function cayley(skew: Tensor): Tensor {
  const identity = identityLike(skew, skew.size(-1));
  return callOperator('linalg_solve', identity.add(skew, { alpha: -0.5 }), identity.add(skew, { alpha: 0.5 }));
}

/**
 * Keeps a matrix orthogonal (or unitary).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.parametrizations.orthogonal.html
 */
export function orthogonal<M extends Module>(...args: signatures.OrthogonalArgs<M>): M {
  const [module, name, orthogonal_map, use_trivialization] = signatures.orthogonal.list(args);
  requireModule('orthogonal', 'module', module);
  const weight = tensorOf(module, name);
  const ndim = weight.dim();
  if (ndim < 2) {
    throw new RangeError(`Expected a matrix or batch of matrices. Got a tensor of ${ndim} dimensions.`);
  }
  const square = weight.size(-2) === weight.size(-1);
  const map = orthogonal_map ?? (square || weight.is_complex() ? 'matrix_exp' : 'householder');
  if (!['matrix_exp', 'cayley', 'householder'].includes(map)) {
    throw new RangeError(`orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: ${map}`);
  }
  const parametrization = new _Orthogonal(weight, map, use_trivialization);
  return register_parametrization(module as M, name, parametrization, { unsafe: true });
}

// ---- weight norm

class _WeightNorm extends Module {
  dim: number;

  constructor(dim: number | null) {
    super();
    this.dim = dim ?? -1;
  }

  override forward(weight_g: Tensor, weight_v: Tensor): Tensor {
    return callOperator('_weight_norm', weight_v, weight_g, this.dim);
  }

  right_inverse(weight: Tensor): [Tensor, Tensor] {
    return [callOperator('norm_except_dim', weight, 2, this.dim), weight];
  }
}

/**
 * A weight as its lengths (`original0`) and directions (`original1`).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.parametrizations.weight_norm.html
 */
export function weight_norm<M extends Module>(...args: signatures.WeightNormArgs<M>): M {
  const [module, name, dim] = signatures.weight_norm.list(args);
  requireModule('weight_norm', 'module', module);
  register_parametrization(module, name, new _WeightNorm(dim), { unsafe: true });
  // States of torch.nn.utils.weight_norm have other keys.
  module._register_load_state_dict_pre_hook((state: Record<string, unknown>, prefix: string) => {
    const [length, direction] = [`${prefix}${name}_g`, `${prefix}${name}_v`];
    if (!(length in state && direction in state)) return;
    state[`${prefix}parametrizations.${name}.original0`] = state[length];
    state[`${prefix}parametrizations.${name}.original1`] = state[direction];
    delete state[length];
    delete state[direction];
  });
  return module as M;
}

// ---- spectral norm

class _SpectralNorm extends Module {
  dim: number;
  eps: number;
  n_power_iterations: number;
  declare _u: Tensor;
  declare _v: Tensor;

  constructor(weight: Tensor, n_power_iterations: number, dim: number, eps: number) {
    super();
    const ndim = weight.dim();
    if (dim >= ndim || dim < -ndim) {
      throw new RangeError(
        `Dimension out of range (expected to be in range of [-${ndim}, ${ndim - 1}] but got ${dim})`,
      );
    }
    if (n_power_iterations <= 0) {
      throw new RangeError(
        `Expected n_power_iterations to be positive, but got n_power_iterations=${n_power_iterations}`,
      );
    }
    this.dim = dim < 0 ? dim + ndim : dim;
    this.eps = eps;
    this.n_power_iterations = n_power_iterations;
    if (ndim < 2) return;
    const matrix = this.matrix(weight);
    const [u, v] = matrix.shape.map((size) => matrix.new_empty([size]).normal_(0, 1)) as [Tensor, Tensor];
    this.register_buffer('_u', F.normalize(u, { dim: 0, eps }));
    this.register_buffer('_v', F.normalize(v, { dim: 0, eps }));
    this.iterate(matrix, 15);
  }

  private matrix(weight: Tensor): Tensor {
    const others = weight.shape.map((_, d) => d).filter((d) => d !== this.dim);
    return (this.dim === 0 ? weight : weight.permute([this.dim, ...others])).flatten(1);
  }

  /** Brings the vectors closer to the singular ones. */
  private iterate(matrix: Tensor, times: number): void {
    const { eps } = this;
    no_grad(() => {
      for (let i = 0; i < times; i++) {
        F.normalize(matrix.mv(this._v), { dim: 0, eps, out: this._u });
        F.normalize(matrix.H.mv(this._u), { dim: 0, eps, out: this._v });
      }
    });
  }

  override forward(weight: Tensor): Tensor {
    if (weight.dim() === 1) return F.normalize(weight, { dim: 0, eps: this.eps });
    const matrix = this.matrix(weight);
    if (this.training) this.iterate(matrix, this.n_power_iterations);
    const [u, v] = [this._u.clone(), this._v.clone()]; // the next forward changes the buffers
    return weight.div(callOperator<Tensor>('vdot', u, matrix.mv(v)));
  }

  right_inverse(value: Tensor): Tensor {
    return value; // as close as one can come
  }
}

/**
 * Divides a weight by its largest singular value.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.parametrizations.spectral_norm.html
 */
export function spectral_norm<M extends Module>(...args: signatures.SpectralNormArgs<M>): M {
  const [module, name, n_power_iterations, eps, dim] = signatures.spectral_norm.list(args);
  requireModule('spectral_norm', 'module', module);
  const weight = tensorOf(module, name);
  const parametrization = new _SpectralNorm(weight, n_power_iterations, dim ?? outputDim(module), eps);
  return register_parametrization(module as M, name, parametrization);
}
