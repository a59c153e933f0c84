/** The `torch` namespace: the operators of the tables and what is written by hand. */
import { Signature } from '../arguments/signature';
import './members';
import { is_anomaly_check_nan_enabled, is_anomaly_enabled, set_anomaly_enabled } from '../autograd/anomaly';
import {
  enable_grad,
  inference_mode,
  is_grad_enabled,
  is_inference_mode_enabled,
  no_grad,
  set_grad_enabled,
} from '../autograd/grad_mode';
import { AcceleratorError, LinAlgError, NotImplementedError, OutOfMemoryError, TorchError, warn } from '../base/errors';
import { withLazy } from '../base/lazy';
import { explainLeftOut } from '../base/left_out';
import { namespace } from '../base/namespace';
import {
  Complex,
  type Device,
  type DeviceLike,
  DType,
  dtypeAliases,
  dtypes,
  Layout,
  layouts,
  MemoryFormat,
  memoryFormats,
  parseDevice,
  type Scalar,
} from '../base/types';
import { current_accelerator } from '../context/accelerator';
import {
  autocast,
  autocast_decrement_nesting,
  autocast_increment_nesting,
  clear_autocast_cache,
  get_autocast_cpu_dtype,
  get_autocast_dtype,
  get_autocast_gpu_dtype,
  is_autocast_cache_enabled,
  is_autocast_cpu_enabled,
  is_autocast_enabled,
  set_autocast_cache_enabled,
  set_autocast_cpu_dtype,
  set_autocast_cpu_enabled,
  set_autocast_dtype,
  set_autocast_enabled,
  set_autocast_gpu_dtype,
} from '../context/autocast';
import { device, device_scope, get_default_device, set_default_device } from '../context/device';
import * as functional from '../functional';
import type { TorchFunctions } from '../generated/functions';
import type { TensorOptions } from '../generated/options';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { collectAll, memoryStats } from '../native/memory';
import { keep, tidy } from '../native/tidy';
import { get_printoptions, printoptions, set_printoptions } from '../printing/options';
import * as sparse from '../sparse';
import {
  sparse_bsc_tensor,
  sparse_bsr_tensor,
  sparse_compressed_tensor,
  sparse_coo_tensor,
  sparse_csc_tensor,
  sparse_csr_tensor,
} from '../sparse/creation';
import { as_tensor, from_numpy, frombuffer, get_default_dtype, set_default_dtype, tensor } from '../tensor/creation';
import { Generator } from '../tensor/generator';
import { _fft, _special, _torch } from '../tensor/namespaces';
import { finfo, iinfo } from '../tensor/numeric_limits';
import { Tensor } from '../tensor/tensor';
import * as constants from './constants';
import { legacyTensor } from './legacy_tensor';
import { linalg } from './linalg';
import { ops } from './ops';
import * as random from './random';
import * as context from './settings';
import { set_default_tensor_type, typedSparseTensors, typedTensors, typename } from './typed_tensors';
import * as misc from './values';

/** Whether a value is a tensor. */
function is_tensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}

/** What torch.range takes beside its bounds. */
type RangeOptions = TensorOptions & { step?: Scalar; out?: Tensor | null };

/**
 * torch.arange with its end, in the default dtype. Deprecated: its last value is `end`, where Python's `range` stops before.
 * https://docs.pytorch.org/docs/2.13/generated/torch.range.html
 */
function range(start: Scalar, end: Scalar, step?: Scalar | RangeOptions, options?: RangeOptions): Tensor;
function range(start: Scalar, named: RangeOptions & { end: Scalar }): Tensor;
function range(args: RangeOptions & { start: Scalar; end: Scalar }): Tensor;
function range(...args: unknown[]): Tensor {
  warn(
    "torch.range is deprecated and will be removed in a future release because its behavior is inconsistent with Python's range builtin. Instead, use torch.arange, which produces values in [start, end).",
  );
  return (_torch.range as (...args: unknown[]) => Tensor)(...args);
}

/** How many threads an operation may use. */
function get_num_threads(): number {
  return call(native.get_num_threads);
}

const cpu = () => require('../cpu') as typeof import('../cpu');
const accelerator = () => require('../accelerator') as typeof import('../accelerator');
const cuda = () => require('../cuda') as typeof import('../cuda');

const ofDeviceModule = new Signature<{ device: DeviceLike | null }>('get_device_module', { device: null });

/**
 * The module of a kind of device, `torch.cuda`; by default of the accelerator that works here, or `torch.cpu`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.get_device_module.html
 */
function get_device_module(
  device: DeviceLike | null | { device?: DeviceLike | null } = null,
): ReturnType<typeof cuda> | ReturnType<typeof cpu> {
  const { device: wanted } = ofDeviceModule.read([device]);
  const place = wanted === null ? current_accelerator(true) : parseDevice(wanted);
  const type = place?.type ?? 'cpu';
  if (type === 'cuda') return cuda();
  if (type === 'cpu') return cpu();
  throw new TorchError(`Device '${type}' does not have a corresponding module registered as 'torch.${type}'.`);
}

const allSparse: typeof sparse & typeof typedSparseTensors = { ...sparse, ...typedSparseTensors };

