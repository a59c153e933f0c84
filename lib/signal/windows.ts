/** Window functions. https://docs.pytorch.org/docs/2.13/signal.html#module-torch.signal.windows */

import type { Values } from '../arguments/signature';
import { floatText } from '../base/python_text';
import { type DType, dtypes, layouts } from '../base/types';
import { get_default_dtype, tensor as makeTensor } from '../tensor/creation';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/signal_windows';

/** How a window of M points is made. */
interface Points {
  M: number;
  sym: boolean;
  dtype: DType;
  /** M evenly spaced values. */
  line(start: number, end: number): Tensor;
  /** A window all of ones, or an empty one. */
  flat(): Tensor;
  vector(values: readonly number[]): Tensor;
}

/** The arguments that every window has. */
type Common = Values<signatures.BartlettArguments>;

function pointsOf(name: string, { M, sym, dtype: given, layout, device, requires_grad }: Common): Points {
  const dtype = given ?? get_default_dtype();
  if (M < 0) throw new RangeError(`${name} requires non-negative window length, got M=${M}`);
  if (layout !== layouts.strided)
    throw new RangeError(`${name} is implemented for strided tensors only, got: ${layout}`);
  if (dtype !== dtypes.float32 && dtype !== dtypes.float64) {
    throw new RangeError(`${name} expects float32 or float64 dtypes, got: ${dtype}`);
  }
  const options = { dtype, device, requires_grad };
  return {
    M,
    sym,
    dtype,
    line: (start, end) => _torch.linspace(start, end, M, options),
    flat: () => _torch.ones([M], options),
    vector: (values) => makeTensor([...values], options),
  };
}

/** The number of intervals from the first point to the last, one more when periodic. */
function intervals({ M, sym }: Points): number {
  return sym ? M - 1 : M;
}

/** A window that stays one point when periodic. */
function center({ M, sym }: Points): number {
  return (!sym && M > 1 ? M : M - 1) / 2;
}

/** exp(−|n − center| / tau). https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.exponential.html */
export function exponential(...args: signatures.ExponentialArgs): Tensor {
  const { center: given, tau, ...options } = signatures.exponential.read(args);
  const points = pointsOf('exponential', options);
  if (tau <= 0) throw new RangeError(`Tau must be positive, got: ${tau} instead.`);
  if (points.sym && given !== null) throw new RangeError('Center must be None for symmetric windows');
  if (points.M === 0) return points.flat();
  const middle = given ?? center(points);
  return points
    .line(-middle / tau, (points.M - 1 - middle) / tau)
    .abs()
    .neg()
    .exp();
}

/** sin(π(n + ½) / M). https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.cosine.html */
export function cosine(...args: signatures.CosineArgs): Tensor {
  const points = pointsOf('cosine', signatures.cosine.read(args));
  const { M, sym } = points;
  if (M === 0) return points.flat();
  const step = Math.PI / (!sym && M > 1 ? M + 1 : M);
  return points.line(0.5 * step, (M - 0.5) * step).sin();
}

/** exp(−(n − center)² / 2std²). https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.gaussian.html */
export function gaussian(...args: signatures.GaussianArgs): Tensor {
  const { std, ...options } = signatures.gaussian.read(args);
  const points = pointsOf('gaussian', options);
  if (std <= 0) throw new RangeError(`Standard deviation must be positive, got: ${floatText(std)} instead.`);
  if (points.M === 0) return points.flat();
  const start = -center(points);
  const scale = 1 / (std * Math.SQRT2);
  return points
    .line(start * scale, (start + points.M - 1) * scale)
    .pow(2)
    .neg()
    .exp();
}

/** I₀(√(β² − k²)) / I₀(β), k from −β to β. https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.kaiser.html */
export function kaiser(...args: signatures.KaiserArgs): Tensor {
  const { beta, ...options } = signatures.kaiser.read(args);
  const points = pointsOf('kaiser', options);
  const { M, dtype } = points;
  if (beta < 0) throw new RangeError(`beta must be non-negative, got: ${beta} instead.`);
  if (M <= 1) return points.flat();
  // The ends are rounded to the dtype, so that the last point does not exceed beta.
  const round = dtype === dtypes.float32 ? Math.fround : (value: number) => value;
  const edge = round(beta);
  const step = round(round(2 * edge) / intervals(points));
  const last = Math.min(edge, round(-edge + round((M - 1) * step)));
  const k = points.line(-edge, last);
  const top = points.vector([edge]);
  return top.mul(top).sub(k.pow(2)).sqrt().i0().div(top.i0());
}

/** Σ (−1)ⁱ aᵢ cos(2πin / (M − 1)). https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.general_cosine.html */
export function general_cosine(...args: signatures.GeneralCosineArgs): Tensor {
  const { a, ...options } = signatures.general_cosine.read(args);
  return cosineSum(a, options);
}

/** `checked` is the name that the checks of M and the dtype give. */
function cosineSum(a: readonly number[], options: Common, checked = 'general_cosine'): Tensor {
  const points = pointsOf(checked, options);
  const { M } = points;
  if (M <= 1) return points.flat();
  if (!Array.isArray(a)) throw new TypeError('Coefficients must be a list/tuple');
  if (a.length === 0) throw new RangeError('Coefficients cannot be empty');
  const step = (2 * Math.PI) / intervals(points);
  const k = points.line(0, (M - 1) * step);
  const weights = points.vector(a.map((weight, i) => (i % 2 === 0 ? weight : -weight)));
  const multiples = points.vector(a.map((_, i) => i));
  return weights.unsqueeze(-1).mul(multiples.unsqueeze(-1).mul(k).cos()).sum(0);
}

/** alpha − (1 − alpha) cos(2πn / (M − 1)). https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.general_hamming.html */
export function general_hamming(...args: signatures.GeneralHammingArgs): Tensor {
  const { alpha, ...options } = signatures.general_hamming.read(args);
  return cosineSum([alpha, 1 - alpha], options);
}

/**
 * The Hamming window: one cosine that does not fall to zero at the ends.
 * https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.hamming.html
 */
export function hamming(...args: signatures.HammingArgs): Tensor {
  return cosineSum([0.54, 1 - 0.54], signatures.hamming.read(args));
}

/**
 * The Hann window: one cosine that falls to zero at the ends.
 * https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.hann.html
 */
export function hann(...args: signatures.HannArgs): Tensor {
  return cosineSum([0.5, 0.5], signatures.hann.read(args));
}

/**
 * The Blackman window: two cosines, with lower side lobes than Hann's.
 * https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.blackman.html
 */
export function blackman(...args: signatures.BlackmanArgs): Tensor {
  return cosineSum([0.42, 0.5, 0.08], signatures.blackman.read(args), 'blackman');
}

/** Four terms of cosines, by Nuttall. https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.nuttall.html */
export function nuttall(...args: signatures.NuttallArgs): Tensor {
  return cosineSum([0.3635819, 0.4891775, 0.1365995, 0.0106411], signatures.nuttall.read(args));
}

/** 1 − |2n / (M − 1) − 1|. https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.bartlett.html */
export function bartlett(...args: signatures.BartlettArgs): Tensor {
  const points = pointsOf('bartlett', signatures.bartlett.read(args));
  const { M } = points;
  if (M <= 1) return points.flat();
  const step = 2 / intervals(points);
  return _torch.rsub(points.line(-1, -1 + (M - 1) * step).abs(), 1);
}
