// What is not as signatures.json says, each with its reason.

/** Callables that are left out: those that this package does not have, or that take anything. */
export const leftOut = [
  'torch.nn.factory_kwargs', // a helper of Python's modules
  // Helpers of Python's functions.
  'torch.nn.functional.Tensor',
  'torch.nn.functional.assert_int_or_pair',
  'torch.nn.functional.boolean_dispatch',
  'torch.nn.functional.has_torch_function',
  // Containers and tensors: their arguments are plain objects and values of any kind, which they look at themselves.
  'torch.nn.Buffer',
  'torch.nn.Container',
  'torch.nn.ModuleDict',
  'torch.nn.ModuleList',
  'torch.nn.ParameterDict',
  'torch.nn.ParameterList',
  // Lookups by the type of their arguments.
  'torch.distributions.biject_to',
  'torch.distributions.register_kl',
  'torch.distributions.transform_to',
  'torch.distributions.identity_transform',
  // Functions that are not here.
  'torch.func.rearrange',
  'torch.autograd.NestedIOFunction',
  'torch.autograd.Variable',
  'torch.autograd.enforce_grad_layout_policy',
  'torch.autograd.enable_grad', // its parameter is for decorators
  'torch.autograd.graph.region_activation_memory_budget',
  'torch.autograd.graph.set_override_stale_capture_stream',
  'torch.autograd.graph.set_warn_on_accumulate_grad_stream_mismatch',
  'torch.utils.benchmark.CallgrindStats',
  'torch.utils.benchmark.CopyIfCallgrind',
  'torch.utils.benchmark.FunctionCount',
  'torch.utils.benchmark.FunctionCounts',
  'torch.utils.benchmark.FuzzedParameter',
  'torch.utils.benchmark.FuzzedSparseTensor',
  'torch.utils.benchmark.FuzzedTensor',
  'torch.utils.benchmark.Fuzzer',
  'torch.utils.benchmark.Measurement',
  'torch.utils.benchmark.ParameterAlias',
  'torch.utils.benchmark.TaskSpec',
  'torch.utils.benchmark.select_unit',
  'torch.utils.benchmark.unit_to_english',
  'torch.utils.benchmark.trim_sigfig',
  'torch.utils.benchmark.ordered_unique',
  'torch.utils.benchmark.set_torch_threads',
  'torch.utils.checkpoint.SelectiveCheckpointContext',
  'torch.utils.checkpoint.check_backward_validity',
  'torch.utils.checkpoint.create_selective_checkpoint_contexts',
  'torch.utils.checkpoint.detach_variable',
  'torch.utils.checkpoint.set_device_states',
  'torch.utils.data.default_convert', // a sample can be a plain object with the name of its parameter
  'torch.utils.data.DataChunk',
  'torch.utils.data.argument_validation',
  'torch.utils.data.functional_datapipe',
  'torch.utils.data.non_deterministic',
  'torch.utils.data.runtime_validation',
  'torch.utils.data.runtime_validation_disabled',
  'torch.utils.data.guaranteed_datapipes_determinism',
  'torch.utils.tensorboard.SummaryWriter.add_graph',
  'torch.utils.tensorboard.SummaryWriter.add_onnx_graph',
  'torch.utils.tensorboard.SummaryWriter.add_video',
  'torch.utils.tensorboard.SummaryWriter.add_mesh',
  'torch.utils.tensorboard.SummaryWriter.add_image_with_boxes',
  'torch.amp.autocast_mode',
  // Helpers of Python's profiler, and what profiles make themselves.
  'torch.autograd.profiler.EnforceUnique',
  'torch.autograd.profiler.EventList',
  'torch.autograd.profiler.FunctionEvent',
  'torch.autograd.profiler.MemRecordsAcc',
  'torch.autograd.profiler.emit_itt',
  'torch.autograd.profiler.emit_nvtx',
  'torch.autograd.profiler.load_nvprof',
  'torch.autograd.profiler.parse_nvprof_trace',
  'torch.autograd.profiler.profile.config',
  'torch.profiler.ExecutionTraceObserver',
  'torch.profiler.record_function', // that of torch.autograd.profiler
  'torch.optim.swap_in_optimizer_params_and_state',
  'torch.distributed.rendezvous', // its last parameters are the handler's
  'torch.optim.Optimizer', // its second argument is a plain object, wherever it stands
  'torch.nn.attention.flex_attention.BlockMask', // made of dense masks here
];

