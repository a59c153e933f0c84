/**
 * The native functions: the one list of them. Each is a line here, with what it takes and gives, and
 * `void NAME(Environment&, FrameReader&, FrameWriter&)` in native/. From this file cmake/NativeFunctions.cmake declares
 * and registers them in C++; TypeScript takes the types of calls from it (frame.ts).
 */
import type { Complex, Device, DType, MemoryFormat } from '../base/types';
import type { NativeClasses } from './object';

type Tensor = NativeClasses['Tensor'];
type Node = NativeClasses['Node'];
type Generator = NativeClasses['Generator'];
type Event = NativeClasses['Event'];
type Part = NativeClasses['Part'];

type Few<T> = readonly T[];
/** Whole numbers; as results bigint beyond 2 ** 53. */
type Int64 = number | bigint;
/** The number of a dtype or a layout. */
type Code = number;
type Bytes = ArrayBufferLike | ArrayBufferView;
/** What an operator may save for its derivative. */
type Saved = Tensor | number | bigint | boolean | string | Complex | null | readonly Saved[];
type Nested = number | bigint | boolean | Complex | Nested[];
/** Where a backward pass starts or ends: a tensor, or one output of a node. */
export type NativeEnd = Tensor | readonly [node: Node, output: number];
type Hook = (...args: never[]) => unknown;
type LayerKind = 'vmap' | 'grad' | 'jvp' | 'functionalize' | 'other';
type Randomness = 'error' | 'same' | 'different';
type Stream = [device: Device, id: number];
/** A parameter's place in its group and its new state, for each parameter in turn. */
type NewState = (number | Tensor | null)[];
/** Steps the parameters of a group, given in turn with their state; the options are in the order of its class. */
export type NativeStep = (group: Few<unknown>, ...options: unknown[]) => NewState;

/** What libtorch's profiler is to collect, and how. */
export type ProfilerConfigValues = [
  state: number,
  record_shapes: boolean,
  profile_memory: boolean,
  with_stack: boolean,
  with_flops: boolean,
  with_modules: boolean,
  profiler_metrics: Few<string>,
  profiler_measure_per_kernel: boolean,
  verbose: boolean,
  performance_events: Few<string>,
  enable_cuda_sync_events: boolean,
  adjust_profiler_step: boolean,
  disable_external_correlation: boolean,
  profile_all_threads: boolean,
  capture_overload_names: boolean,
  expose_kineto_event_metadata: boolean,
  custom_profiler_config: string,
  adjust_timestamps: boolean,
  trace_only: boolean,
  trace_id: string,
];
/** Times are nanoseconds since the start of the trace. */
export type NativeProfileEvent = [
  name: string,
  overload_name: string,
  start: number,
  end: number,
  correlation_id: Int64,
  linked_correlation_id: Int64,
  start_thread_id: Int64,
  end_thread_id: Int64,
  fwd_thread_id: Int64,
  scope: number,
  sequence_nr: Int64,
  is_async: boolean,
  is_hidden: boolean,
  is_python_function: boolean,
  activity_type: string,
  device_type: number,
  device_index: number,
  device_resource_id: Int64,
  nbytes: Int64,
  flops: Int64,
  cuda_elapsed_us: number,
  shapes: number[][],
  structured_shapes: (number[] | number[][])[],
  structured_strides: (number[] | number[][])[],
  dtypes: string[],
  concrete_inputs: unknown[],
  kwinputs: Record<string, unknown>,
  stack: string[],
  metadata_json: string,
  extra_meta: Record<string, string>,
  flow: [id: number, type: number, start: boolean, external_id: Int64],
  python_id: Int64,
  python_parent_id: Int64,
  python_module_id: Int64,
];

/** A call of an operator: shapes in the places of tensors, and of the inputs from `positional` on the names. */
export type NativeOperatorCall = [
  name: string,
  inputs: unknown[],
  outputs: unknown[],
  positional: number,
  names: string[],
];

/** As what an attribute is registered with a module of TorchScript. */
export type ScriptKind = 'parameter' | 'buffer' | 'module' | 'attribute';
export type ScriptFunctionDescription = [
  fn: Part,
  name: string,
  qualified_name: string,
  schema: string,
  args: [name: string, type: string][],
];
export type ScriptDescription = [
  qualified_name: string,
  address: Int64,
  attributes: [name: string, kind: ScriptKind, type: string][],
  methods: ScriptFunctionDescription[],
];
export type ScriptValue = [
  id: number,
  name: string,
  type: string,
  dtype: Code | null,
  sizes: number[] | null,
  requires_grad: boolean | null,
];
export type ScriptNode = [
  kind: string,
  schema: string | null,
  scope: string,
  inputs: number[],
  outputs: ScriptValue[],
  attributes: unknown[],
  blocks: ScriptBlock[],
];
export type ScriptBlock = [inputs: ScriptValue[], nodes: ScriptNode[], outputs: number[]];

export interface NativeFunctions {
  // ---- operators/

