/** One copy of a model in each process. https://docs.pytorch.org/docs/2.13/generated/torch.nn.parallel.DistributedDataParallel.html */
import { Function } from '../../autograd/function';
import type { FunctionCtx } from '../../autograd/function_ctx';
import { is_grad_enabled, no_grad } from '../../autograd/grad_mode';
import { TorchError, warn } from '../../base/errors';
import { dtypes } from '../../base/types';
import { type Mode, withMode } from '../../context/mode';
import {
  Join,
  type Joinable,
  type JoinConfig,
  type JoinHook,
  type JoinOptions,
} from '../../distributed/algorithms/join';
import type { CommHook } from '../../distributed/grad_bucket';
import { groupOrWorld, type ProcessGroup } from '../../distributed/group';
import { ReduceOp } from '../../distributed/reduce_op';
import { broadcastCoalesced, Reducer, verifyParameters } from '../../distributed/reducer';
import { all_reduce } from '../../distributed/reductions';
import { isOptions } from '../../native/kinds';
import { callOperator } from '../../operators/operator';
import { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_parallel';
import { Module } from '../modules/module';
import { Embedding, EmbeddingBag } from '../modules/sparse';
import { SyncBatchNorm } from '../modules/sync_batchnorm';
import { UninitializedParameter } from '../parameter';

const MIB = 2 ** 20;
const DEFAULT_BUCKET_MIB = 25;
const FIRST_BUCKET_BYTES = MIB;

type Options = ReturnType<typeof signatures.DistributedDataParallel.read>;

/** The tensors in a value, in its order. */
function tensorsIn(value: unknown): Tensor[] {
  if (value instanceof Tensor) return [value];
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  if (value instanceof Map) return [...value.values()].flatMap(tensorsIn);
  return isOptions(value) ? Object.values(value).flatMap(tensorsIn) : [];
}

/** The value with its tensors replaced, in the same order. */
function replaced(value: unknown, next: () => Tensor): unknown {
  if (value instanceof Tensor) return next();
  if (Array.isArray(value)) return value.map((each) => replaced(each, next));
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [key, replaced(each, next)]));
  if (!isOptions(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, replaced(each, next)]));
}

/** Sees the backward pass begin, and lets outputs that are in no loss have no gradient. */
class Sink extends Function {
  static override forward(ctx: FunctionCtx, begun: () => void, ...outputs: Tensor[]): Tensor[] {
    ctx.set_materialize_grads(false);
    (ctx as FunctionCtx & { begun: () => void }).begun = begun;
    return outputs.map((each) => each.clone());
  }

  static override backward(ctx: FunctionCtx, ...gradients: (Tensor | null)[]): (Tensor | null)[] {
    (ctx as FunctionCtx & { begun: () => void }).begun();
    return [null, ...gradients];
  }
}

/** @throws RangeError, TorchError for a model that gives nothing to exchange, and for options that are not here */
function check(parameters: readonly Tensor[], given: Options): void {
  if (!parameters.some(({ requires_grad }) => requires_grad)) {
    throw new TorchError(
      "DistributedDataParallel is not needed when a module doesn't have any parameter that requires a gradient.",
    );
  }
  if (given.device_ids !== null && given.device_ids.length > 1) {
    throw new RangeError('device_ids can only be None or contain a single element.');
  }
  if (parameters.some((each) => each instanceof UninitializedParameter)) {
    throw new TorchError(
      "Modules with uninitialized parameters can't be used with `DistributedDataParallel`. Run a dummy forward pass to correctly initialize the modules",
    );
  }
  const absent = ['mixed_precision', 'device_mesh', 'delay_all_reduce_named_params', 'bucket_cap_mb_list'] as const;
  for (const name of absent) {
    if (given[name] !== null) throw new TorchError(`DistributedDataParallel: '${name}' is not here`);
  }
}