/** Methods that read their arguments by the tables; `*` stands for any name. */
export const methods = [
  'torch.amp.GradScaler.*',
  'torch.autograd.profiler.EventList.*',
  'torch.autograd.profiler.profile.*',
  'torch.nn.Module.add_module',
  'torch.nn.Module.apply',
  'torch.nn.Module.buffers',
  'torch.nn.Module.cuda',
  'torch.nn.Module.get_buffer',
  'torch.nn.Module.get_parameter',
  'torch.nn.Module.get_submodule',
  'torch.nn.Module.load_state_dict',
  'torch.nn.Module.modules',
  'torch.nn.Module.named_buffers',
  'torch.nn.Module.named_modules',
  'torch.nn.Module.named_parameters',
  'torch.nn.Module.parameters',
  'torch.nn.Module.register_backward_hook',
  'torch.nn.Module.register_buffer',
  'torch.nn.Module.register_forward_hook',
  'torch.nn.Module.register_forward_pre_hook',
  'torch.nn.Module.register_full_backward_hook',
  'torch.nn.Module.register_full_backward_pre_hook',
  'torch.nn.Module.register_load_state_dict_post_hook',
  'torch.nn.Module.register_load_state_dict_pre_hook',
  'torch.nn.Module.register_module',
  'torch.nn.Module.register_parameter',
  'torch.nn.Module.register_state_dict_post_hook',
  'torch.nn.Module.register_state_dict_pre_hook',
  'torch.nn.Module.requires_grad_',
  'torch.nn.Module.set_submodule',
  'torch.nn.Module.state_dict',
  'torch.nn.Module.to_empty',
  'torch.nn.Module.train',
  'torch.nn.Module.type',
  'torch.nn.Module.zero_grad',
  'torch.nn.utils.prune.*.*',
  'torch.optim.Optimizer.add_param_group',
  'torch.optim.Optimizer.load_state_dict',
  'torch.optim.Optimizer.register_*',
  'torch.optim.Optimizer.zero_grad',
  'torch.profiler._KinetoProfile.*',
  'torch.profiler.profile.set_custom_trace_id_callback',
  'torch.utils.benchmark.Timer.*',
  'torch.utils.data.DistributedSampler.*',
  'torch.utils.flop_counter.FlopCounterMode.get_table',
  'torch.utils.tensorboard.SummaryWriter.*',
  'torch.Tensor.*',
  'torch.distributions.Distribution.enumerate_support',
  'torch.distributions.Transform.with_cache',
  'torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.step',
  'torch.optim.lr_scheduler.ReduceLROnPlateau.step',
  'torch.quasirandom.SobolEngine.draw',
  'torch.nn.utils.parametrize.*.right_inverse',
  'torch.nn.Embedding.from_pretrained',
  'torch.nn.EmbeddingBag.from_pretrained',
  // Those of many inputs, which hand most of them on. The other modules' forwards have plain parameters.
  'torch.nn.MultiheadAttention.forward',
  'torch.nn.Transformer.forward',
  'torch.nn.TransformerDecoder.forward',
  'torch.nn.TransformerDecoderLayer.forward',
  'torch.nn.TransformerEncoder.forward',
  'torch.nn.TransformerEncoderLayer.forward',
];

/** Functions that take *args or **kwargs beside the parameters of the tables. The others hand on all they get. */
export const open = [
  'torch.func.linearize',
  'torch.amp.GradScaler.step',
  'torch.func.vjp',
  'torch.utils.checkpoint.checkpoint',
  'torch.utils.checkpoint.checkpoint_sequential',
  'torch.nn.utils.skip_init',
  'torch.nn.utils.prune.global_unstructured',
  'torch.nn.utils.prune.BasePruningMethod.apply',
];

