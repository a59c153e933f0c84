/** The `torch` namespace: the operators of the tables and what is written by hand. */
import './tensor_methods';
import * as accelerator from './accelerator';
import * as amp from './amp';
import {
  autocast,
  autocast_decrement_nesting,
  autocast_increment_nesting,
  clear_autocast_cache,
  get_autocast_dtype,
  is_autocast_cache_enabled,
  is_autocast_enabled,
  set_autocast_cache_enabled,
  set_autocast_dtype,
  set_autocast_enabled,
} from './amp/autocast';
import * as autograd from './autograd';
import {
  enable_grad,
  inference_mode,
  is_grad_enabled,
  is_inference_mode_enabled,
  no_grad,
  set_grad_enabled,
} from './autograd/grad_mode';
import * as backends from './backends';
import { as_tensor, from_numpy, frombuffer, get_default_dtype, set_default_dtype, tensor } from './creation';
import * as distributions from './distributions';
import { LinAlgError, NotImplementedError, OutOfMemoryError, TorchError } from './errors';
import * as func from './func';
import * as functional from './functional';
import type { TorchFunctions } from './generated/functions';
import { native } from './native/addon';
import { call } from './native/frame';
import { collectAll, memoryStats } from './native/memory';
import * as nn from './nn';
import { finfo, iinfo } from './numeric_limits';
import { _fft, _linalg, _special, _torch } from './operators/namespaces';
import { ops } from './ops';
import * as optim from './optim';
import { get_printoptions, printoptions, set_printoptions } from './printing/options';
import { default_generator, Generator, get_rng_state, initial_seed, manual_seed, seed, set_rng_state } from './random';
import * as serialization from './serialization';
import * as signal from './signal';
import * as sparse from './sparse';
import {
  sparse_bsc_tensor,
  sparse_bsr_tensor,
  sparse_compressed_tensor,
  sparse_coo_tensor,
  sparse_csc_tensor,
  sparse_csr_tensor,
} from './sparse/creation';
import { Tensor } from './tensor';
import { keep, tidy } from './tidy';
import * as context from './torch_settings';
import {
  Complex,
  type Device,
  type DeviceLike,
  DType,
  dtypeAliases,
  dtypes,
  layouts,
  memoryFormats,
  parseDevice,
} from './types';
import * as utils from './utils';

/** `torch.device('cuda:0')`, `torch.device('cuda', 0)`. */
function device(type: DeviceLike, index?: number): Device {
  return parseDevice(type, index);
}

function is_tensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}

function set_num_threads(count: number): void {
  call(native.set_num_threads, count);
}

function get_num_threads(): number {
  return call(native.get_num_threads);
}

const handwritten = {
  /** The version of the libtorch behind. */
  __version__: call<string>(native.libtorch_version),
  Tensor,
  Complex,
  Generator,
  dtype: DType,
  TorchError,
  OutOfMemoryError,
  LinAlgError,
  NotImplementedError,

  autograd,
  func,
  vmap: func.vmap,
  nn,
  amp,
  autocast,
  autocast_decrement_nesting,
  autocast_increment_nesting,
  clear_autocast_cache,
  get_autocast_dtype,
  is_autocast_cache_enabled,
  is_autocast_enabled,
  set_autocast_cache_enabled,
  set_autocast_dtype,
  set_autocast_enabled,
  optim,
  distributions,
  no_grad,
  enable_grad,
  inference_mode,
  set_grad_enabled,
  is_grad_enabled,
  is_inference_mode_enabled,

  tensor,
  as_tensor,
  frombuffer,
  from_numpy,
  get_default_dtype,
  set_default_dtype,
  device,
  is_tensor,

  set_printoptions,
  get_printoptions,
  printoptions,

  manual_seed,
  seed,
  initial_seed,
  get_rng_state,
  set_rng_state,
  default_generator,

  ops,
  save: serialization.save,
  load: serialization.load,
  serialization,
  utils,

  tidy,
  keep,
  gc: collectAll,
  memory_stats: memoryStats,

  get_num_threads,
  set_num_threads,

  linalg: _linalg,
  fft: _fft,
  special: _special,
  signal,
  sparse,
  sparse_coo_tensor,
  sparse_compressed_tensor,
  sparse_csr_tensor,
  sparse_csc_tensor,
  sparse_bsr_tensor,
  sparse_bsc_tensor,

  backends,
  accelerator,
  ...context,
  finfo,
  iinfo,

  ...functional,
  _segment_reduce: _torch.segment_reduce,

  ...dtypes,
  ...dtypeAliases,
  ...layouts,
  ...memoryFormats,
};

type Handwritten = typeof handwritten;

export type Torch = Omit<TorchFunctions, keyof Handwritten> & Handwritten;

/** https://docs.pytorch.org/docs/2.13/torch.html */
export const torch: Torch = { ..._torch, ...handwritten };
