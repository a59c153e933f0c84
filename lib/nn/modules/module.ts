/** torch.nn.Module. https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html */

import { inspect } from 'node:util';
import { requireFunction, requireString } from '../../arguments/checks';
import { Signature } from '../../arguments/signature';
import { no_grad } from '../../autograd/grad_mode';
import { NotImplementedError, TorchError, warn } from '../../base/errors';
import { Device, type DeviceLike, DType, dtypes, type MemoryFormat, parseDevice } from '../../base/types';
import { get_overwrite_module_params_on_conversion, get_swap_module_params_on_conversion } from '../../context/future';
import { native } from '../../native/addon';
import { call } from '../../native/frame';
import { isOptions } from '../../native/kinds';
import { findOperator } from '../../operators/operator';
import { type Copier, copying } from '../../tensor/copy';
import { swap_tensors } from '../../tensor/swap_tensors';
import { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn';
import { is_lazy, Parameter } from '../parameter';
import type { ModuleHooks } from './call';
import type {
  ForwardHook,
  ForwardHookWithKeywords,
  ForwardPreHook,
  ForwardPreHookWithKeywords,
  LocalMetadata,
  StateDict,
  StateHook,
} from './contract';
import { copyModule } from './copy';
import type { RemovableHandle } from './hooks';
import type { IncompatibleKeys } from './incompatible_keys';
import { type RegisteredView, registeredView } from './registered';
import { Callable, isAnyModule, propertiesOf, stateOf, typename } from './registry';
import { indent } from './repr';
import { EXTRA_STATE, Loader, loadTensor, localState, metadataOf, newStateDict } from './state_dict';

export type {
  ModuleLoadStateDictOptions as LoadStateDictOptions,
  ModuleNamedModulesOptions as NamedModulesOptions,
  ModuleNamedParametersOptions as NamedOptions,
  ModuleStateDictOptions as StateDictOptions,
} from '../generated/nn';

export interface ToOptions {
  device?: DeviceLike | null;
  dtype?: DType | null;
  non_blocking?: boolean;
  memory_format?: MemoryFormat | null;
}

type ToArguments =
  | [
      device: DeviceLike | null | ToOptions,
      dtype?: DType | null | ToOptions,
      non_blocking?: boolean | ToOptions,
      options?: ToOptions,
    ]
  | [dtype: DType, non_blocking?: boolean | ToOptions, options?: ToOptions]
  | [tensor: Tensor, non_blocking?: boolean | ToOptions, options?: ToOptions];

/**
 * The base of all neural network modules: a class that extends it and has a `forward` is a function of that signature.
 * `Parameter`s, modules and buffers assigned to its properties are registered.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface only says that a module can be called
export abstract class Module extends Callable {
  /** Whether the module is in training mode; `train()` and `eval()` set it for all children. */
  training = true;

  /**
   * What a call computes; every subclass has its own.
   * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.forward
   * @throws NotImplementedError when it has none
   */
  // biome-ignore lint/suspicious/noExplicitAny: the arguments and the result are each subclass's own
  forward(..._inputs: any[]): any {
    throw new NotImplementedError(`Module [${this._get_name()}] is missing the required "forward" function`);
  }

  /** @internal */
  [copying](copier: Copier): Module {
    return this._copied(copier);
  }

  /** @internal for subclasses: TypeScript 7.0 does not let all of them override a member that a symbol names */
  _copied(copier: Copier): Module {
    return copyModule(this, copier);
  }

  // ---- registration

  /** Adds a parameter; null reserves the name. */
  register_parameter(...args: signatures.ModuleRegisterParameterArgs): void {
    const [name, param] = signatures.Module_register_parameter.list(args);
    checkName(this, name, 'parameter', stateOf(this).parameters);
    if (param !== null && !(param instanceof Parameter)) {
      throw new TypeError(
        `cannot assign '${typename(param)}' object to parameter '${name}' (torch.nn.Parameter or None required)`,
      );
    }
    if (param?.grad_fn) {
      throw new TypeError(
        `Cannot assign non-leaf Tensor to parameter '${name}'. Model parameters must be created explicitly. To express '${name}' as a function of another Tensor, compute the value in the forward() method.`,
      );
    }
    stateOf(this).parameters.add(name);
    propertiesOf(this)[name] = param;
  }

  /**
   * Adds a tensor that is part of the state but not a parameter, such as running statistics.
   * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.register_buffer
   * @throws Error for a name that is taken, empty or has a dot
   */
  register_buffer(...args: signatures.ModuleRegisterBufferArgs): void {
    const [name, tensor, persistent] = signatures.Module_register_buffer.list(args);
    checkName(this, name, 'buffer', stateOf(this).buffers);
    if (tensor !== null && !(tensor instanceof Tensor)) {
      throw new TypeError(
        `cannot assign '${typename(tensor)}' object to buffer '${name}' (torch Tensor or None required)`,
      );
    }
    const state = stateOf(this);
    state.buffers.add(name);
    propertiesOf(this)[name] = tensor;
    if (persistent) state.transient.delete(name);
    else state.transient.add(name);
  }

  /**
   * Adds a child.
   * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.add_module
   * @throws Error for a name that is taken, empty or has a dot
   */
  add_module(...args: signatures.ModuleAddModuleArgs): void {
    const [name, module] = signatures.Module_add_module.list(args);
    if (module !== null && !isModule(module)) throw new TypeError(`${typename(module)} is not a Module subclass`);
    checkName(this, name, 'module', stateOf(this).modules);
    stateOf(this).modules.add(name);
    propertiesOf(this)[name] = module;
  }

  /** The same as `add_module`. */
  register_module(...args: signatures.ModuleRegisterModuleArgs): void {
    const [name, module] = signatures.Module_register_module.list(args);
    this.add_module(name, module);
  }

  /** @internal Runs after a child was deleted; containers renumber the others. */
  _child_deleted(): void {}

  // ---- lookup by dotted name

  /** The module at a path such as `layer1.0.conv`; this one for the empty path. */
  get_submodule(...args: signatures.ModuleGetSubmoduleArgs): Module {
    const [target] = signatures.Module_get_submodule.list(args);
    requireString('Module.get_submodule', 'target', target);
    let module: Module = this;
    for (const name of target === '' ? [] : target.split('.')) {
      const next = propertiesOf(module)[name];
      if (next === undefined) throw new TypeError(`${module._get_name()} has no attribute \`${name}\``);
      if (!isModule(next)) throw new TypeError(`\`${name}\` is not an nn.Module`);
      module = next;
    }
    return module;
  }

  /** Puts a module at a path; with `strict` the path must exist. */
  set_submodule(...args: signatures.ModuleSetSubmoduleArgs): void {
    const [target, module, exists] = signatures.Module_set_submodule.list(args);
    if (target === '') throw new RangeError('Cannot set the submodule without a target name!');
    if (!isModule(module)) throw new TypeError(`\`module\` is not an nn.Module, found ${typename(module)}`);
    const { owner, name } = resolve(this, target);
    if (exists && propertiesOf(owner)[name] === undefined) {
      throw new TypeError(`${owner._get_name()} has no attribute \`${name}\``);
    }
    propertiesOf(owner)[name] = module;
  }

  /** The parameter at a path such as `fc.weight`. */
  get_parameter(...args: signatures.ModuleGetParameterArgs): Parameter {
    const [target] = signatures.Module_get_parameter.list(args);
    requireString('Module.get_parameter', 'target', target);
    const { owner, name } = resolve(this, target);
    const value = propertiesOf(owner)[name];
    if (value === undefined) throw new TypeError(`${owner._get_name()} has no attribute \`${name}\``);
    if (!(value instanceof Parameter)) throw new TypeError(`\`${name}\` is not an nn.Parameter`);
    return value;
  }

  /** The buffer at a path such as `bn.running_mean`. */
  get_buffer(...args: signatures.ModuleGetBufferArgs): Tensor {
    const [target] = signatures.Module_get_buffer.list(args);
    requireString('Module.get_buffer', 'target', target);
    const { owner, name } = resolve(this, target);
    const value = propertiesOf(owner)[name];
    if (value === undefined) throw new TypeError(`${owner._get_name()} has no attribute \`${name}\``);
    if (!stateOf(owner).buffers.has(name)) throw new TypeError(`\`${name}\` is not a buffer`);
    return value as Tensor;
  }

  // ---- listings

  /**
   * All parameters, each once.
   * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.parameters
   */
  parameters(...args: signatures.ModuleParametersArgs): Parameter[] {
    const [deep] = signatures.Module_parameters.list(args);
    return this.named_parameters('', deep).map(([, parameter]) => parameter);
  }

  /**
   * All parameters with their dotted names.
   * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.named_parameters
   */
  named_parameters(...args: signatures.ModuleNamedParametersArgs): [string, Parameter][] {
    const [prefix, recurse, remove_duplicate] = signatures.Module_named_parameters.list(args);
    return members<Parameter>(this, 'parameters', { prefix, recurse, remove_duplicate });
  }

  /** All buffers, each once. */
  buffers(...args: signatures.ModuleBuffersArgs): Tensor[] {
    const [deep] = signatures.Module_buffers.list(args);
    return this.named_buffers('', deep).map(([, buffer]) => buffer);
  }

  /**
   * All buffers with their dotted names.
   * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.named_buffers
   */
  named_buffers(...args: signatures.ModuleNamedBuffersArgs): [string, Tensor][] {
    const [prefix, recurse, remove_duplicate] = signatures.Module_named_buffers.list(args);
    return members<Tensor>(this, 'buffers', { prefix, recurse, remove_duplicate });
  }

  /** The modules directly inside, each once. */
  children(): Module[] {
    return this.named_children().map(([, child]) => child);
  }

  /** The modules directly inside with their names. */
  named_children(): [string, Module][] {
    const seen = new Set<Module>();
    return own<Module>(this, 'modules').filter(([, child]) => !seen.has(child) && seen.add(child));
  }

  /** This module and all inside, each once. */
  modules(...args: signatures.ModuleModulesArgs): Module[] {
    const [remove_duplicate] = signatures.Module_modules.list(args);
    return this.named_modules({ remove_duplicate }).map(([, module]) => module);
  }

  /**
   * This module and all inside with their dotted names; this one's name is empty.
   * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.named_modules
   */
  named_modules(...args: signatures.ModuleNamedModulesArgs): [string, Module][] {
    const [memo, prefix, remove_duplicate] = signatures.Module_named_modules.list(args);
    return modulesIn(this, memo ?? new Set(), prefix, remove_duplicate);
  }

  // ---- applying

  /**
   * Calls `fn` with every module inside and this one, children first.
   * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.apply
   */
  apply(...args: signatures.ModuleApplyArgs): this {
    const [fn] = signatures.Module_apply.list(args);
    requireFunction('Module.apply', 'fn', fn);
    for (const child of this.children()) child.apply(fn);
    fn(this);
    return this;
  }

  /** @internal Replaces every tensor by `fn` of it, keeping parameters the same objects. */
  _apply(fn: (tensor: Tensor) => Tensor, recurse = true): this {
    if (recurse) for (const child of this.children()) child._apply(fn);
    for (const [name, parameter] of own<Parameter>(this, 'parameters')) convertParameter(this, name, parameter, fn);
    for (const [name, buffer] of own<Tensor>(this, 'buffers')) propertiesOf(this)[name] = fn(buffer);
    return this;
  }

  /**
   * Moves and converts parameters and buffers, in place: `to('cuda')`, `to(torch.float64)`, `to(device, dtype)`,
   * `to(tensor)`, `to({ memory_format })`. Only floating point and complex tensors change their dtype.
   */
  to(...args: ToArguments): this {
    const { device, dtype, non_blocking, memory_format } = readTo(args);
    if (dtype?.is_complex) warn(complexModules);
    return this._apply((x) => {
      if (x.is_meta && device !== null && device.type !== 'meta') throw new NotImplementedError(noData);
      const wanted = x.is_floating_point() || x.is_complex() ? dtype : null;
      const format = x.dim() === 4 || x.dim() === 5 ? memory_format : null;
      const options = { device, dtype: wanted, non_blocking, ...(format === null ? {} : { memory_format: format }) };
      return x.to(options);
    });
  }

  /** Floating point parameters and buffers become this dtype. */
  type(...args: signatures.ModuleTypeArgs): this {
    const [dst_type] = signatures.Module_type.list(args);
    return this._apply((x) => x.type(dst_type));
  }

  /** Casts floating point parameters and buffers to float16, in place. */
  half(): this {
    return castFloating(this, dtypes.float16);
  }

  /** Casts floating point parameters and buffers to float32, in place. */
  float(): this {
    return castFloating(this, dtypes.float32);
  }

  /** Casts floating point parameters and buffers to float64, in place. */
  double(): this {
    return castFloating(this, dtypes.float64);
  }

  /** Casts floating point parameters and buffers to bfloat16, in place. */
  bfloat16(): this {
    return castFloating(this, dtypes.bfloat16);
  }

  /** Moves everything to the accelerator. */
  cuda(...args: signatures.ModuleCudaArgs): this {
    const [device] = signatures.Module_cuda.list(args);
    return this._apply((x) => x.cuda(device));
  }

  /** Moves parameters and buffers to the CPU, in place. */
  cpu(): this {
    return this._apply((x) => x.to(new Device('cpu')));
  }

  /** Moves everything to a device without copying the contents. */
  to_empty(...args: signatures.ModuleToEmptyArgs): this {
    const [device, recurse] = signatures.Module_to_empty.list(args);
    const place = device === null ? null : parseDevice(device);
    return this._apply((x) => x.new_empty(x.shape, { device: place ?? x.device }), recurse);
  }

  /** Puts the parameters and buffers in memory that other threads share. */
  share_memory(): this {
    return this._apply((x) => x.share_memory_());
  }

  /**
   * Training or evaluation mode, for all modules inside. Returns this module.
   * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.train
   * @throws RangeError unless `mode` is a boolean
   */
  train(...args: signatures.ModuleTrainArgs): this {
    const [training] = signatures.Module_train.list(args);
    if (typeof training !== 'boolean') throw new RangeError('training mode is expected to be boolean');
    this.training = training;
    for (const child of this.children()) child.train(training);
    return this;
  }

  /**
   * Evaluation mode for all modules inside: the same as `train(false)`.
   * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.eval
   */
  eval(): this {
    return this.train(false);
  }

  /** Whether autograd follows the parameters: false freezes the module. */
  requires_grad_(...args: signatures.ModuleRequiresGrad_Args): this {
    const [wanted] = signatures.Module_requires_grad_.list(args);
    for (const parameter of this.parameters()) parameter.requires_grad_(wanted);
    return this;
  }

  /**
   * Forgets the gradients, or fills them with zeros.
   * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.zero_grad
   */
  zero_grad(...args: signatures.ModuleZeroGradArgs): void {
    const [forget] = signatures.Module_zero_grad.list(args);
    call(native.optim_zero_grad, this.parameters(), forget);
  }

  // ---- state

  /** The layout of this module's part of a state_dict; loading code may look at it. */
  get _version(): number | undefined {
    return 1;
  }

  /** What a module wants in the state_dict beside its tensors; see `set_extra_state`. */
  get_extra_state(): unknown {
    throw new TorchError(
      'Reached a code path in Module.get_extra_state() that should never be called. Please file an issue at https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml to report this bug.',
    );
  }

  /** Takes back what `get_extra_state` gave, when a state_dict is loaded. */
  set_extra_state(_state: unknown): void {
    throw new TorchError(
      'Reached a code path in Module.set_extra_state() that should never be called. Please file an issue at https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml to report this bug.',
    );
  }

  /**
   * The parameters and persistent buffers by their dotted names. The tensors share the module's memory.
   * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.state_dict
   */
  state_dict(...args: signatures.ModuleStateDictArgs): StateDict {
    const [destination, prefix, keep_vars] = signatures.Module_state_dict.list(args);
    const state = destination ?? newStateDict();
    const local: LocalMetadata = { version: this._version };
    metadataOf(state)[prefix.slice(0, -1)] = local;
    const hooks = hooksOf(this);
    for (const hook of hooks.statePre.values()) hook(this, prefix, keep_vars);
    this._save_to_state_dict(state, prefix, keep_vars);
    for (const [name, child] of own<Module>(this, 'modules')) {
      child.state_dict({ destination: state, prefix: `${prefix}${name}.`, keep_vars });
    }
    let result = state;
    for (const { hook, replaces } of hooks.state.values()) {
      const changed = hook(this, result, prefix, local) ?? null;
      if (changed === null) continue;
      if (!replaces) throw new TorchError('state_dict post-hook must return None');
      result = changed as StateDict;
    }
    return result;
  }

  /** @internal Writes this module's own tensors. */
  _save_to_state_dict(destination: StateDict, prefix: string, keep_vars: boolean): void {
    for (const [name, value] of localState(this))
      destination[prefix + name] = keep_vars || is_lazy(value) ? value : value.detach();
    if (this.get_extra_state !== Module.prototype.get_extra_state) {
      destination[prefix + EXTRA_STATE] = this.get_extra_state() as Tensor;
    }
  }

  /**
   * Copies a state into the parameters and buffers.
   * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.load_state_dict
   * @throws TorchError that lists missing and unexpected keys (when `strict`) and shapes that differ
   */
  load_state_dict(...args: signatures.ModuleLoadStateDictArgs): IncompatibleKeys {
    const [state_dict, strict, assign] = signatures.Module_load_state_dict.list(args);
    if (typeof state_dict !== 'object' || state_dict === null) {
      throw new TypeError(`Expected state_dict to be dict-like, got ${typename(state_dict)}.`);
    }
    return new Loader(state_dict as StateDict, strict, assign).load(this);
  }

  /** @internal Reads this module's own tensors out of `state_dict`. */
  _load_from_state_dict(
    state_dict: Record<string, unknown>,
    prefix: string,
    local_metadata: LocalMetadata,
    strict: boolean,
    missing_keys: string[],
    unexpected_keys: string[],
    error_msgs: string[],
  ): void {
    const args = [state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs] as const;
    for (const { hook, withModule } of hooksOf(this).loadStatePre.values()) {
      if (withModule) (hook as (...all: unknown[]) => void)(this, ...args);
      else (hook as (...all: unknown[]) => void)(...args);
    }
    const local = localState(this);
    for (const [name] of local) {
      const key = prefix + name;
      if (Object.hasOwn(state_dict, key)) {
        const assign = local_metadata.assign_to_params_buffers ?? false;
        const problem = loadTensor(this, name, key, state_dict[key], assign);
        if (problem !== undefined) error_msgs.push(problem);
      } else if (strict) missing_keys.push(key);
    }
    this.loadExtraState(state_dict, prefix, strict, missing_keys, unexpected_keys);
    if (strict) this.findUnexpected(state_dict, prefix, new Set(local.map(([name]) => name)), unexpected_keys);
  }

  private loadExtraState(
    state: Record<string, unknown>,
    prefix: string,
    strict: boolean,
    missing: string[],
    unexpected: string[],
  ): void {
    const key = prefix + EXTRA_STATE;
    if (this.set_extra_state !== Module.prototype.set_extra_state) {
      if (Object.hasOwn(state, key)) this.set_extra_state(state[key]);
      else if (strict) missing.push(key);
    } else if (strict && Object.hasOwn(state, key)) unexpected.push(key);
  }

  private findUnexpected(
    state: Record<string, unknown>,
    prefix: string,
    local: Set<string>,
    unexpected: string[],
  ): void {
    const { modules } = stateOf(this);
    for (const key of Object.keys(state)) {
      if (!key.startsWith(prefix) || key === prefix + EXTRA_STATE) continue;
      const [first, ...rest] = key.slice(prefix.length).split('.');
      const known = rest.length > 0 ? modules.has(first!) : local.has(first!);
      if (!known) unexpected.push(key);
    }
  }

  // ---- hooks

  /** Runs `hook(module, args)` before every forward; what it returns replaces the arguments. */
  register_forward_pre_hook(
    hook: ForwardPreHook<Module>,
    options?: { prepend?: boolean; with_kwargs?: false },
  ): RemovableHandle;
  register_forward_pre_hook(
    hook: ForwardPreHookWithKeywords<Module>,
    options: { prepend?: boolean; with_kwargs: true },
  ): RemovableHandle;
  register_forward_pre_hook(
    args:
      | { hook: ForwardPreHook<Module>; prepend?: boolean; with_kwargs?: false }
      | { hook: ForwardPreHookWithKeywords<Module>; prepend?: boolean; with_kwargs: true },
  ): RemovableHandle;
  register_forward_pre_hook(...args: unknown[]): RemovableHandle {
    const [hook, prepend, with_kwargs] = signatures.Module_register_forward_pre_hook.list(args);
    const entry = { hook: hook as never, withKeywords: with_kwargs, always: false };
    return hooksOf(this).forwardPre.add(entry, prepend);
  }

  /** Runs `hook(module, args, output)` after every forward; what it returns replaces the output. */
  register_forward_hook(
    hook: ForwardHook<Module>,
    options?: { prepend?: boolean; with_kwargs?: false; always_call?: boolean },
  ): RemovableHandle;
  register_forward_hook(
    hook: ForwardHookWithKeywords<Module>,
    options: { prepend?: boolean; with_kwargs: true; always_call?: boolean },
  ): RemovableHandle;
  register_forward_hook(
    args:
      | { hook: ForwardHook<Module>; prepend?: boolean; with_kwargs?: false; always_call?: boolean }
      | { hook: ForwardHookWithKeywords<Module>; prepend?: boolean; with_kwargs: true; always_call?: boolean },
  ): RemovableHandle;
  register_forward_hook(...args: unknown[]): RemovableHandle {
    const [hook, prepend, with_kwargs, always_call] = signatures.Module_register_forward_hook.list(args);
    const entry = { hook: hook as never, withKeywords: with_kwargs, always: always_call };
    return hooksOf(this).forward.add(entry, prepend);
  }

  /**
   * Runs `hook(module, grad_input, grad_output)` when the gradients of the module's inputs are computed; what it returns
   * replaces them.
   * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.register_full_backward_hook
   */
  register_full_backward_hook(...args: signatures.ModuleRegisterFullBackwardHookArgs): RemovableHandle {
    const [hook, prepend] = signatures.Module_register_full_backward_hook.list(args);
    const hooks = hooksOf(this);
    if (hooks.lastNode.size > 0) throw new TorchError(mixedBackwardHooks);
    return hooks.backward.add(hook, prepend);
  }

  /** Runs `hook(module, grad_output)` before the module's backward pass; what it returns replaces the gradients. */
  register_full_backward_pre_hook(...args: signatures.ModuleRegisterFullBackwardPreHookArgs): RemovableHandle {
    const [hook, first] = signatures.Module_register_full_backward_pre_hook.list(args);
    return hooksOf(this).backwardPre.add(hook, first);
  }

  /** Deprecated: `register_full_backward_hook`. Sees the gradients of the last operation only. */
  register_backward_hook(...args: signatures.ModuleRegisterBackwardHookArgs): RemovableHandle {
    const [hook] = signatures.Module_register_backward_hook.list(args);
    const hooks = hooksOf(this);
    if (hooks.backward.size > 0) throw new TorchError(mixedBackwardHooks);
    return hooks.lastNode.add(hook);
  }

  /** Runs `hook(module, prefix, keep_vars)` before the state is written. */
  register_state_dict_pre_hook(...args: signatures.ModuleRegisterStateDictPreHookArgs): RemovableHandle {
    const [hook] = signatures.Module_register_state_dict_pre_hook.list(args);
    return hooksOf(this).statePre.add(hook);
  }

  /** Runs `hook(module, state_dict, prefix, local_metadata)` after the state was written; it may change it in place. */
  register_state_dict_post_hook(...args: signatures.ModuleRegisterStateDictPostHookArgs): RemovableHandle {
    const [hook] = signatures.Module_register_state_dict_post_hook.list(args);
    return hooksOf(this).state.add({ hook, replaces: false });
  }

  /** @internal Likewise; what the hook returns replaces the state. */
  _register_state_dict_hook(hook: StateHook<Module>): RemovableHandle {
    return hooksOf(this).state.add({ hook, replaces: true });
  }

  /** Runs before this module's part of a state is loaded. */
  register_load_state_dict_pre_hook(...args: signatures.ModuleRegisterLoadStateDictPreHookArgs): RemovableHandle {
    const [hook] = signatures.Module_register_load_state_dict_pre_hook.list(args);
    return hooksOf(this).loadStatePre.add({ hook, withModule: true });
  }

  /** @internal Likewise, without the module as the first argument unless asked. */
  _register_load_state_dict_pre_hook(hook: (...args: never[]) => void, with_module = false): RemovableHandle {
    return hooksOf(this).loadStatePre.add({ hook: hook as never, withModule: with_module });
  }

  /** Runs `hook(module, incompatible_keys)` after a state was loaded; it may change the lists in place. */
  register_load_state_dict_post_hook(...args: signatures.ModuleRegisterLoadStateDictPostHookArgs): RemovableHandle {
    const [hook] = signatures.Module_register_load_state_dict_post_hook.list(args);
    return hooksOf(this).loadStatePost.add(hook);
  }

  /**
   * The module's own parameters by name, as an object that changes along with it: what is set there is registered, what
   * is deleted is gone from the module. A name registered without a value has null.
   */
  get _parameters(): RegisteredView<Parameter> {
    return registeredView(this, 'parameters');
  }

  /** Its own buffers, likewise. */
  get _buffers(): RegisteredView<Tensor> {
    return registeredView(this, 'buffers');
  }

  /** Its children, likewise. */
  get _modules(): RegisteredView<Module> {
    return registeredView(this, 'modules');
  }

  /** The names of the buffers that are not in the state_dict. */
  get _non_persistent_buffers_set(): Set<string> {
    return stateOf(this).transient;
  }

  /** The hooks that run before `forward`, by number. */
  get _forward_pre_hooks(): Map<number, unknown> {
    return hooksOf(this).forwardPre.view(({ hook }) => hook);
  }

  /** The hooks that run after `forward`, by number. */
  get _forward_hooks(): Map<number, unknown> {
    return hooksOf(this).forward.view(({ hook }) => hook);
  }

  get _backward_pre_hooks(): Map<number, unknown> {
    return hooksOf(this).backwardPre.view();
  }

  get _backward_hooks(): Map<number, unknown> {
    const { backward, lastNode } = hooksOf(this);
    return lastNode.size > 0 ? lastNode.view() : backward.view();
  }

  get _state_dict_hooks(): Map<number, unknown> {
    return hooksOf(this).state.view(({ hook }) => hook);
  }

  get _state_dict_pre_hooks(): Map<number, unknown> {
    return hooksOf(this).statePre.view();
  }

  get _load_state_dict_pre_hooks(): Map<number, unknown> {
    return hooksOf(this).loadStatePre.view(({ hook }) => hook);
  }

  get _load_state_dict_post_hooks(): Map<number, unknown> {
    return hooksOf(this).loadStatePost.view();
  }

  // ---- text

  /** The name of the class, with which the printout begins. */
  _get_name(): string {
    return this.constructor.name;
  }

  /** What stands between the parentheses of the module's printout. */
  extra_repr(): string {
    return '';
  }

  /** What Python's `print` shows. */
  override toString(): string {
    const extra = this.extra_repr();
    const lines = extra === '' ? [] : extra.split('\n');
    const inner = own<Module | null>(this, 'modules', true).map(
      ([name, child]) => `(${name}): ${indent(child === null ? 'None' : String(child), 2)}`,
    );
    if (lines.length === 1 && inner.length === 0) return `${this._get_name()}(${extra})`;
    const all = [...lines, ...inner];
    return all.length === 0 ? `${this._get_name()}()` : `${this._get_name()}(\n  ${all.join('\n  ')}\n)`;
  }

  [inspect.custom](): string {
    return this.toString();
  }

  /**
   * JSON has no modules; without a key, as jest and vitest ask, it is what a person reads.
   * @internal
   * @throws TypeError that names what there is instead
   */
  toJSON(key?: string): string {
    if (key === undefined) return String(this);
    const place = key === '' ? '' : ` at '${key}'`;
    throw new TypeError(
      `a ${this._get_name()}${place} has no JSON: write module.state_dict() with torch.save, send ` +
        'torch.multiprocessing.share(module) to another thread, or take tolist() of its parameters',
    );
  }
}

