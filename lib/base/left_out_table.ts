/**
 * The public names of PyTorch that are absent here, by namespace and reason: what touching one says, and what
 * docs/coverage.md lists. `scripts/coverage/index.mjs` compares with a Python's PyTorch, and finds names that are on no list.
 */

type Reasons = Readonly<Record<string, string>>;

/** The reason of names that only Python's own files look for; touching one of these is not explained. */
export const IMPORTED = 'a name that the Python file imports, reads while it is being loaded, or documents with';

export const LEFT_OUT: Readonly<Record<string, Reasons>> = {
  torch: {
    "TorchScript's compiler, its types and its values, beside what torch.jit has; PyTorch advises against TorchScript since 2.11": `
      AliasDb AnyType Argument ArgumentSpec AwaitType Block BoolType BufferDict CallStack Capsule
      ClassType Code CompilationUnit CompleteArgumentSpec ComplexType ConcreteModuleType
      ConcreteModuleTypeBuilder DeepCopyMemoTable DeserializationStorageContext DeviceObjType DictType
      EnumType ErrorReport ExecutionPlan FileCheck FloatType FunctionSchema Future FutureType Gradient
      Graph GraphExecutorState IODescriptor InferredType IntType InterfaceType JITException ListType
      LiteScriptModule LockingLogger LoggerBase ModuleDict Node NoneType NoopLogger NumberType
      OperatorInfo OptionalType ParameterDict PyObjectType PyTorchFileReader PyTorchFileWriter RRefType
      ScriptClass ScriptClassFunction ScriptDict ScriptDictIterator ScriptDictKeyIterator ScriptFunction
      ScriptList ScriptListIterator ScriptMethod ScriptModule ScriptModuleSerializer ScriptObject
      ScriptObjectProperty SerializationStorageContext StaticModule StreamObjType StringType SymBoolType
      SymIntType TensorType TracingState TupleType Type UnionType Use Value fork import_ir_module
      import_ir_module_from_buffer merge_type_from_type_comment parse_ir parse_schema
      parse_type_comment unify_type_list wait
    `,
    'measures TorchScript functions (AVG and SUM are how its loggers count)':
      'AVG SUM AggregationType BenchmarkConfig BenchmarkExecutionStats ThroughputBenchmark',
    "torch.compile reads Python's bytecode": 'compile compiler cond while_loop',
    "torch.fx rewrites Python programs, whose tracing needs Python's operators": 'fx',
    'symbolic sizes of traced Python programs': `
      SymBool SymFloat SymInt sym_float sym_fresh_size sym_int sym_ite sym_max sym_min sym_not sym_sqrt
      sym_sum
    `,
    'how Python subclasses of Tensor take part in dispatch': `
      DisableTorchFunction DisableTorchFunctionSubclass DispatchKey DispatchKeySet ExcludeDispatchKeyGuard
      overrides
    `,
    'registers operators written in Python, or classes of TorchScript': 'library classes Tag',
    [IMPORTED]: `
      PRIVATE_OPS TYPE_CHECKING USE_GLOBAL_DEPS USE_RTLD_GLOBAL_WITH_LIBTORCH FatalError classproperty cpp
      init_num_threads profiler_allow_cudagraph_cupti_lazy_reinit_cuda12 thread_safe_generator torch
      torch_version types windows
    `,
    'classes of Python that stand for what is here an array with names': 'return_types',
    'storages have no class here: typed_array() and frombuffer() share memory': `
      BFloat16Storage BoolStorage ByteStorage CharStorage ComplexDoubleStorage ComplexFloatStorage
      DoubleStorage FloatStorage HalfStorage IntStorage LongStorage QInt32Storage QInt8Storage
      QUInt2x4Storage QUInt4x2Storage QUInt8Storage ShortStorage Storage StorageBase TypedStorage
      UntypedStorage storage
    `,
    'DLPack passes memory between libraries of Python by a capsule, which JavaScript has no counterpart of':
      'from_dlpack to_dlpack',
    'removed from PyTorch, whose name only raises an error that names torch.linalg':
      'eig lstsq matrix_rank solve symeig',
    'quantized tensors are left out: PyTorch has moved quantization to torchao, a package of Python': `
      ao per_channel_affine per_channel_affine_float_qparams per_channel_symmetric per_tensor_affine
      per_tensor_symmetric qscheme quantization quantized_gru quantized_lstm
    `,
    'dtypes without operators, for Python subclasses to build on': `
      bit bits16 bits1x8 bits2x4 bits4x2 bits8 float4_e2m1fn_x2 int1 int2 int3 int4 int5 int6 int7 uint1
      uint2 uint3 uint4 uint5 uint6 uint7
    `,
    'devices of other makers, for which there is no libtorch to build against': 'mtia xpu',
    "Apple's devices: torch.accelerator and torch.backends drive them": 'mps',
    'the autocast of devices that are left out': `
      get_autocast_ipu_dtype get_autocast_xla_dtype is_autocast_ipu_enabled is_autocast_xla_enabled
      set_autocast_ipu_dtype set_autocast_ipu_enabled set_autocast_xla_dtype set_autocast_xla_enabled
    `,
    "futures of torch.distributed are a class there; the others are for Python's processes":
      'futures monitor prepare_multiprocessing_environment',
    'packs and runs Python code': 'package get_file_path',
  },
  'torch.distributed': {
    'options of the calls below the functions, which set them': `
      AllToAllOptions AllreduceCoalescedOptions AllreduceOptions BarrierOptions BroadcastOptions GatherOptions
      ReduceOptions ReduceScatterOptions ScatterOptions
    `,
    'gloo is the engine here, and has nothing to set': 'Backend BackendConfig ProcessGroupGloo',
    'tensors that are spread over a grid of devices are not here': 'DeviceMesh device_mesh init_device_mesh',
    'for communicators of NCCL; new_group makes groups of some ranks': 'shrink_group split_group',
    'calls of other processes, which PyTorch no longer develops': 'rpc autograd remote_device',
    'TORCH_DISTRIBUTED_DEBUG in the environment says it':
      'DebugLevel get_debug_level set_debug_level set_debug_level_from_env',
    'deprecated in favour of what is here': 'all_gather_coalesced reduce_op',
    'stops a rank in the debugger of Python': 'breakpoint',
    'what DistributedDataParallel is made of': 'Logger Reducer',
    'parts and types of Python files': `
      GroupName RankType c10d_logger config constants distributed_c10d logging_handlers record_comm utils
    `,
    [IMPORTED]: 'log logging sys timedelta torch traceback typing',
  },
  'torch.export': {
    "works on Python's programs of modules, or on its tracer": `
      AdditionalInputs Constraint CustomDecompTable ExportBackwardSignature FlatArgsAdapter ModuleCallEntry
      ModuleCallSignature ShapesCollection UnflattenedModule default_decompositions draft_export
      register_dataclass unflatten
    `,
  },
  'torch.jit': {
    "reads the source text of Python functions and classes: trace a module with torch.jit.trace, or give TorchScript's text to torch.jit.CompilationUnit or ScriptModule.define":
      'script script_method script_if_tracing',
    "marks for the compiler of Python's source text": `
      Attribute Final annotate export export_opnames ignore interface isinstance unused ScriptWarning
    `,
    'tasks on threads of TorchScript: worker_threads run programs side by side': 'Future fork wait',
    'objects of TorchScript classes are ScriptModules here': 'RecursiveScriptClass',
    'classes of the first years, beside ScriptModule': 'ONNXTracedModule TopLevelTracedModule TracedModule',
    "modes of single fusers, and a look into the interpreter's last run": `
      enable_onednn_fusion fuser last_executed_optimized_graph onednn_fusion_enabled optimized_execution strict_fusion
    `,
    'part of freeze and optimize_for_inference': 'run_frozen_optimizations',
    'a format of PyTorch Mobile, which has ended': 'jit_module_from_flatbuffer save_jit_module_to_flatbuffer',
    [IMPORTED]: 'Iterator annotations contextmanager frontend set_module torch warnings',
  },
  'torch.hub': { 'runs Python code of a repository': 'load list help' },
  'torch.Tensor': {
    'how Python subclasses of Tensor come about': 'as_subclass',
    'an attribute of Variables, which are tensors since PyTorch 0.4': 'name volatile',
    'removed from PyTorch, whose name only raises an error': 'eig lstsq solve symeig reinforce',
    'storages have no class here: typed_array() and frombuffer() share memory':
      'storage storage_type untyped_storage const_data_ptr',
    'NumPy arrays are typed arrays here: typed_array()': 'numpy',
    'devices of other makers, for which there is no libtorch to build against':
      'ipu is_ipu is_maia mtia is_mtia is_vulkan is_xla xpu is_xpu',
    'named tensors, which PyTorch itself has removed': 'align_as align_to has_names names refine_names rename rename_',
  },
  'torch.nn': {
    [IMPORTED]: 'factory_kwargs',
    "types that Python's annotations name": 'common_types',
    'quantized tensors are left out: PyTorch has moved quantization to torchao, a package of Python':
      'intrinsic qat quantizable quantized',
  },
  'torch.nn.functional': {
    [IMPORTED]: `
      BroadcastingList1 BroadcastingList2 BroadcastingList3 DType TYPE_CHECKING Tensor assert_int_or_pair
      boolean_dispatch handle_torch_function has_torch_function has_torch_function_unary
      has_torch_function_variadic reproducibility_notes sparse_support_notes tf32_notes torch
    `,
  },
  'torch.nn.init': {
    [IMPORTED]: 'Tensor torch',
  },
  'torch.linalg': {
    [IMPORTED]: 'common_notes',
  },
  'torch.fft': {
    [IMPORTED]: 'Tensor common_args factory_common_args torch',
  },
  'torch.special': {
    [IMPORTED]: 'Tensor common_args multi_dim_common torch',
  },
  'torch.signal.windows': {
    [IMPORTED]: 'windows',
  },
  'torch.masked': {
    'MaskedTensor is a Python subclass of Tensor, a prototype; the functions take `mask`':
      'MaskedTensor as_masked_tensor is_masked_tensor masked_tensor maskedtensor',
  },
  'torch.sparse': {
    [IMPORTED]: 'DType TYPE_CHECKING Tensor torch',
    "2:4 sparsity is a Python subclass of Tensor over kernels of CUDA's own libraries": `
      SparseSemiStructuredTensor SparseSemiStructuredTensorCUSPARSELT SparseSemiStructuredTensorCUTLASS
      semi_structured to_sparse_semi_structured
    `,
  },
  'torch.autograd': {
    [IMPORTED]: 'DeviceType handle_torch_function has_torch_function is_tensor_like torch',
    'Variables are tensors since PyTorch 0.4': 'Variable variable',
    "a Function whose arguments are nested in Python's containers, an undocumented class": 'NestedIOFunction',
    'what a node of the graph has saved, an object of Python; torch.autograd.graph.saved_tensors_hooks sees the tensors':
      'SavedTensor',
    "a switch of the engine's Python bindings, in no header of libtorch": 'enforce_grad_layout_policy',
    'values that Python hands to its native profiler': 'ProfilerConfig ProfilerEvent',
    'the profiler before kineto, which PyTorch does not document': 'profiler_legacy',
  },
  'torch.autograd.profiler': {
    "ranges for other makers' profilers (VTune, Nsight), with which nothing here is tried": 'emit_itt emit_nvtx',
    'reads the files of nvprof, which CUDA no longer has': 'EnforceUnique load_nvprof parse_nvprof_trace',
    'counts steps for a daemon that Meta runs beside its programs': 'KinetoStepTracker',
    "a helper of Python's: events have their memory": 'MemRecordsAcc',
  },
  'torch.profiler': {
    'writes down a Python program, for other programs that run it again': 'ExecutionTraceObserver',
  },
  'torch.optim': {
    "makes an optimizer's step a function that torch.compile can trace": 'swap_in_optimizer_params_and_state',
  },
  'torch.optim.lr_scheduler': {
    [IMPORTED]: 'EPOCH_DEPRECATION_WARNING Optimizer TYPE_CHECKING Tensor annotations bisect_right inf ref',
  },
  'torch.nn.attention': {
    'kernels of CUDA that Python packages bring along': `
      activate_flash_attention_impl current_flash_attention_impl list_flash_attention_impls
      register_flash_attention_impl restore_flash_attention_impl
    `,
    'a warning of those kernels': 'WARN_FOR_UNFUSED_KERNELS',
  },
  'torch.nn.attention.flex_attention': {
    'types: plain objects here': 'AuxOutput AuxRequest FlexKernelOptions',
  },
  'torch.nn.parameter': {
    'what the two uninitialized classes share in Python': 'UninitializedTensorMixin',
  },
  'torch.utils.data': {
    'pipes of datasets, which PyTorch no longer develops': `
      DFIterDataPipe DataChunk IterDataPipe MapDataPipe argument_validation functional_datapipe
      guaranteed_datapipes_determinism non_deterministic runtime_validation runtime_validation_disabled
    `,
    'internal: how the loader tells its two kinds of datasets': '_DatasetKind',
  },
  'torch.func': {
    'einops, which is no transform of functions': 'rearrange',
  },
  'torch.accelerator': {
    'graphs of CUDA: the addon is built without the CUDA toolkit': 'Graph',
    'asks the device for what nothing here uses': 'empty_host_cache get_device_capability',
  },
  'torch.utils': {
    'registers a device that is written in Python or C++':
      'backend_registration generate_methods_for_privateuse1_backend rename_privateuse1_backend',
    'measures TorchScript functions (AVG and SUM are how its loggers count)':
      'ThroughputBenchmark throughput_benchmark',
    'DLPack passes memory between libraries of Python by a capsule, which JavaScript has no counterpart of': 'dlpack',
    'fetches, packs and runs Python code':
      'collect_env cmake_prefix_path cpp_extension model_zoo mobile_optimizer bundled_inputs hipify',
    "weak references by Python's identity; JavaScript has WeakRef and WeakMap": 'weak',
    'a warning about code of before PyTorch 0.2': 'backcompat',
    'stack traces of C++: errors here have the stack of JavaScript': 'cpp_backtrace get_cpp_backtrace',
    [IMPORTED]: 'set_module torch hooks',
  },
};
