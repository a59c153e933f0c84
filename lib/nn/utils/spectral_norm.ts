/** Weights divided by their largest singular value, before each forward. */

import { no_grad } from '../../autograd/grad_mode';
import { TorchError } from '../../base/errors';
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';
import * as F from '../functional';
import * as signatures from '../generated/nn_utils';
import type { LocalMetadata } from '../modules/contract';
import { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from '../modules/conv';
import type { RemovableHandle } from '../modules/hooks';
import type { Module } from '../modules/module';
import { own } from '../modules/module';
import { propertiesOf } from '../modules/registry';
import { is_lazy, Parameter } from '../parameter';
import { requireModule } from '../require';
import { attach, attached, detach, TensorHook } from './module_hook';

/** The layout of what a state_dict holds. */
const VERSION = 1;

interface SpectralMetadata extends LocalMetadata {
  spectral_norm?: Record<string, number>;
}

declare module '../modules/module' {
  interface Module {
    /** The left singular vector that `spectral_norm` keeps beside `weight`; undefined before. */
    weight_u?: Tensor;
  }
}

class SpectralNorm extends TensorHook {
  /** Its hooks on the state_dict. */
  readonly handles: RemovableHandle[] = [];

  constructor(
    name: string,
    private readonly iterations: number,
    private readonly dim: number,
    readonly eps: number,
  ) {
    super(name);
    if (iterations <= 0) {
      throw new RangeError(`Expected n_power_iterations to be positive, but got n_power_iterations=${iterations}`);
    }
  }

  /** (height, width), the height along `dim`. */
  matrix(weight: Tensor): Tensor {
    const others = weight.shape.map((_, d) => d).filter((d) => d !== this.dim);
    const first = this.dim === 0 ? weight : weight.permute([this.dim, ...others]);
    return first.reshape([first.size(0), -1]);
  }

  override run(module: Module): void {
    propertiesOf(module)[this.name] = this.compute(module, module.training);
  }

  /** The normalised weight; the singular vectors improve in place when asked. */
  compute(module: Module, iterate: boolean): Tensor {
    const properties = propertiesOf(module) as Record<string, Tensor>;
    const weight = properties[`${this.name}_orig`]!;
    let [u, v] = [properties[`${this.name}_u`]!, properties[`${this.name}_v`]!];
    const matrix = this.matrix(weight);
    if (iterate) {
      no_grad(() => {
        for (let i = 0; i < this.iterations; i++) {
          F.normalize(matrix.t().mv(u), { dim: 0, eps: this.eps, out: v });
          F.normalize(matrix.mv(v), { dim: 0, eps: this.eps, out: u });
        }
        [u, v] = [u.clone(), v.clone()]; // the graph keeps these; the next forward changes the others
      });
    }
    return weight.div(u.dot(matrix.mv(v)));
  }

  /** v for a weight, a u and a singular value of states that have no v. */
  private solve(matrix: Tensor, u: Tensor, sigma: Tensor): Tensor {
    const inverse = matrix.t().mm(matrix).pinverse();
    const v = callOperator<Tensor>('linalg_multi_dot', [inverse, matrix.t(), u.unsqueeze(1)]).squeeze(1);
    return v.mul_(sigma.div(u.dot(matrix.mv(v))));
  }

  /** Notes the version in a state that is written. */
  readonly note = (_module: Module, _state: unknown, _prefix: string, metadata: SpectralMetadata): void => {
    metadata.spectral_norm ??= {};
    const key = `${this.name}.version`;
    if (key in metadata.spectral_norm) throw new TorchError(`Unexpected key in metadata['spectral_norm']: ${key}`);
    metadata.spectral_norm[key] = VERSION;
  };

  /** Brings older states to this version: they hold the weight instead of v. */
  readonly upgrade = (
    state: Record<string, unknown>,
    prefix: string,
    metadata: SpectralMetadata,
    strict: boolean,
    missing: string[],
  ): void => {
    const version = metadata.spectral_norm?.[`${this.name}.version`];
    if (version !== undefined && version >= VERSION) return;
    const key = prefix + this.name;
    const has = (suffix: string) => Object.hasOwn(state, key + suffix);
    if (version === undefined && has('_orig') && has('_u') && has('_v') && !has('')) return;
    const absent = ['_orig', '', '_u'].filter((suffix) => !has(suffix));
    if (strict) missing.push(...absent.map((suffix) => key + suffix));
    if (absent.length > 0) return;
    no_grad(() => {
      const original = state[`${key}_orig`] as Tensor;
      const sigma = original.div(state[key] as Tensor).mean();
      delete state[key];
      state[`${key}_v`] = this.solve(this.matrix(original), state[`${key}_u`] as Tensor, sigma);
    });
  };
}

/** The dimension of a weight that its outputs are along. */
export function outputDim(module: Module): number {
  requireModule('outputDim', 'module', module);
  const transposed = [ConvTranspose1d, ConvTranspose2d, ConvTranspose3d].some((Class) => module instanceof Class);
  return transposed ? 1 : 0;
}

/**
 * Divides a weight by its largest singular value, found by power iteration.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.spectral_norm.html
 */
export function spectral_norm<M extends Module>(...args: signatures.SpectralNormArgs<M>): M {
  const [module, name, n_power_iterations, eps, dim] = signatures.spectral_norm.list(args);
  requireModule('spectral_norm', 'module', module);
  if (attached(module, SpectralNorm, name).length > 0) {
    throw new TorchError(`Cannot register two spectral_norm hooks on the same parameter ${name}`);
  }
  const hook = new SpectralNorm(name, n_power_iterations, dim ?? outputDim(module), eps);
  const weight = own<Parameter>(module, 'parameters').find(([each]) => each === name)?.[1];
  if (weight === undefined) {
    throw new RangeError(`\`SpectralNorm\` cannot be applied as parameter \`${name}\` is None`);
  }
  if (is_lazy(weight)) {
    throw new RangeError(
      "The module passed to `SpectralNorm` can't have uninitialized parameters. Make sure to run the dummy forward before applying spectral normalization",
    );
  }
  const [u, v] = no_grad(() => {
    const [height, width] = hook.matrix(weight).shape as [number, number];
    const drawn = [height, width].map((size) => weight.new_empty([size]).normal_(0, 1));
    return drawn.map((vector) => F.normalize(vector, { dim: 0, eps })) as [Tensor, Tensor];
  });
  delete propertiesOf(module)[name];
  module.register_parameter(`${name}_orig`, weight);
  propertiesOf(module)[name] = weight.data; // until the first forward computes it
  module.register_buffer(`${name}_u`, u);
  module.register_buffer(`${name}_v`, v);
  attach(module, hook);
  hook.handles.push(
    module._register_state_dict_hook(hook.note),
    module._register_load_state_dict_pre_hook(hook.upgrade),
  );
  return module as M;
}

/**
 * Takes `spectral_norm` off a module; the weight keeps its last value.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.remove_spectral_norm.html
 */
export function remove_spectral_norm<M extends Module>(...args: signatures.RemoveSpectralNormArgs<M>): M {
  const [module, name] = signatures.remove_spectral_norm.list(args);
  requireModule('remove_spectral_norm', 'module', module);
  const found = attached(module, SpectralNorm, name)[0];
  if (found === undefined) throw new RangeError(`spectral_norm of '${name}' not found in ${module}`);
  const [id, hook] = found;
  const weight = no_grad(() => hook.compute(module, false));
  for (const suffix of ['', '_u', '_v', '_orig']) delete propertiesOf(module)[name + suffix];
  module.register_parameter(name, new Parameter(weight.detach()));
  detach(module, id);
  for (const handle of hook.handles) handle.remove();
  return module as M;
}