/** One element, or any number of them while it is not known which module `M` is. */
type Single<M> = M extends Module ? [1] : never;

/**
 * The arguments of `forward`. Inside of a class TypeScript does not know what `this` will be, and takes the second branch:
 * `this(x)` compiles there, its arguments unchecked.
 */
type CallArguments<M extends Module> = [...Single<M>]['length'] extends 1 ? Parameters<M['forward']> : unknown[];

export interface Module {
  // biome-ignore lint/style/useShorthandFunctionType: the interface merges with the class
  (...args: CallArguments<this>): ReturnType<this['forward']>;
}

export function isModule(value: unknown): value is Module {
  return isAnyModule(value);
}

/** A module's hooks, as those who register them see it: they are given a whole Module. */
function hooksOf(module: Module): ModuleHooks<Module> {
  return stateOf(module).hooks;
}

const noData =
  'Cannot copy out of meta tensor; no data! Please use torch.nn.Module.to_empty() instead of torch.nn.Module.to() when moving module from meta to a different device.';

const complexModules =
  'Complex modules are a new feature under active development whose design may change, and some modules might not work as expected when using complex tensors as parameters or buffers. Please file an issue at https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml if a complex module does not work as expected.';

const mixedBackwardHooks =
  'Cannot use both regular backward hooks and full backward hooks on a single Module. Please use only one of them.';

