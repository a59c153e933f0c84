/** torch.nn.Module. https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html */

import { inspect } from 'node:util';
import { requireFunction } from '../../arguments/checks';
import { display, type MimeBundle, plain } from '../../base/display';
import { NotImplementedError, TorchError, warn } from '../../base/errors';
import { Device, type DType, dtypes, parseDevice } from '../../base/types';
import { native } from '../../native/addon';
import { call } from '../../native/frame';
import { type Copier, copying } from '../../tensor/copy';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn';
import { is_lazy, type Parameter } from '../parameter';
import type { LocalMetadata, StateDict } from './contract';
import { convertParameter, readTo, type ToArguments } from './conversion';
import { convertedBuffer } from './converted_buffer';
import { copyModule } from './copy';
import type { IncompatibleKeys } from './incompatible_keys';
import { propertiesOf, stateOf, typename } from './registry';
import { indent } from './repr';
import { EXTRA_STATE, findUnexpected, Loader, loadTensor, localState, metadataOf, newStateDict } from './state_dict';
import { ModuleTree, own } from './tree';

export type {
  ModuleLoadStateDictOptions as LoadStateDictOptions,
  ModuleNamedModulesOptions as NamedModulesOptions,
  ModuleNamedParametersOptions as NamedOptions,
  ModuleStateDictOptions as StateDictOptions,
} from '../generated/nn';
export type { ToOptions } from './conversion';
export { isModule, own } from './tree';

/**
 * The base of all neural network modules: a class that extends it and has a `forward` is a function of that signature.
 * `Parameter`s, modules and buffers assigned to its properties are registered.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface only says that a module can be called
export abstract class Module extends ModuleTree {
  /** Whether the module is in training mode; `train()` and `eval()` set it for all children. */
  training = true;

  /**
   * What a call computes; every subclass has its own.
   * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.forward
   * @throws NotImplementedError when it has none
   */
  // biome-ignore lint/suspicious/noExplicitAny: the arguments and the result are each subclass's own
  override forward(..._inputs: any[]): any {
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
    for (const [name, buffer] of own<Tensor>(this, 'buffers')) propertiesOf(this)[name] = convertedBuffer(buffer, fn);
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
      const format = memory_format !== null && (x.dim() === 4 || x.dim() === 5) ? memory_format : null;
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
    const hooks = stateOf(this).hooks;
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
  override _load_from_state_dict(
    state_dict: Record<string, unknown>,
    prefix: string,
    local_metadata: LocalMetadata,
    strict: boolean,
    missing_keys: string[],
    unexpected_keys: string[],
    error_msgs: string[],
  ): void {
    const args = [state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs] as const;
    for (const { hook, withModule } of stateOf(this).hooks.loadStatePre.values()) {
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
    if (strict) unexpected_keys.push(...findUnexpected(this, state_dict, prefix));
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

  // ---- text

  /** The name of the class, with which the printout begins. */
  override _get_name(): string {
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

  /** As notebooks show it. */
  [display](): MimeBundle {
    return plain(this);
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

const noData =
  'Cannot copy out of meta tensor; no data! Please use torch.nn.Module.to_empty() instead of torch.nn.Module.to() when moving module from meta to a different device.';

const complexModules =
  'Complex modules are a new feature under active development whose design may change, and some modules might not work as expected when using complex tensors as parameters or buffers. Please file an issue at https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml if a complex module does not work as expected.';

function castFloating<M extends Module>(module: M, dtype: DType): M {
  return module._apply((x) => (x.is_floating_point() ? x.to(dtype) : x));
}