/** Whether each forward pass starts with rank 0's buffers, and whether training does. */
function buffersOf({ broadcast_buffers, forward_sync_buffers }: Options): { each: boolean; initially: boolean } {
  if (broadcast_buffers !== null) {
    warn('`broadcast_buffers` is deprecated. Use `forward_sync_buffers` instead.', 'FutureWarning');
  }
  if (forward_sync_buffers !== null) return { each: forward_sync_buffers, initially: true };
  return { each: broadcast_buffers ?? true, initially: broadcast_buffers ?? true };
}

/**
 * Trains a model with a copy in each process: the copies start with rank 0's parameters, and each backward pass gives all of
 * them the mean of all ranks' gradients, so they stay the same. Gradients travel while the pass goes on. Ranks can be
 * processes of Python too. What it is called with and gives is the module's own.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.parallel.DistributedDataParallel.html
 * @throws DistBackendError where ranks have other models, or do not answer
 */
export class DistributedDataParallel<M extends Module = Module> extends Module implements Joinable {
  module: M;
  readonly process_group: ProcessGroup;
  readonly find_unused_parameters: boolean;
  readonly gradient_as_bucket_view: boolean;
  readonly forward_sync_buffers: boolean;
  static_graph = false;
  /** Whether backward passes exchange gradients: see `no_sync`. */
  require_backward_grad_sync = true;
  /** @internal */
  _join_config: JoinConfig | null = null;
  private reducer: Reducer;
  private requireForwardSync = true;
  private isDelayed = false;
  private dividesByAll = true;

  constructor(...args: signatures.DistributedDataParallelArgs<M>) {
    super();
    const given = signatures.DistributedDataParallel.read(args);
    const module = given.module as M;
    this.process_group = groupOrWorld(given.process_group);
    check(module.parameters(), given);
    this.module = module;
    this.find_unused_parameters = given.find_unused_parameters;
    this.gradient_as_bucket_view = given.gradient_as_bucket_view;
    const buffers = buffersOf(given);
    this.forward_sync_buffers = buffers.each;
    if (given.init_sync) {
      verifyParameters(
        this.process_group,
        this.exchanged().map(({ parameter }) => parameter),
      );
      this.broadcastState(0, buffers.initially);
    }
    this.reducer = this.makeReducer(given);
    if (given.static_graph) this._set_static_graph();
  }

  /** What of the model is left alone: a list of names on it, as in Python. */
  private get ignored(): ReadonlySet<string> {
    const names = (this.module as { _ddp_params_and_buffers_to_ignore?: readonly string[] })
      ._ddp_params_and_buffers_to_ignore;
    return new Set(names ?? []);
  }

  /** The parameters whose gradients travel, each once. */
  private exchanged(): { parameter: Tensor; name: string; isSparse: boolean }[] {
    const { ignored } = this;
    const seen = new Set<Tensor>();
    const found: { parameter: Tensor; name: string; isSparse: boolean }[] = [];
    for (const [path, module] of this.module.named_modules()) {
      const isSparse = (module instanceof Embedding || module instanceof EmbeddingBag) && module.sparse;
      for (const [own, parameter] of module.named_parameters({ recurse: false })) {
        const name = path === '' ? own : `${path}.${own}`;
        if (!parameter.requires_grad || ignored.has(name) || seen.has(parameter)) continue;
        seen.add(parameter);
        found.push({ parameter, name, isSparse });
      }
    }
    return found;
  }

  private buffersOfModule(): Tensor[] {
    const { ignored } = this;
    return this.module
      .named_buffers()
      .filter(([name]) => !ignored.has(name))
      .map(([, buffer]) => buffer);
  }

  /** All ranks get one's parameters, and its buffers. */
  private broadcastState(root: number, withBuffers: boolean): void {
    const { ignored } = this;
    const parameters = this.module.named_parameters().filter(([name]) => !ignored.has(name));
    const states = [...parameters.map(([, each]) => each as Tensor), ...(withBuffers ? this.buffersOfModule() : [])];
    broadcastCoalesced(this.process_group, states, root);
  }

