/** Instance normalisation. https://docs.pytorch.org/docs/2.13/nn.html#normalization-layers */
import { warn } from '../../base/errors';
import type { Tensor } from '../../tensor/tensor';
import * as F from '../functional';
import * as signatures from '../generated/nn';
import { _NormBase, checkDims, LazyNormMixin } from './batchnorm';
import type { LocalMetadata } from './contract';

/** @internal */
export abstract class _InstanceNorm extends _NormBase {
  /** The dimensions of an input without a batch. */
  protected abstract readonly unbatched: number;

  override _check_input_dim(input: Tensor): void {
    checkDims(input, this.unbatched, this.unbatched + 1);
  }

  override forward(input: Tensor): Tensor {
    this._check_input_dim(input);
    const ndim = input.dim();
    const dim = ndim - this.unbatched;
    if (input.size(dim) !== this.num_features) this.refuse(dim, input.size(dim));
    return ndim === this.unbatched ? this.normalize(input.unsqueeze(0)).squeeze(0) : this.normalize(input);
  }

  /** The number of channels matters only where there is something for each. */
  private refuse(dim: number, size: number): void {
    if (this.affine) {
      throw new RangeError(
        `expected input's size at dim=${dim} to match num_features (${this.num_features}), but got: ${size}.`,
      );
    }
    warn(
      `input's size at dim=${dim} does not match num_features. You can silence this warning by not passing in num_features, which is not used because affine=False`,
    );
  }

  private normalize(input: Tensor): Tensor {
    const byInstance = this.training || !this.track_running_stats;
    const { running_mean, running_var, weight, bias, momentum, eps } = this;
    return F.instance_norm(input, running_mean, running_var, weight, bias, byInstance, momentum ?? 0, eps);
  }

  /** Very old states hold statistics that nobody asked for. */
  override _load_from_state_dict(
    state_dict: Record<string, unknown>,
    prefix: string,
    local_metadata: LocalMetadata,
    strict: boolean,
    missing_keys: string[],
    unexpected_keys: string[],
    error_msgs: string[],
  ): void {
    if (local_metadata.version === undefined && !this.track_running_stats) {
      const keys = ['running_mean', 'running_var'].map((name) => prefix + name);
      const found = keys.filter((key) => Object.hasOwn(state_dict, key));
      const [names, name] = [found.map((key) => `"${key}"`).join(' and '), this.constructor.name];
      if (found.length > 0) {
        error_msgs.push(
          `Unexpected running stats buffer(s) ${names} for ${name} with track_running_stats=False. If state_dict is a checkpoint saved before 0.4.0, this may be expected because ${name} does not track running stats by default since 0.4.0. Please remove these keys from state_dict. If the running stats are actually needed, instead set track_running_stats=True in ${name} to enable them. See the documentation of ${name} for details.`,
        );
      }
      for (const key of found) delete state_dict[key];
    }
    super._load_from_state_dict(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs);
  }
}

/**
 * Normalises each channel of each instance of (N, C, L), or of (C, L).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.InstanceNorm1d.html
 */
export class InstanceNorm1d extends _InstanceNorm {
  constructor(...args: signatures.InstanceNorm1dArgs) {
    super(signatures.InstanceNorm1d.read(args));
  }

  protected override get unbatched(): number {
    return 2;
  }
}

/**
 * Normalises each channel of each instance of (N, C, H, W), or of (C, H, W).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.InstanceNorm2d.html
 */
export class InstanceNorm2d extends _InstanceNorm {
  constructor(...args: signatures.InstanceNorm2dArgs) {
    super(signatures.InstanceNorm2d.read(args));
  }

  protected override get unbatched(): number {
    return 3;
  }
}

/**
 * Normalises each channel of each instance of (N, C, D, H, W), or of (C, D, H, W).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.InstanceNorm3d.html
 */
export class InstanceNorm3d extends _InstanceNorm {
  constructor(...args: signatures.InstanceNorm3dArgs) {
    super(signatures.InstanceNorm3d.read(args));
  }

  protected override get unbatched(): number {
    return 4;
  }
}

/**
 * `InstanceNorm1d` that takes its number of features from the first input.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyInstanceNorm1d.html
 */
export class LazyInstanceNorm1d extends LazyNormMixin(InstanceNorm1d) {
  constructor(...args: signatures.LazyInstanceNorm1dArgs) {
    super(signatures.LazyInstanceNorm1d.read(args));
  }
}

/**
 * `InstanceNorm2d` that takes its number of features from the first input.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyInstanceNorm2d.html
 */
export class LazyInstanceNorm2d extends LazyNormMixin(InstanceNorm2d) {
  constructor(...args: signatures.LazyInstanceNorm2dArgs) {
    super(signatures.LazyInstanceNorm2d.read(args));
  }
}

/**
 * `InstanceNorm3d` that takes its number of features from the first input.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyInstanceNorm3d.html
 */
export class LazyInstanceNorm3d extends LazyNormMixin(InstanceNorm3d) {
  constructor(...args: signatures.LazyInstanceNorm3dArgs) {
    super(signatures.LazyInstanceNorm3d.read(args));
  }
}