/** A property that is undefined is a field that was declared and has no value yet: it is free, as in Python. */
function checkName(module: Module, name: string, kind: string, mine: Set<string>): void {
  if (typeof name !== 'string') throw new TypeError(`${kind} name should be a string. Got ${typename(name)}`);
  const taken = propertiesOf(module)[name] !== undefined;
  if (taken && !mine.has(name)) throw new Error(`attribute '${name}' already exists`);
  const got = kind === 'module' ? `, got: ${name}` : '';
  if (name.includes('.')) throw new Error(`${kind} name can't contain "."${got}`);
  if (name === '') throw new Error(`${kind} name can't be empty string ""`);
}

function resolve(module: Module, target: string): { owner: Module; name: string } {
  const dot = target.lastIndexOf('.');
  return { owner: module.get_submodule(dot < 0 ? '' : target.slice(0, dot)), name: target.slice(dot + 1) };
}

/** What a module itself has registered; names without a value too when asked. */
export function own<Value>(
  module: Module,
  kind: 'parameters' | 'buffers' | 'modules',
  empty = false,
): [string, Value][] {
  const found: [string, Value][] = [];
  const state = stateOf(module);
  for (const name of state[kind]) {
    const value = (state.get(name) ?? null) as Value;
    if (value !== null || empty) found.push([name, value]);
  }
  return found;
}