const own = {
  /** The version of the libtorch behind. */
  __version__: call(native.libtorch_version),
  Tensor: legacyTensor,
  Complex,
  Generator,
  dtype: DType,
  layout: Layout,
  memory_format: MemoryFormat,
  TorchError,
  OutOfMemoryError,
  AcceleratorError,
  LinAlgError,
  NotImplementedError,

  is_anomaly_enabled,
  is_anomaly_check_nan_enabled,
  set_anomaly_enabled,
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
  get_autocast_cpu_dtype,
  get_autocast_gpu_dtype,
  is_autocast_cpu_enabled,
  set_autocast_cpu_dtype,
  set_autocast_cpu_enabled,
  set_autocast_gpu_dtype,
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
  device_scope,
  get_default_device,
  set_default_device,
  get_device_module,
  is_tensor,

  set_printoptions,
  get_printoptions,
  printoptions,

  random,
  manual_seed: random.manual_seed,
  seed: random.seed,
  initial_seed: random.initial_seed,
  get_rng_state: random.get_rng_state,
  set_rng_state: random.set_rng_state,
  default_generator: random.default_generator,

  ops,

  tidy,
  keep,
  gc: collectAll,
  memory_stats: memoryStats,

  range,
  get_num_threads,

  linalg,
  fft: _fft,
  special: _special,
  sparse: explainLeftOut('torch.sparse', allSparse),
  sparse_coo_tensor,
  sparse_compressed_tensor,
  sparse_csr_tensor,
  sparse_csc_tensor,
  sparse_bsr_tensor,
  sparse_bsc_tensor,

  set_default_tensor_type,
  typename,
  finfo,
  iinfo,

  functional,
  _segment_reduce: _torch.segment_reduce,
};

/** Whole modules of functions and constants: their own types, since those of copies have no documentation. */
type Spread = typeof functional &
  typeof context &
  typeof constants &
  typeof misc &
  typeof typedTensors &
  typeof dtypes &
  typeof dtypeAliases &
  typeof layouts &
  typeof memoryFormats;

const handwritten: typeof own & Spread = {
  ...own,
  ...context,
  ...constants,
  ...misc,
  ...typedTensors,
  ...functional,
  ...dtypes,
  ...dtypeAliases,
  ...layouts,
  ...memoryFormats,
};

const func = () => require('../func') as typeof import('../func');
const streams = () => require('../context/streams') as typeof import('../context/streams');
const amp = () => require('../amp') as typeof import('../amp');
const asynchronous = () => require('../async') as typeof import('../async');
const serialization = () => require('../serialization') as typeof import('../serialization');

/** What loads when it is first used. */
const lazy = {
  amp,
  autograd: () => require('../autograd') as typeof import('../autograd'),
  backends: () => require('../backends') as typeof import('../backends'),
  GradScaler: () => amp().GradScaler,
  run_async: () => asynchronous().run_async,
  async_queue: () => asynchronous().async_queue,
  QueueFullError: () => asynchronous().QueueFullError,
  cpu,
  accelerator,
  cuda,
  Event: () => streams().Event,
  Stream: () => streams().Stream,
  distributions: () => require('../distributions') as typeof import('../distributions'),
  export: () => explainLeftOut('torch.export', require('../export') as typeof import('../export')),
  func,
  hub: () => explainLeftOut('torch.hub', require('../hub') as typeof import('../hub')),
  _inductor: () => require('../inductor') as typeof import('../inductor'),
  jit: () => explainLeftOut('torch.jit', require('../jit') as typeof import('../jit')),
  masked: () => require('../masked') as typeof import('../masked'),
  distributed: () => explainLeftOut('torch.distributed', require('./distributed') as typeof import('./distributed')),
  multiprocessing: () => require('../multiprocessing') as typeof import('../multiprocessing'),
  nested: () => require('../nested') as typeof import('../nested'),
  nn: () => require('../nn') as typeof import('../nn'),
  onnx: () => require('../onnx') as typeof import('../onnx'),
  optim: () => require('../optim') as typeof import('../optim'),
  profiler: () => require('../profiler') as typeof import('../profiler'),
  quasirandom: () => require('./quasirandom') as typeof import('./quasirandom'),
  serialization,
  signal: () => require('../signal') as typeof import('../signal'),
  testing: () => require('../testing') as typeof import('../testing'),
  utils: () => require('../utils') as typeof import('../utils'),
  __future__: () => require('../context/future') as typeof import('../context/future'),
  /** See `torch.serialization`. https://docs.pytorch.org/docs/2.13/generated/torch.load.html */
  load: () => serialization().load,
  /** See `torch.serialization`. https://docs.pytorch.org/docs/2.13/generated/torch.save.html */
  save: () => serialization().save,
  /** See `torch.func`. https://docs.pytorch.org/docs/2.13/generated/torch.vmap.html */
  vmap: () => func().vmap,
};

type Handwritten = typeof handwritten & { readonly [Name in keyof typeof lazy]: ReturnType<(typeof lazy)[Name]> };

/** PyTorch's private operators: they can be called, and editors do not list them. */
interface PrivateOperators {
  // biome-ignore lint/suspicious/noExplicitAny: each takes its own
  readonly [name: `_${string}`]: (...args: any[]) => unknown;
}

type Shown = {
  [Name in keyof TorchFunctions as Name extends `_${string}` | keyof Handwritten ? never : Name]: TorchFunctions[Name];
} & Handwritten;

export type Torch = Shown & PrivateOperators;

const shown: Shown = explainLeftOut('torch', withLazy({ ..._torch, ...handwritten }, lazy));

/**
 * Everything that Python has in `torch`. https://docs.pytorch.org/docs/2.13/torch.html
 * @namespace
 */
export const torch = shown as Torch;

namespace.torch = torch;

type TensorType = Tensor;
type ComplexType = Complex;
type GeneratorType = Generator;

// The types behind the names, for annotations: `x: torch.Tensor`.
export declare namespace torch {
  export type Tensor = TensorType;
  export type Complex = ComplexType;
  export type Generator = GeneratorType;
  export type Size = number[];
  export type dtype = DType;
  export type device = Device;
  export type layout = Layout;
  export type memory_format = MemoryFormat;
}