  /** Calls an operator: its id, how many arguments follow, which of them begins a list of the rest; and the arguments. */
  invoke(id: number, given: number, gathered: number, ...args: unknown[]): unknown;
  /** Looks an overload up: its id, schema, [argument, has a default], [argument that a result is or -1, type]. */
  find_operator(
    name: string,
    overload: string,
  ): [id: number, schema: string, args: [name: string, optional: boolean][], results: [number, string][]] | null;
  /** The names of every overload that the dispatcher knows, "aten::add.Tensor". */
  operator_names(): string[];

  // ---- tensor/: data in and out, metadata, indexing

  /** A tensor with a copy of the array's bytes. */
  tensor_from_array(array: Bytes, dtype: DType, sizes: Few<number>): Tensor;
  /** A tensor over the buffer's own memory; count -1 takes all, the offset is in bytes. */
  tensor_over_buffer(buffer: Bytes, dtype: DType, count: number, offset: number): Tensor;
  /** Its only element. */
  tensor_item(x: Tensor): number | bigint | boolean | Complex;
  /** A new ArrayBuffer with its elements in order. */
  tensor_bytes(x: Tensor): ArrayBuffer;
  /** Its elements in nested lists; null when they are many, or what the frame has no kind for (uint64). */
  tensor_elements(x: Tensor): Nested | null;
  /**
   * An ArrayBuffer over its storage, null when there are no elements, and where they begin in bytes; null when they do not
   * lie there in order, or autograd would miss what is written to them.
   */
  tensor_lend(x: Tensor): [dtype: Code, count: number, buffer: ArrayBuffer | null, offset: number] | null;
  tensor_sizes(x: Tensor): number[];
  tensor_size(x: Tensor, dim: Int64): number;
  tensor_strides(x: Tensor): number[];
  tensor_stride(x: Tensor, dim: Int64): number;
  tensor_dtype(x: Tensor): Code;
  tensor_device(x: Tensor): Device;
  tensor_layout(x: Tensor): Code;
  tensor_facts(
    x: Tensor,
  ): [itemsize: number, view: boolean, inference: boolean, quantized: boolean, nested: boolean, mkldnn: boolean];
  tensor_dim(x: Tensor): number;
  tensor_numel(x: Tensor): number;
  tensor_nbytes(x: Tensor): number;
  tensor_is_pinned(x: Tensor): boolean;
  tensor_is_contiguous(x: Tensor, format: MemoryFormat): boolean;
  tensor_storage_offset(x: Tensor): number;
  /** Address of its first element, offset in elements, address and bytes of its storage. */
  tensor_storage(x: Tensor): [address: number, offset: number, begin: number, bytes: number];
  /** These rows of each, copied; null where that would not be what stacking them gives. */
  tensor_rows(tensors: Few<Tensor>, indices: Few<number>): Tensor[] | null;
  /** The indices are written by tensor/indexing.ts. */
  tensor_index(x: Tensor, indices: Few<unknown>): Tensor;
  /** `x[index]`. */
  tensor_select(x: Tensor, index: Int64): Tensor;
  /** `x[start:stop:step]`. */
  tensor_slice(x: Tensor, start: Int64 | null, stop: Int64 | null, step: Int64 | null): Tensor;
  /** `x[indices] = value`. */
  tensor_index_put(x: Tensor, indices: Few<unknown>, value: unknown): void;

  // ---- autograd/: running the engine

  /** Without inputs it accumulates in every leaf. */
  backward(
    outputs: Few<NativeEnd>,
    gradients: Few<Tensor | null>,
    retain: boolean,
    create: boolean,
    inputs: Few<NativeEnd>,
  ): void;
  grad(
    outputs: Few<NativeEnd>,
    inputs: Few<NativeEnd>,
    gradients: Few<Tensor | null>,
    retain: boolean,
    create: boolean,
    allow_unused: boolean,
  ): (Tensor | null)[];
  /** Whether passes run on another thread even where this one would do. */
  set_lend_passes(enabled: boolean): void;
  /** Whether the running pass computes all gradients, which reentrant checkpoints need. */
  is_checkpoint_valid(): boolean;
  /** Number of the running pass, -1 outside of one. */
  current_graph_task(): number;
  /** Whether the running pass will execute it. */
  will_execute_node(node: Node): boolean;

  // ---- autograd/: the state of a tensor

  requires_grad(x: Tensor): boolean;
  set_requires_grad(x: Tensor, value: boolean): void;
  is_leaf(x: Tensor): boolean;
  get_grad(x: Tensor): Tensor | null;
  /** The types have been compared. */
  set_grad(x: Tensor, grad: Tensor | null): void;
  /** The dtype its gradients are cast to. */
  grad_dtype(x: Tensor): Code | null;
  /** With null gradients keep the one they come with. */
  set_grad_dtype(x: Tensor, dtype: DType | null): void;
  grad_fn(x: Tensor): Node | null;
  output_nr(x: Tensor): number;
  tensor_version(x: Tensor): number;
  retain_grad(x: Tensor): void;
  retains_grad(x: Tensor): boolean;
  get_data(x: Tensor): Tensor;
  set_data(x: Tensor, data: Tensor): void;
  view_base(x: Tensor): Tensor | null;
  /** Each object gets the other's tensor. */
  swap_tensors(first: Tensor, second: Tensor): void;
  increment_version(tensors: Few<Tensor>): void;

