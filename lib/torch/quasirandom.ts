/** torch.quasirandom: points that fill the unit cube evenly. https://docs.pytorch.org/docs/2.13/generated/torch.quasirandom.SobolEngine.html */
import { inspect } from 'node:util';
import { type DType, dtypes } from '../base/types';
import { callOperator } from '../operators/operator';
import { get_default_dtype } from '../tensor/creation';
import { Generator } from '../tensor/generator';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/quasirandom';

const MAXBIT = 30;
const MAXDIM = 21201;

interface DrawOptions {
  out?: Tensor | null;
  dtype?: DType | null;
}

/** A random bit for each place. */
function bits(shape: number[], generator: Generator | null): Tensor {
  return callOperator('randint.generator', 2, shape, generator, dtypes.int64);
}

/**
 * Draws the points of a Sobol sequence of up to 21201 dimensions, one after another: (n, dimension), between 0 and 1.
 * https://docs.pytorch.org/docs/2.13/generated/torch.quasirandom.SobolEngine.html
 * @throws RangeError for a dimension out of range
 *
 * @example
 * const engine = new torch.quasirandom.SobolEngine(5);
 * console.log(engine.draw(3));
 * // tensor([[0.0000, 0.0000, 0.0000, 0.0000, 0.0000],
 * //         [0.5000, 0.5000, 0.5000, 0.5000, 0.5000],
 * //         [0.7500, 0.2500, 0.2500, 0.2500, 0.7500]])
 */
export class SobolEngine {
  static readonly MAXBIT = MAXBIT;
  static readonly MAXDIM = MAXDIM;

  readonly dimension: number;
  readonly scramble: boolean;
  readonly seed: number | null;
  readonly sobolstate: Tensor;
  readonly shift: Tensor;
  quasi: Tensor;
  num_generated = 0;
  private readonly first: Tensor;

  constructor(...args: signatures.SobolEngineArgs) {
    const { dimension, scramble, seed } = signatures.SobolEngine.read(args);
    if (!(dimension >= 1 && dimension <= MAXDIM)) {
      throw new RangeError(`Supported range of dimensionality for SobolEngine is [1, ${MAXDIM}]`);
    }
    this.dimension = dimension;
    this.scramble = scramble;
    this.seed = seed;
    this.sobolstate = _torch.zeros([dimension, MAXBIT], { dtype: dtypes.int64, device: 'cpu' });
    callOperator('_sobol_engine_initialize_state_', this.sobolstate, dimension);
    this.shift = scramble ? this.shuffle() : _torch.zeros([dimension], { dtype: dtypes.int64, device: 'cpu' });
    this.quasi = this.shift.clone();
    this.first = this.quasi.div(2 ** MAXBIT).reshape(1, -1);
  }

  /** Shuffles the state, and gives the shift of the points. */
  private shuffle(): Tensor {
    const generator = this.seed === null ? null : new Generator().manual_seed(this.seed);
    const powers = _torch.pow(2, _torch.arange(0, MAXBIT, { device: 'cpu' }));
    const shift = bits([this.dimension, MAXBIT], generator).mv(powers);
    const triangles = bits([this.dimension, MAXBIT, MAXBIT], generator).tril();
    callOperator('_sobol_engine_scramble_', this.sobolstate, triangles, this.dimension);
    return shift;
  }

  /** The next `n` points: (n, dimension). */
  draw(...args: signatures.SobolEngineDrawArgs): Tensor {
    const [n, out, dtype] = signatures.SobolEngine_draw.list(args);
    const points = this.next(n, dtype ?? get_default_dtype());
    this.num_generated += n;
    return out === null ? points : out.resize_as_(points).copy_(points);
  }

  private next(n: number, dtype: DType): Tensor {
    if (this.num_generated > 0) return this.advance(n, this.num_generated - 1, dtype);
    const first = this.first.to(dtype);
    return n === 1 ? first : _torch.cat([first, this.advance(n - 1, 0, dtype)], -2);
  }

  private advance(n: number, generated: number, dtype: DType): Tensor {
    const [points, quasi] = callOperator<[Tensor, Tensor]>(
      '_sobol_engine_draw',
      this.quasi,
      n,
      this.sobolstate,
      this.dimension,
      generated,
      dtype,
    );
    this.quasi = quasi;
    return points;
  }

  /** The next 2 ** m points, when that keeps the balance of the sequence. @throws RangeError when it does not */
  draw_base2(m: number, options: DrawOptions = {}): Tensor {
    const n = 2 ** m;
    const total = this.num_generated + n;
    if (!Number.isInteger(Math.log2(total))) {
      throw new RangeError(
        "The balance properties of Sobol' points require n to be a power of 2. " +
          `${this.num_generated} points have been previously generated, then: n=${this.num_generated}+2**${m}=${total}. ` +
          "If you still want to do this, please use 'SobolEngine.draw()' instead.",
      );
    }
    return this.draw({ n, ...options });
  }

  /** Goes back to the first point. */
  reset(): this {
    this.quasi.copy_(this.shift);
    this.num_generated = 0;
    return this;
  }

  /** Skips `n` points. */
  fast_forward(n: number): this {
    const started = this.num_generated > 0;
    const [steps, generated] = started ? [n, this.num_generated - 1] : [n - 1, 0];
    callOperator('_sobol_engine_ff_', this.quasi, steps, this.sobolstate, this.dimension, generated);
    this.num_generated += n;
    return this;
  }

  toString(): string {
    const scramble = this.scramble ? ', scramble=True' : '';
    const seed = this.seed === null ? '' : `, seed=${this.seed}`;
    return `SobolEngine(dimension=${this.dimension}${scramble}${seed})`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