function modulesIn(module: Module, seen: Set<Module>, prefix: string, once: boolean): [string, Module][] {
  if (once && seen.has(module)) return [];
  if (once) seen.add(module);
  const found: [string, Module][] = [[prefix, module]];
  for (const [name, child] of own<Module>(module, 'modules')) {
    found.push(...modulesIn(child, seen, prefix === '' ? name : `${prefix}.${name}`, once));
  }
  return found;
}

function members<Value>(
  root: Module,
  kind: 'parameters' | 'buffers',
  options: Required<signatures.ModuleNamedParametersOptions>,
): [string, Value][] {
  const { prefix, recurse, remove_duplicate } = options;
  const owners = recurse ? modulesIn(root, new Set(), prefix, remove_duplicate) : [[prefix, root] as const];
  const seen = new Set<Value>();
  const found: [string, Value][] = [];
  for (const [path, module] of owners) {
    for (const [name, value] of own<Value>(module, kind)) {
      if (remove_duplicate && seen.has(value)) continue;
      seen.add(value);
      found.push([path === '' ? name : `${path}.${name}`, value]);
    }
  }
  return found;
}

function castFloating<M extends Module>(module: M, dtype: DType): M {
  return module._apply((x) => (x.is_floating_point() ? x.to(dtype) : x));
}