  // ---- autograd/: looking at the graph

  node_name(node: Node): string;
  /** Where it is in memory. */
  node_address(node: Node): Int64;
  /** Whether its function is written in JavaScript. */
  node_is_custom(node: Node): boolean;
  /** What it makes of gradients: a list, or one alone. */
  node_call(node: Node, gradients: Few<Tensor | null>): Tensor | null | (Tensor | null)[];
  node_next(node: Node): [node: Node | null, input: number][];
  /** The leaf that an AccumulateGrad node writes to. */
  node_variable(node: Node): Tensor | null;
  node_sequence_nr(node: Node): number;
  /** For each gradient that reaches it. */
  node_input_metadata(node: Node): ([sizes: number[], dtype: Code, device: Device] | null)[];
  /** The node is made for a leaf that has none yet. */
  gradient_edge(x: Tensor): [node: Node, input: number];
  /** The names of all that any node saves, without `_saved_`. */
  saved_field_names(): string[];
  /** In a list; null when the node saves none of that name. */
  saved_field(node: Node, name: string): [value: Saved] | null;
  /** How many tensors are saved under it; null when none are. */
  saved_places(node: Node, name: string): [count: number, are_a_list: boolean] | null;
  /** What becomes of one of them. */
  saved_register_hooks(node: Node, name: string, index: number, pack: Hook, unpack: Hook): void;
  /** The tensor as it is saved; null where hooks have it. */
  saved_data(node: Node, name: string, index: number): Tensor | null;
  /** The tensor as the backward pass gets it. */
  saved_unpack(node: Node, name: string, index: number): Tensor | null;

  // ---- autograd/: hooks and functions written in JavaScript

  /** Gives the number of the hook, as the three below. */
  tensor_register_hook(x: Tensor, hook: Hook): number;
  tensor_register_accumulated_hook(x: Tensor, hook: Hook): number;
  node_register_hook(node: Node, hook: Hook): number;
  node_register_prehook(node: Node, hook: Hook): number;
  remove_hook(id: number): void;
  /** What node_set_metadata gave it. */
  node_metadata(node: Node): Record<string, unknown> | null;
  node_set_metadata(node: Node, metadata: object): void;
  /** Gives the outputs, now part of the graph. See autograd/function.ts for the arguments. */
  function_apply(
    name: string,
    backward: Hook,
    jvp: Hook | null,
    inputs: Few<Tensor>,
    outputs: Few<Tensor | null>,
    saved: Few<Tensor | null>,
    dirty: Few<Tensor>,
    non_differentiable: Few<Tensor>,
    materialize: boolean,
    materialize_non_differentiable: boolean,
    separate_context: boolean,
    pure_view: boolean,
  ): (Tensor | null)[];
  function_saved_tensors(node: Node): Tensor[];
  /** Its `backward`; null for nodes of other kinds. */
  function_backward(node: Node): Hook | null;
  /** Whether each needs a gradient from a function called now. */
  function_needs_grad(inputs: Few<Tensor | null>): boolean[];
  /** The same values, whose differentiation is an error with that message. */
  delayed_error(message: string, values: Few<Tensor | null>): (Tensor | null)[];
  /** The same value, whose gradient is lost on the way. */
  undefined_grad(x: Tensor): Tensor;
  /** `pack` takes a tensor and gives any object; `unpack` takes that object and gives a tensor. */
  push_saved_hooks(pack: Hook, unpack: Hook): void;
  pop_saved_hooks(): void;
  /** Why they are refused, null for no longer; gives the reason before. */
  disable_saved_hooks(reason: string | null): string | null;

  // ---- autograd/: cycles through the graph and JavaScript (native/autograd/reach.cpp)

  /**
   * [object, what it leads to, object, …] for a WeakMap; the values are left to the collector until `fasten_values`. Null
   * when there is nothing to do or native code is on the stack, whose owners cannot be seen.
   */
  loosen_values(): object[] | null;
  fasten_values(): void;
  /** How many JavaScript values native objects own. */
  owned_values(): number;

  // ---- autograd/: the thread's modes

  set_anomaly_mode(enabled: boolean, check_nan: boolean): void;
  anomaly_mode(): [enabled: boolean, check_nan: boolean];
  is_grad_enabled(): boolean;
  /** Gives what it was before. */
  set_grad_enabled(enabled: boolean): boolean;
  /** Gives the level. */
  enter_dual_level(): number;
  exit_dual_level(level: number): void;
  is_forward_grad_enabled(): boolean;
  set_forward_grad_enabled(enabled: boolean): void;
  is_inference_mode(): boolean;
  /** Each call is paired with exit_inference_mode, in reverse order. */
  enter_inference_mode(enabled: boolean): void;
  exit_inference_mode(): void;
  /** Whether backward passes may use the threads of devices. */
  multithreading(): boolean;
  set_multithreading(enabled: boolean): void;
  /** Whether views are made again from their bases after a change in place. */
  view_replay(): boolean;