  private makeReducer(given: Options): Reducer {
    const exchanged = this.exchanged();
    const bucketBytes = Math.floor((given.bucket_cap_mb ?? DEFAULT_BUCKET_MIB) * MIB);
    const firstBucketBytes = given.bucket_cap_mb === null ? FIRST_BUCKET_BYTES : bucketBytes;
    const inOrder = given.static_graph || !given.find_unused_parameters;
    const reducer = new Reducer({
      group: this.process_group,
      parameters: exchanged.map(({ parameter }) => parameter),
      names: exchanged.map(({ name }) => name),
      sparse: exchanged.map(({ isSparse }) => isSparse),
      limits: inOrder ? [Number.MAX_SAFE_INTEGER] : [firstBucketBytes, bucketBytes],
      bucketBytes,
      firstBucketBytes,
      findUnused: this.find_unused_parameters,
      asViews: this.gradient_as_bucket_view,
      skipUnused: given.skip_all_reduce_unused_params,
    });
    const hasSyncBatchNorm = this.module.modules().some((each) => each instanceof SyncBatchNorm);
    reducer.describe(this.module.constructor.name, this.forward_sync_buffers, hasSyncBatchNorm, given.static_graph);
    return reducer;
  }

  override forward(...inputs: Parameters<M['forward']>): ReturnType<M['forward']> {
    this.beforeForward();
    return this.afterForward(this.module(...inputs)) as ReturnType<M['forward']>;
  }

  private beforeForward(): void {
    const isTraining = is_grad_enabled();
    if (isTraining && this.require_backward_grad_sync) this.reducer.prepareForward();
    const work = Join.notify_join_context(this);
    if (work !== null) this.reducer.setForwardWork(work, this.dividesByAll);
    if (isTraining) this.reducer.rebuildBuckets();
    if (this.syncsBuffers) this.syncBuffers();
    if (this._join_config?.enable) this.tellBackwardSync();
  }

  private get syncsBuffers(): boolean {
    return this.requireForwardSync && this.forward_sync_buffers && this.buffersOfModule().length > 0;
  }

  private syncBuffers(): void {
    const root = this._join_config?.enable ? this.commonRank(true) : 0;
    no_grad(() => broadcastCoalesced(this.process_group, this.buffersOfModule(), root));
  }

  private afterForward(output: unknown): unknown {
    const exchanges = is_grad_enabled() && this.require_backward_grad_sync;
    this.requireForwardSync = exchanges;
    const looksForUnused = this.find_unused_parameters && !this.static_graph;
    if (exchanges) this.reducer.prepareBackward(looksForUnused ? tensorsIn(output) : []);
    return looksForUnused || (this.static_graph && !this.isDelayed) ? this.sunk(output) : output;
  }

  /** Outputs of a graph, through the node that sees the backward pass begin. */
  private sunk(output: unknown): unknown {
    const inGraph = tensorsIn(output).filter(({ grad_fn }) => grad_fn !== null);
    if (inGraph.length === 0) return output;
    const passed = Sink.apply(() => this.beginBackward(), ...inGraph) as unknown as Tensor[];
    const next = new Map(inGraph.map((each, i) => [each, passed[i]!]));
    const all = tensorsIn(output).map((each) => next.get(each) ?? each);
    return replaced(output, () => all.shift()!);
  }

  private beginBackward(): void {
    if (!this.static_graph || this.isDelayed) return;
    this.reducer.delay();
    this.isDelayed = true;
  }