/** Gives a parameter and its gradient new contents: in place where libtorch can, as a new parameter where not. */
function convertParameter(module: Module, name: string, parameter: Parameter, fn: (x: Tensor) => Tensor): void {
  const changed = no_grad(() => fn(parameter));
  const grad = parameter.grad;
  const changedGrad = grad === null ? null : no_grad(() => fn(grad)).requires_grad_(grad.requires_grad);
  if (get_swap_module_params_on_conversion()) {
    const other = new Parameter(changed, parameter.requires_grad);
    other.grad = changedGrad;
    swap_tensors(parameter, other);
    return;
  }
  if (canHold(parameter, changed) && !get_overwrite_module_params_on_conversion()) {
    parameter.grad = null;
    parameter.data = changed;
    parameter.grad = changedGrad;
    return;
  }
  const replacement = new Parameter(changed, parameter.requires_grad);
  replacement.grad = changedGrad;
  propertiesOf(module)[name] = replacement;
}

/** Whether `x.data = value` is possible: both tensors are of one kind. */
function canHold(x: Tensor, value: Tensor): boolean {
  const compatible = findOperator('_has_compatible_shallow_copy_type');
  return compatible === undefined ? x.is_meta === value.is_meta : (compatible.call(x, value) as boolean);
}

interface Destination {
  device: Device | null;
  dtype: DType | null;
  non_blocking: boolean;
  memory_format: MemoryFormat | null;
}

interface ToValues {
  tensor?: Tensor;
  device?: DeviceLike | null;
  dtype?: DType | null;
  non_blocking: boolean;
  memory_format: MemoryFormat | null;
}

const rest = { non_blocking: false, memory_format: null };
/** Python's parser tries these in order; each begins with what its first argument may be. */
const toTensor = new Signature<object>('Module.to', { tensor: undefined, ...rest });
const toDtype = new Signature<object>('Module.to', { dtype: null, ...rest, device: null }, 1);
const toDevice = new Signature<object>('Module.to', { device: null, dtype: null, ...rest });

function readTo(args: readonly unknown[]): Destination {
  const first = args[0];
  const isTensor = first instanceof Tensor || (isOptions(first) && 'tensor' in first);
  const { tensor, ...given } = (isTensor ? toTensor : first instanceof DType ? toDtype : toDevice).read(
    args,
  ) as ToValues;
  const { device = null, dtype = null } = tensor ?? given;
  if (dtype !== null && !(dtype.is_floating_point || dtype.is_complex)) {
    throw new TypeError(`nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=${dtype}`);
  }
  return { ...given, dtype, device: device === null ? null : parseDevice(device) };
}