  // ---- func/: libtorch's stack of transforms

  /** Gives the level, as those below. */
  func_push_vmap(size: number, randomness: Randomness): number;
  func_push_grad(): number;
  func_push_jvp(): number;
  func_push_functionalize(views_stay: boolean): number;
  /** Of the top layer. */
  func_pop(level: number): void;
  /** Kind, level, batch size and randomness of the top layer; of one of derivatives the mode it found. */
  func_top(): [kind: LayerKind, level: number, size: number | null, randomness: Randomness | boolean] | null;
  func_depth(): number;
  /** Takes the top layer off, to run what lies below it; func_raise puts it back. */
  func_lower(): void;
  func_raise(): void;
  /** Level of the older vmap, on whose batches the engine and dual levels work. */
  func_enter_batch(): number;
  func_exit_batch(): void;
  /** The tensors in the graph of a grad layer, or following its tangents. */
  func_wrap_grad(tensors: Few<Tensor>, level: number): Tensor[];
  /** The same, requiring a gradient there. */
  func_differentiable(tensors: Few<Tensor>, level: number): Tensor[];
  /** The tensors below; those that are not wrapped at that level as they are. */
  func_unwrap_grad(tensors: Few<Tensor>, level: number): Tensor[];
  /** The tensor below the wrappers of transforms that have ended. */
  func_unwrap_dead(x: Tensor): Tensor;
  /** Each tensor as one element of a batch. */
  func_add_batch_dim(tensors: Few<Tensor>, dims: Few<number>, level: number): Tensor[];
  /** The whole batches; a tensor that did not depend on it is repeated. */
  func_remove_batch_dim(tensors: Few<Tensor>, dims: Few<number>, level: number, size: number): Tensor[];
  /** The tensor below; no dimension when it has none at that level. */
  func_unwrap_batched(x: Tensor, level: number): [below: Tensor, dim: number | null];
  /** The tensor with its changes in place turned into new tensors. */
  func_wrap_functional(x: Tensor, level: number): Tensor;
  /** The tensor below. */
  func_unwrap_functional(x: Tensor, views_stay: boolean): Tensor;
  /** The argument takes the changes of what stood for it. */
  func_write_back(argument: Tensor, wrapped: Tensor): void;
  /** Kind '' for a plain tensor. */
  func_describe(x: Tensor): [kind: string, level: number | null, dim: number | null, below: Tensor | null];

  // ---- random/: seeds are unsigned, and cross as the bits of signed ones

  make_generator(device: Device): Generator;
  /** The one that operators use when none is given. */
  default_generator(device: Device): Generator;
  generator_manual_seed(generator: Generator, seed: Int64): void;
  /** A fresh seed, set. */
  generator_seed(generator: Generator): Int64;
  /** The seed it started from. */
  generator_initial_seed(generator: Generator): Int64;
  generator_state(generator: Generator): Tensor;
  set_generator_state(generator: Generator, state: Tensor): void;
  generator_device(generator: Generator): Device;
  /** Seeds the default generator of every device. */
  manual_seed(seed: Int64): void;
  /** Gives this thread a CPU stream of its own, for worker threads. */
  own_random_stream(): void;

  // ---- nn/

  /** A leaf over the same memory. */
  nn_parameter(data: Tensor, requires_grad: boolean): Tensor;
  /** The norm of all their elements. */
  nn_total_norm(tensors: Few<Tensor>, order: number): Tensor;
  /** Scales the gradients down to the greatest norm. */
  nn_clip_grads_with_norm(parameters: Few<Tensor>, greatest: number, norm: Tensor): void;
  /** The norm of the gradients, which are scaled down to the greatest. */
  nn_clip_grad_norm(parameters: Few<Tensor>, greatest: number, order: number): Tensor;
  /** Clamps every element of the gradients. */
  nn_clip_grad_value(parameters: Few<Tensor>, greatest: number): void;
  /** The three projected. */
  nn_project_packed(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    weight: Tensor,
    bias: Tensor | null,
  ): [query: Tensor, key: Tensor, value: Tensor];
  /** The output; with the weights a list of both. The last two are the output's projection. */
  nn_attend(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    mask: Tensor | null,
    heads: number,
    dropout: number,
    causal: boolean,
    need_weights: boolean,
    average: boolean,
    weight: Tensor,
    bias: Tensor | null,
  ): Tensor | [output: Tensor, weights: Tensor];

  // ---- amp/

  /** The code is -1 where autocast is not available. */
  autocast_state(device: Device): [available: boolean, enabled: boolean, dtype: Code];
  set_autocast_enabled(device: Device, enabled: boolean): void;
  set_autocast_dtype(device: Device, dtype: DType): void;
  /** Whether casts of weights are kept until autocast ends. */
  is_autocast_cache_enabled(): boolean;
  set_autocast_cache_enabled(enabled: boolean): void;
  clear_autocast_cache(): void;
  /** Gives how many autocasts are open. */
  change_autocast_nesting(difference: number): number;
  /** Multiplies the gradients; found inf, one a device, becomes 1 where one is not finite. */
  amp_unscale(parameters: Few<Tensor>, inverse: Tensor, found_inf: Tensor, allow_half: boolean): Tensor[];

