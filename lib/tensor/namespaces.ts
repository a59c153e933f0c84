/** The functions of the tables by namespace, as Python's `torch._C._VariableFunctions`, `torch._C._nn`, … hold them. */
import type {
  FftFunctions,
  LinalgFunctions,
  NNFunctions,
  SparseFunctions,
  SpecialFunctions,
  TorchFunctions,
} from '../generated/functions';
import { functionsOf } from '../operators/functions';

export const _torch = functionsOf<TorchFunctions>('torch');
export const _nn = functionsOf<NNFunctions>('nn');
export const _linalg = functionsOf<LinalgFunctions>('linalg');
export const _fft = functionsOf<FftFunctions>('fft');
export const _special = functionsOf<SpecialFunctions>('special');
export const _sparse = functionsOf<SparseFunctions>('sparse');
