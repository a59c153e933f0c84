import type { Tensor } from '../tensor/tensor';
import { positive, real } from './constraints';
import { Distribution } from './distribution';
import type { LaplaceArguments } from './generated/distributions_types';
import { broadcast_all } from './utils';

/** A distribution of real numbers that is moved by `loc` and stretched by `scale`. */
export abstract class LocationScale extends Distribution {
  static override readonly arg_constraints = { loc: real, scale: positive };
  static override readonly support = real;
  static override readonly has_rsample = true;
  static override readonly _batched = ['loc', 'scale'];

  readonly loc: Tensor;
  readonly scale: Tensor;

  constructor({ loc, scale, validate_args }: LaplaceArguments) {
    const [centre, width] = broadcast_all(loc, scale);
    super(centre.shape);
    this.loc = centre;
    this.scale = width;
    this._check_args(validate_args);
  }

  override get mode(): Tensor {
    return this.loc;
  }
}