  // ---- optim/

  optim_adadelta(...group: Parameters<NativeStep>): NewState;
  optim_adafactor(...group: Parameters<NativeStep>): NewState;
  optim_adagrad(...group: Parameters<NativeStep>): NewState;
  optim_adam(...group: Parameters<NativeStep>): NewState;
  optim_adamax(...group: Parameters<NativeStep>): NewState;
  optim_asgd(...group: Parameters<NativeStep>): NewState;
  optim_muon(...group: Parameters<NativeStep>): NewState;
  optim_nadam(...group: Parameters<NativeStep>): NewState;
  optim_radam(...group: Parameters<NativeStep>): NewState;
  optim_rmsprop(...group: Parameters<NativeStep>): NewState;
  optim_rprop(...group: Parameters<NativeStep>): NewState;
  optim_sgd(...group: Parameters<NativeStep>): NewState;
  optim_sparse_adam(...group: Parameters<NativeStep>): NewState;
  optim_zero_grad(parameters: Few<Tensor>, set_to_none: boolean): void;
  /** The gradients in one vector. */
  optim_flat_grad(parameters: Few<Tensor>): Tensor;
  /** Adds the vector's parts to the parameters, `step` times. */
  optim_add_flat(parameters: Few<Tensor>, vector: Tensor, step: number | Tensor): void;
  /** From changes of the gradient, steps, one over their products; gives a weight a step. */
  optim_lbfgs_direction(
    grad: Tensor,
    changes: Few<Tensor>,
    steps: Few<Tensor>,
    inverses: Few<Tensor>,
    diagonal: number | Tensor,
  ): [direction: Tensor, weights: Tensor[]];

  // ---- serialize/

  /** Of a tensor its whole storage is written. */
  write_archive(
    path: string,
    checksums: boolean,
    skip_data: boolean,
    records: Few<readonly [string, Bytes | Tensor]>,
  ): void;
  write_archive_to_memory(
    checksums: boolean,
    skip_data: boolean,
    records: Few<readonly [string, Bytes | Tensor]>,
  ): ArrayBuffer;
  /** A number that tensors over the same storage share. */
  storage_identity(x: Tensor): number;
  /** A uint8 tensor with a storage of its own over that part of the tensor's storage. */
  storage_part(x: Tensor, first: number, bytes: number): Tensor;
  /** Fills the array from the tensor's storage. */
  storage_read(x: Tensor, first: number, array: Bytes): void;
  /** Writes the array into the tensor's storage. */
  storage_write(x: Tensor, first: number, array: Bytes): void;
  /** Asks the system for large pages where its storage is still to be filled: each page costs once. */
  storage_use_large_pages(x: Tensor): void;
  tensor_over_storage(x: Tensor, dtype: DType, offset: number, sizes: Few<number>, strides: Few<number>): Tensor;

  // ---- jit/: programs of TorchScript

  /** From a path or bytes; the contents are of the files of these names beside the program. */
  script_load(
    place: string | Bytes,
    device: Device | null,
    names: Few<string>,
  ): [module: Part, contents: ArrayBuffer[]];
  script_save(module: Part, path: string, files: Few<readonly [name: string, content: Bytes]>): void;
  script_save_to_memory(module: Part, files: Few<readonly [name: string, content: Bytes]>): ArrayBuffer;
  /** The address tells whether two are one. */
  script_describe(module: Part): ScriptDescription;
  /** An attribute, by its place in the description. */
  script_get(module: Part, slot: number): unknown;
  script_set(module: Part, slot: number, value: unknown): void;
  /** A deep copy. */
  script_copy(module: Part): Part;
  /** Without attributes; its class is in the unit of the other module, or in a new one. */
  script_new_module(name: string, unit: Part | null): Part;
  script_register(module: Part, name: string, kind: ScriptKind, value: Tensor | Part | boolean | null): void;
  /** Adds methods. */
  script_define(module: Part, source: string): void;
  script_compile(source: string): Part;
  script_unit_define(unit: Part, source: string): void;
  script_functions(unit: Part): ScriptFunctionDescription[];
  /** A module whose forward is the function. */
  script_function_module(fn: Part): Part;
  script_freeze(module: Part, preserved: Few<string>, numerics: boolean): Part;
  script_optimize_for_inference(module: Part, methods: Few<string>): Part;
  /** Gives the one before. */
  script_set_fusion_strategy(strategy: Few<readonly [dynamic: boolean, depth: number]>): [boolean, number][];
  script_call(fn: Part, args: Few<unknown>, names: Few<string>, named: Few<unknown>): unknown;
  /** Adds a method to the module, or gives a unit with the function. */
  script_trace(
    module: Part | null,
    name: string,
    inputs: Few<unknown>,
    strict: boolean,
    force_outplace: boolean,
    argument_names: Few<string>,
    fn: (...inputs: unknown[]) => unknown,
  ): Part | null;
  script_push_scope(path: string): void;
  script_pop_scope(): void;
  script_graph_text(fn: Part, inlined: boolean): string;
  script_code(fn: Part): [code: string, constants: unknown[]];
  /** The lines of its nodes whose results are others each time. */
  script_nondeterministic(fn: Part): string[];
  script_graph(fn: Part, inlined: boolean): ScriptBlock;
  /** Calls are inlined, and what it reads of its module are further inputs: these values. */
  script_lowered_graph(fn: Part): [graph: ScriptBlock, held: unknown[]];
  /**
   * The same for arguments as script_call has them: values have the dtypes and sizes that they have then, sizes that branches
   * or loops change are -1, constants are folded, and packed weights of quantized layers are lists of their parts.
   */
  script_example_graph(
    fn: Part,
    args: Few<unknown>,
    names: Few<string>,
    named: Few<unknown>,
  ): [graph: ScriptBlock, held: unknown[]];