/** Defaults that JavaScript cannot write as Python does, by `Callable.name`. */
export const defaults = {
  'dependent*.*': 'None', // not known, as NotImplemented says in Python
  'random_split.generator': 'None', // the default generator
  'checkpoint.context_fn': 'None', // a function that gives two contexts that do nothing
  'Timer.timer': 'None', // the clock of this machine
  'Timer.language': "'javascript'",
  'all_reduce*.op': 'None', // the sum
  'reduce*.op': 'None', // likewise
  'SummaryWriter*.purge_step': 'None',
  'RandomResizedCrop.ratio': `(${3 / 4}, ${4 / 3})`, // fractions in Python
  'Transformer*.activation': "'relu'", // a function in Python, shown by its name
};

/** Parameters of the types of a callable, by `Callable.`: a flag that decides what is returned, the class of a module. */
export const generics = {
  'torch.distributed/': 'Async extends boolean = false',
  'torch.distributed.gather.': 'Async extends boolean = false',
  'torch.distributed.scatter.': 'Async extends boolean = false',
  'scatter.': 'Value',
  'gather.': 'Value',
  'replicate.': 'M extends Module',
  'DistributedDataParallel.': 'M extends Module = Module',
  'flex_attention.': 'Lse extends boolean = false, Aux extends AuxRequest | null = null',
  'lu.': 'Flag extends boolean = false',
  'nonzero.': 'Flag extends boolean = false',
  'Tensor_lu.': 'Flag extends boolean = false',
  'Tensor_nonzero.': 'Flag extends boolean = false',
  '*unique*.': 'Inverse extends boolean = false, Counts extends boolean = false',
  'fuse_conv_bn_eval.': 'Conv extends _ConvNd',
  'fuse_linear_bn_eval.': 'Layer extends Linear',
  'torch.autograd/': 'Inputs extends GraphEnds | Readonly<Record<string, GraphEnd>>, Unused extends boolean = false',
  'DataLoader.': 'Sample = unknown, Size extends number | null = number, Batch = unknown',
  'Subset.': 'Sample = unknown',
  'BatchSampler.': 'Index = number',
  'SubsetRandomSampler.': 'Index = number',
  'torch.utils.data/': 'Sample = unknown',
  'torch.nn.utils/': 'M extends Module',
  'torch.nn.utils.prune/': 'M extends Module',
  'torch.nn.utils.parametrize/': 'M extends Module',
  'torch.nn.utils.parametrizations/': 'M extends Module',
  'torch.nn.utils.stateless/': 'M extends Module',
  'torch.func.grad.': 'Nums extends Argnums = 0, Flag extends boolean = false',
  'torch.func.grad_and_value.': 'Nums extends Argnums = 0, Flag extends boolean = false',
  'torch.func.hessian.': 'Nums extends Argnums = 0',
  'torch.func.jacfwd.': 'Nums extends Argnums = 0, Flag extends boolean = false',
  'torch.func.jacrev.': 'Nums extends Argnums = 0, Flag extends boolean = false',
  'torch.func.jvp.': 'Flag extends boolean = false',
  'torch.func.vjp.': 'Flag extends boolean = false',
  'torch.func/': 'M extends Module',
  'Optimizer_add_param_group.': 'Options extends object',
  'AveragedModel.': 'Model extends Module = Module',
  'max_pool?d.': 'Flag extends boolean = false',
  'adaptive_max_pool?d.': 'Flag extends boolean = false',
  'fractional_max_pool?d.': 'Flag extends boolean = false',
};

/** Tensors that functions do not look at themselves: the first operator that gets them refuses others. */
export const unchecked = ['gumbel_softmax.logits'];

/** Modules that say themselves how they are called: what they return is of the type of their input. */
export const ownCalls = ['GRU', 'LSTM', 'RNN'];

/** Parameters whose values are plain objects, which could be taken for arguments by name: everywhere, or of one callable. */
export const dictionaries = [
  'all_gather_object.obj',
  'gather_object.obj',
  'hparam_dict',
  'hparam_domain_discrete',
  'inputs',
  'SummaryWriter_add_custom_scalars.layout',
  'data_parallel.module_kwargs',
  'metric_dict',
  'custom_mapping',
  'tag_scalar_dict',
  'state_dict',
  'args',
  'in_dims',
  'kwargs',
  'out_dims',
  'param_group',
  'parameter_and_buffer_dicts',
  'parameters_and_buffers',
];