  /**
   * Passes in here leave gradients on their rank, where they add up; the first one after it exchanges the sums.
   * https://docs.pytorch.org/docs/2.13/generated/torch.nn.parallel.DistributedDataParallel.html#torch.nn.parallel.DistributedDataParallel.no_sync
   */
  no_sync(): Mode;
  no_sync<Result>(callback: () => Result): Result;
  no_sync<Result>(callback?: () => Result): Result | Mode {
    const enter = () => {
      const before = this.require_backward_grad_sync;
      this.require_backward_grad_sync = false;
      return () => {
        this.require_backward_grad_sync = before;
      };
    };
    return withMode('no_sync', enter, callback);
  }

  /** Says that every pass uses the same parameters in the same order. */
  _set_static_graph(): void {
    if (this.static_graph) {
      warn("You've set static_graph to be True, no need to set it again.");
      return;
    }
    this.static_graph = true;
    this.reducer.setStaticGraph();
  }

  /**
   * Exchanges gradients by a function of one's own, or one of `distributed.algorithms.ddp_comm_hooks`. It gets the state and
   * a bucket; what its future gives takes the place of the bucket's gradients, so it divides by the number of ranks itself.
   * https://docs.pytorch.org/docs/2.13/ddp_comm_hooks.html
   */
  register_comm_hook<State>(state: State, hook: CommHook<State>): void {
    if (typeof hook !== 'function') throw new TypeError('Communication hook must be callable.');
    this.reducer.useHook(state, hook);
  }

  /** A hook of libtorch: one of `distributed.BuiltinCommHookType`. */
  _register_builtin_comm_hook(comm_hook_type: number): void {
    this.reducer.useBuiltinHook(comm_hook_type);
  }

  /** What c10d knows of the copies: sizes of buckets, times. */
  _get_ddp_logging_data(): Record<string, number | string> {
    return this.reducer.loggingData();
  }

  // ---- uneven data

  get join_process_group(): ProcessGroup {
    return this.process_group;
  }

  /**
   * Runs a training loop that may end earlier on one rank than on another: `ddp.join(() => { … })`.
   * https://docs.pytorch.org/docs/2.13/generated/torch.nn.parallel.DistributedDataParallel.html#torch.nn.parallel.DistributedDataParallel.join
   */
  join<Result>(
    loop: () => Result,
    options: JoinOptions & { enable?: boolean; throw_on_early_termination?: boolean } = {},
  ): Result {
    const { enable = true, throw_on_early_termination = false, ...more } = options;
    return new Join([this], enable, throw_on_early_termination, more).run(loop);
  }

  /** What `Join` does here for ranks whose data has ended. */
  join_hook({ divide_by_initial_world_size = true }: JoinOptions): JoinHook {
    this.dividesByAll = divide_by_initial_world_size;
    return {
      main_hook: () => this.shadowStep(),
      post_hook: (isLast) => this.broadcastState(this.commonRank(isLast), this.forward_sync_buffers),
    };
  }

  /** The collectives of a step of the others. */
  private shadowStep(): void {
    this.reducer.rebuildBuckets();
    if (this.syncsBuffers) broadcastCoalesced(this.process_group, this.buffersOfModule(), this.commonRank(false));
    const flag = callOperator<Tensor>('full', [1], 0, dtypes.float32);
    all_reduce(flag, { group: this.process_group });
    this.requireForwardSync = flag.item() !== 0;
    if (this.requireForwardSync) this.reducer.shadowBackward(this.find_unused_parameters);
  }

  /** Tells joined ranks whether this step exchanges gradients. */
  private tellBackwardSync(): void {
    const flag = callOperator<Tensor>('full', [1], this.require_backward_grad_sync ? 1 : 0, dtypes.float32);
    all_reduce(flag, { group: this.process_group, async_op: true });
  }

  /** The highest rank of those for which the condition holds. */
  private commonRank(holds: boolean): number {
    const rank = callOperator<Tensor>('full', [1], holds ? this.process_group.rank() : -1, dtypes.int64);
    all_reduce(rank, { op: ReduceOp.MAX, group: this.process_group });
    return rank.item() as number;
  }
}