  // ---- inductor/: compiled models

  /** Runs what is in the package. */
  package_load(path: string, model: string, single_threaded: boolean, runners: number, device: number): Part;
  package_describe(model: Part): [structures: string[], metadata: [key: string, value: string][], constants: string[]];
  package_run(model: Part, inputs: Few<Tensor>): Tensor[];
  package_load_constants(
    model: Part,
    names: Few<string>,
    tensors: Few<Tensor>,
    check_full_update: boolean,
    user_managed: boolean,
    allow_copies: boolean,
  ): void;
  package_constants(model: Part): [name: string, tensor: Tensor][];

  // ---- async/: work for native threads

  tensor_is_pending(x: Tensor): boolean;
  /** From here on calls of operators and programs are written down instead of run. */
  job_begin(): void;
  /** Ends that and gives what was written down. */
  job_end(): Part;
  /** Runs it on one of libtorch's inter-op threads; `arrived` is called on this thread when jobs are over. */
  job_start(job: Part, threads: number, arrived: () => void): void;
  /** The jobs that are over and were not taken before. */
  jobs_over(): Part[];
  /** It ends after the call that it is at. */
  job_cancel(job: Part): void;
  /** Puts its results in the places of what stood for them, or throws what a call threw. */
  job_finish(job: Part): void;
  /** What a program gave, of the part that stood for it. */
  job_value(value: Part): unknown;

  // ---- distributed/: stores; timeouts are milliseconds

  store_tcp(
    host: string,
    port: number,
    world_size: number | null,
    is_master: boolean,
    timeout: number,
    wait_for_workers: boolean,
    multi_tenant: boolean,
  ): Part;
  store_file(path: string, world_size: number): Part;
  store_hash(): Part;
  store_prefix(prefix: string, store: Part): Part;
  store_clone(store: Part): Part;
  /** Of a TCPStore. */
  store_address(store: Part): [host: string, port: number];
  store_set(store: Part, key: string, value: Uint8Array): void;
  store_get(store: Part, key: string): ArrayBuffer;
  store_compare_set(store: Part, key: string, expected: Uint8Array, desired: Uint8Array): ArrayBuffer;
  store_add(store: Part, key: string, amount: number): Int64;
  store_append(store: Part, key: string, value: Uint8Array): void;
  store_delete_key(store: Part, key: string): boolean;
  store_check(store: Part, keys: Few<string>): boolean;
  store_wait(store: Part, keys: Few<string>, timeout: number | null): void;
  store_multi_get(store: Part, keys: Few<string>): ArrayBuffer[];
  store_multi_set(store: Part, keys: Few<string>, values: Few<Uint8Array>): void;
  store_queue_push(store: Part, key: string, value: Uint8Array): void;
  store_queue_pop(store: Part, key: string, block: boolean): ArrayBuffer;
  store_queue_len(store: Part, key: string): number;
  store_num_keys(store: Part): number;
  store_list_keys(store: Part): string[];
  store_has_extended_api(store: Part): boolean;
  store_timeout(store: Part): number;
  store_set_timeout(store: Part, timeout: number): void;

  // ---- distributed/: groups and what their ranks do together

  /** Connects the ranks. */
  group_make(
    store: Part,
    name: string,
    description: string,
    rank: number,
    size: number,
    timeout: number,
    global_ranks: Few<number>,
    on_loopback: boolean,
  ): Part;
  group_close(group: Part): void;
  group_set_timeout(group: Part, timeout: number): void;
  /** A collective, waited for: lib/distributed/collective.ts has the numbers; timeout -1 is the group's. */
  group_run(
    group: Part,
    operation: number,
    inputs: Few<Tensor>,
    outputs: Few<Tensor>,
    reduction: number,
    root: number,
    output_shares: Few<number>,
    input_shares: Few<number>,
    timeout: number,
  ): void;
  /** The same, begun. */
  group_start(
    group: Part,
    operation: number,
    inputs: Few<Tensor>,
    outputs: Few<Tensor>,
    reduction: number,
    root: number,
    output_shares: Few<number>,
    input_shares: Few<number>,
    timeout: number,
  ): Part;
  /** Sends to a rank, or receives from it, from any where it is negative; `waits` until that is there. */
  group_exchange(group: Part, sends: boolean, x: Tensor, peer: number, tag: number, waits: boolean): Part;
  group_monitored_barrier(group: Part, timeout: number, wait_all_ranks: boolean): void;
  /** Throws what went wrong; timeout 0 is the group's. */
  work_wait(work: Part, timeout: number): void;
  work_is_completed(work: Part): boolean;
  work_is_success(work: Part): boolean;
  work_source_rank(work: Part): number;
  /** What tells this thread when works are over. */
  bell_make(): Part;
  /** `rung` is called on this thread when watched works are over; until then the event loop goes on. */
  work_watch(bell: Part, work: Part, rung: () => void): void;
  /** The works that are over and were not taken before. */
  works_over(bell: Part): Part[];

  // ---- distributed/: gradients of copies of a model

  /** All get the tensors of a rank, in messages of so many bytes. */
  group_broadcast_coalesced(group: Part, tensors: Few<Tensor>, bytes: number, root: number): void;
  /** Throws unless all ranks have parameters of the same number, dtypes and sizes. */
  group_verify_parameters(group: Part, parameters: Few<Tensor>): void;
  reducer_make(
    group: Part,
    parameters: Few<Tensor>,
    names: Few<string>,
    sparse: Few<number>,
    limits: Few<number>,
    bucket_bytes: number,
    first_bucket_bytes: number,
    find_unused: boolean,
    as_views: boolean,
    skip_unused: boolean,
  ): Part;
  reducer_describe(reducer: Part, name: string, broadcast_buffers: boolean, sync_bn: boolean, fixed: boolean): void;
  reducer_set_static_graph(reducer: Part): void;
  /** A forward pass begins whose backward pass exchanges gradients. */
  reducer_prepare_forward(reducer: Part): void;
  reducer_rebuild_buckets(reducer: Part): boolean;
  /** The outputs that lead to the parameters in use; none where all are. */
  reducer_prepare_backward(reducer: Part, outputs: Few<Tensor>): void;
  /** What ranks that have joined tell: the backward pass takes the number of ranks from it. */
  reducer_set_forward_work(reducer: Part, work: Part, fixed_divisor: boolean): void;
  /** 1: all_reduce, 2: the same of float16. */
  reducer_use_builtin_hook(reducer: Part, kind: number): void;
  /** native/distributed/comm_hook.h says what the hook gives. */
  reducer_use_hook(
    reducer: Part,
    hook: (
      bucket: [index: number, last: boolean, buffer: Tensor, gradients: Tensor[], parameters: Tensor[]],
    ) => [work: Part | null, compute: () => Tensor],
  ): void;
  /** Inside of a backward pass: exchanges all gradients at its end. */
  reducer_delay(reducer: Part): void;
  /** What a rank whose data has ended does for the backward pass of the others. */
  reducer_shadow_backward(reducer: Part, find_unused: boolean): void;
  reducer_logging_data(reducer: Part): Record<string, number | string>;

  // ---- memory/: tensors for other threads

  /** Lets other threads use its memory, which can no longer be resized. */
  tensor_share_memory(x: Tensor): void;
  tensor_is_shared(x: Tensor): boolean;
  /** A token that one other environment can redeem, while this thread runs. */
  hand_over(x: Tensor): number;
  /** A leaf tensor over the same memory; the token is used up. */
  take_over(token: number): Tensor;
  /** Forgets those that nobody has redeemed. */
  withdraw(tokens: Few<number>): void;
  /** A number for this thread. */
  thread_identity(): number;
  is_thread_running(identity: number): boolean;
  /** How many tensors are on their way in the process. */
  count_handed_over(): number;

  // ---- memory/: what the memory manager asks of the handle table

  /** Frees each at once; count and handles have no tags. */
  release(count: number, ...handles: number[]): void;
  /** Frees what was collected, now or along with the next operators. */
  sweep(everything: boolean, at_once: boolean): void;
  memory_stats(): [
    tensors: number,
    handles: number,
    cpu_bytes: number,
    device_bytes: number,
    nodes_made: number,
    borrowed_bytes: number,
    lent_bytes: number,
  ];
  /** CPU bytes, and new bytes of devices, from which on calls report pressure. */
  set_pressure(cpu: number, device: number): void;
  is_alive(handle: number): boolean;
  /** Tells V8 how much more memory its objects keep alive. */
  adjust_external_memory(bytes: number): void;
  /** Gives kept blocks back: this thread's to malloc, those of the accelerator, if there is one, to its driver. */
  empty_caches(): void;
  /** Hands the warnings of calls before it to JavaScript. */
  show_warnings(): void;

  // ---- context/: settings of libtorch

  libtorch_version(): string;
  get_num_threads(): number;
  set_num_threads(count: number): void;
  /** How many threads the operators of this thread use; `set_num_threads` is for all. */
  set_thread_parallelism(count: number): void;
  get_num_interop_threads(): number;
  set_num_interop_threads(count: number): void;
  get_default_dtype(): Code;
  set_default_dtype(dtype: DType): void;
  /** native/context/flags.cpp lists the switches and features. */
  get_flag(name: string): boolean;
  set_flag(name: string, on: boolean): void;
  /** The ways to compute attention by their numbers, the one that is tried first before the others. */
  get_sdp_priority(): number[];
  set_sdp_priority(order: Few<number>): void;
  /** Whether libtorch was built with it. */
  has_feature(name: string): boolean;
  get_float32_matmul_precision(): 'highest' | 'high' | 'medium';
  set_float32_matmul_precision(precision: string): void;
  /** Gives whether the processor can. */
  set_flush_denormal(flush: boolean): boolean;
  /** As texts, rounded half to even as C's printf does and JavaScript's toFixed does not. */
  format_numbers(values: Few<number>, style: string, digits: number): string[];
  /** A function of C's math library, which are Python's; y counts for functions of two numbers only. */
  c_math(name: number, x: number, y: number): number;

  // ---- profiler/

  /** Warms kineto up; `filter` has an activity and the names of what to collect of it in turn. */
  profiler_prepare(activities: Few<number>, filter: Few<number | Few<string>>, ...config: ProfilerConfigValues): void;
  /** Starts to collect; `keep` keeps the stack in which it is called, before each native function. */
  profiler_start(keep: (() => void) | null, ...config: ProfilerConfigValues): void;
  /** Ends the keeping of stacks, before the frames are made of them. */
  profiler_detach(): void;
  /** `frames` has seven numbers for each, see native/profiler/api.cpp; texts are places in `names`. */
  profiler_stop(names: Few<string>, frames: Few<number>): Part;
  profiler_toggle(enable: boolean, activities: Few<number>): void;
  /** Into the trace of the profile under way; `value` is JSON. */
  profiler_add_metadata(key: string, value: string): void;
  /** Gives the number of the range. */
  profiler_open_range(name: string, args: string | null): number;
  profiler_close_range(range: number): void;
  /** Nothing: a call whose stack is kept. */
  profiler_mark(): void;
  /** At most `most` events, without the first `from`. */
  profile_events(profile: Part, from: number, most: number): NativeProfileEvent[];
  /** Writes the chrome trace, which a profile can do once. */
  profile_save(profile: Part, path: string): void;

  /** Begins to write calls of these operators down, on this thread; of the raw ones with their tensors. */
  operator_counter(names: Few<string>, raw: Few<string>): Part;
  operator_counter_stop(counter: Part): void;
  /** What was written down since the last time; null is the end of a backward pass. */
  operator_counter_take(counter: Part): (NativeOperatorCall | null)[];
  /** Inside of a backward pass: writes its end down. */
  operator_counter_await_pass(counter: Part): void;

  // ---- context/: devices, their streams and memory

  /** The accelerator's device type. */
  current_accelerator(must_be_usable: boolean): Device | null;
  accelerator_count(): number;
  accelerator_index(): number;
  set_accelerator_index(index: number): void;
  /** Waits for its work. */
  synchronize_accelerator(index: number): void;
  /** How many of its type can be used. */
  device_count(device: Device): number;
  make_stream(device: Device, priority: number): Stream;
  current_stream(device: Device): Stream;
  default_stream(device: Device): Stream;
  /** Gives the one that was current before. */
  exchange_stream(device: Device, id: number): Stream;
  /** Whether its work is done. */
  query_stream(device: Device, id: number): boolean;
  /** Waits for its work. */
  synchronize_stream(device: Device, id: number): void;
  make_event(device: Device, timing: boolean): Event;
  event_facts(event: Event): [device: Device, flag: number, address: number];
  record_event(event: Event, device: Device, stream: number): void;
  /** Work given to the stream from now on waits for the event. */
  block_on_event(event: Event, device: Device, stream: number): void;
  /** Whether it has happened. */
  query_event(event: Event): boolean;
  synchronize_event(event: Event): void;
  /** Milliseconds between them. */
  event_elapsed_time(start: Event, end: Event): number;
  /**
   * For each statistic its name, then current, peak, allocated, freed of all memory, small blocks, large blocks; and
   * [retries, failures, largest block that is split].
   */
  device_memory_stats(
    device: Device,
  ): [...[name: string, ...numbers: number[]][], [retries: number, failures: number, largest: number]];
  /** Starts counting anew: the peaks, or the sums. */
  device_memory_reset(device: Device, peaks: boolean): void;
  device_memory_info(device: Device): [free: number, total: number];
  /** Name, bytes of memory, and the attributes that native/context/cuda_driver.cpp lists. */
  cuda_properties(index: number): [name: string, ...numbers: number[]];
}

export type AnyFunction = (...args: never[]) => unknown;

/** A native function, by its number: frame.ts calls it. */
export type NativeFunction<F extends AnyFunction = AnyFunction> = number & {
  readonly [isNativeFunction]: F;
};
declare const isNativeFunction: unique symbol;

export type NativeName = keyof NativeFunctions;

/** The numbers of all native functions. */
export type NativeTable = { readonly [Name in NativeName]: NativeFunction<NativeFunctions[Name]> };
