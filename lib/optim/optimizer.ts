/** The base of all optimizers. https://docs.pytorch.org/docs/2.13/optim.html */

import { isMap, isSet } from 'node:util/types';
import { refuse, requireFunction } from '../arguments/checks';
import { missing } from '../arguments/errors';
import { Signature } from '../arguments/signature';
import { enable_grad, no_grad } from '../autograd/grad_mode';
import { display, type MimeBundle, plain } from '../base/display';
import { NotImplementedError, TorchError, warn } from '../base/errors';
import { dtypes } from '../base/types';
import { inRange, profiling } from '../context/profiling';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isList, isOptions, typeName } from '../native/kinds';
import { Hooks, type RemovableHandle } from '../nn/modules/hooks';
import { Tensor } from '../tensor/tensor';
import type { GroupSpec, ParamGroup, Params } from './arguments';
import * as signatures from './generated/optim';
import { valueText } from './text';

/** Computes the loss and its gradients anew. */
export type Closure<Loss = Tensor | number> = () => Loss;

/** What `step` was called with, changed or not by a hook that runs before it. */
export type StepArguments = unknown[];
export type StepPreHook = (optimizer: Optimizer, args: StepArguments) => StepArguments | null | undefined;
export type StepPostHook = (optimizer: Optimizer, args: StepArguments) => void;

/** Parameters are numbered over all groups in order. */
export interface OptimizerStateDict {
  state: Record<string, Record<string, unknown>>;
  param_groups: (Record<string, unknown> & { params: number[] })[];
}
export type StateDictPreHook = (optimizer: Optimizer) => void;
export type StateDictHook = (optimizer: Optimizer, state: OptimizerStateDict) => OptimizerStateDict | null | undefined;

const globalPreHooks = new Hooks<StepPreHook>();
const globalPostHooks = new Hooks<StepPostHook>();

/** Registers a hook that runs before the step of every optimizer. */
export function register_optimizer_step_pre_hook(hook: StepPreHook): RemovableHandle {
  return globalPreHooks.add(hook);
}

/** Registers a hook that runs after the step of every optimizer. */
export function register_optimizer_step_post_hook(hook: StepPostHook): RemovableHandle {
  return globalPostHooks.add(hook);
}

/** The default of an option that every group must give itself. */
export const required: unique symbol = Symbol('required parameter');

/** Options that state from older versions may lack, and what they were then. */
const added = {
  foreach: null,
  fused: null,
  maximize: false,
  capturable: false,
  differentiable: false,
  amsgrad: false,
  nesterov: false,
  centered: false,
  momentum: 0,
  decoupled_weight_decay: false,
};

/** Options that are floats in most optimizers. */
export const floatOptions: readonly string[] = [
  ...['lr', 'betas', 'eps', 'alpha', 'lambd', 't0', 'rho', 'momentum_decay', 'etas', 'd', 'beta2_decay'],
  ...['ns_coefficients', 'tolerance_grad', 'tolerance_change'],
];

const hooked = new WeakSet<object>();

/**
 * Holds parameter groups and the state of each parameter. A subclass of yours calls `super(params, defaults)` and
 * defines `step`; options of `defaults` that a group does not give take their value there.
 * https://docs.pytorch.org/docs/2.13/optim.html#torch.optim.Optimizer
 *
 * @throws TypeError when `params` is a tensor or holds anything but tensors, pairs and groups
 * @throws RangeError for no parameters at all, a parameter in two groups, or one that is not a leaf
 */
export class Optimizer<Options extends object = object, State extends object = object> {
  readonly defaults: Options;
  /** What the optimizer remembers about each parameter, made at its first step. */
  state = new Map<Tensor, State>();
  /**
   * The groups of parameters with their options. Live objects: a change counts from the next step on.
   * https://docs.pytorch.org/docs/2.13/optim.html#per-parameter-options
   */
  param_groups: ParamGroup<Options>[] = [];

  private readonly stepPreHooks = new Hooks<StepPreHook>();
  private readonly stepPostHooks = new Hooks<StepPostHook>();
  private readonly stateDictPreHooks = new Hooks<StateDictPreHook>();
  private readonly stateDictPostHooks = new Hooks<StateDictHook>();
  private readonly loadPreHooks = new Hooks<StateDictHook>();
  private readonly loadPostHooks = new Hooks<StateDictPreHook>();

  constructor(params: Params<Options>, defaults: Options) {
    if (defaults === undefined) throw missing('Optimizer.__init__', ['defaults'], ['defaults']);
    this.defaults = defaults;
    if (!isOptions(this.defaults)) refuse('Optimizer', 'defaults', 'an object', this.defaults);
    hookStep(this);
    if (params instanceof Tensor) {
      throw new TypeError(
        `params argument given to the optimizer should be an iterable of Tensors or dicts, but got ${params.type()}`,
      );
    }
    if (typeof params?.[Symbol.iterator] !== 'function')
      throw new TypeError(`'${typeName(params)}' object is not iterable`);
    const given = [...params] as unknown[];
    if (given.length === 0) throw new RangeError('optimizer got an empty parameter list');
    const groups = isOptions(given[0]) ? given : [{ params: given }];
    for (const group of groups) this.add_param_group(group as GroupSpec<Options>);
  }

  /**
   * Updates the parameters once. A closure computes the loss anew, with gradients enabled, and its loss is returned.
   * https://docs.pytorch.org/docs/2.13/generated/torch.optim.Optimizer.step.html
   */
  step(closure?: null): null;
  step<Loss>(closure: GivenClosure<Loss>): Loss;
  step(_closure?: GivenClosure<unknown> | null): unknown {
    throw new NotImplementedError(`${this.constructor.name} does not define step()`);
  }

  /** Clears all gradients: takes them away, or sets them to zero. */
  zero_grad(...args: signatures.OptimizerZeroGradArgs): void {
    const [none] = signatures.Optimizer_zero_grad.list(args);
    inRange(
      () => `Optimizer.zero_grad#${this.constructor.name}.zero_grad`,
      () => this.clearGradients(none),
    );
  }

  private clearGradients(none: boolean): void {
    const groups = this.param_groups;
    call(
      native.optim_zero_grad,
      groups.length === 1 ? groups[0]!.params : groups.flatMap((group) => group.params),
      none,
    );
  }

  /** Adds a group, for instance of layers that were frozen before. */
  add_param_group(...args: signatures.OptimizerAddParamGroupArgs<Options>): void {
    const [param_group] = signatures.Optimizer_add_param_group.list(args);
    if (!isOptions(param_group)) throw new TypeError(`param_group must be a dict, but got ${typeName(param_group)}`);
    const group = param_group as ParamGroup<Options> & Record<string, unknown>;
    const { params, names } = splitNames(param_group.params);
    group.params = params;
    if (names.length > 0) group.param_names = names;
    for (const param of params) this.checkParam(param);
    for (const [name, value] of Object.entries(this.defaults)) {
      if (group[name] !== undefined) continue;
      if (value === required) {
        throw new RangeError(`parameter group didn't specify a value of required optimization parameter ${name}`);
      }
      (group as Record<string, unknown>)[name] = value;
    }
    this.checkAgainstOthers(group);
    this.param_groups.push(group);
  }

  private checkParam(param: unknown): void {
    if (!(param instanceof Tensor)) {
      throw new TypeError(`optimizer can only optimize Tensors, but one of the params is ${typeName(param)}`);
    }
    const { differentiable } = this.defaults as { differentiable?: boolean };
    if (!differentiable && !(param.is_leaf || param.retains_grad)) {
      throw new RangeError("can't optimize a non-leaf Tensor");
    }
  }

  private checkAgainstOthers(group: ParamGroup<Options>): void {
    const mine = new Set(group.params);
    if (mine.size !== group.params.length) {
      warn(
        'optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; ' +
          'see github.com/pytorch/pytorch/issues/40967 for more information',
      );
    }
    for (const other of this.param_groups) {
      if ((group.param_names === undefined) !== (other.param_names === undefined)) {
        const which = group.param_names === undefined ? 'without names' : 'with names';
        throw new RangeError(
          'all optimizer param groups should be with/without names. ' +
            `cannot add param group ${which} to the optimizer`,
        );
      }
    }
    if (this.param_groups.some((other) => other.params.some((param) => mine.has(param)))) {
      throw new RangeError('some parameters appear in more than one parameter group');
    }
  }

  // ---- hooks

  /** Runs before every step; an array that it returns replaces the arguments of the step. */
  register_step_pre_hook(...args: signatures.OptimizerRegisterStepPreHookArgs): RemovableHandle {
    const [hook] = signatures.Optimizer_register_step_pre_hook.list(args);
    return this.stepPreHooks.add(hook);
  }

  /** Runs after every step. */
  register_step_post_hook(...args: signatures.OptimizerRegisterStepPostHookArgs): RemovableHandle {
    const [hook] = signatures.Optimizer_register_step_post_hook.list(args);
    return this.stepPostHooks.add(hook);
  }

  /** Runs before `state_dict`. */
  register_state_dict_pre_hook(...args: signatures.OptimizerRegisterStateDictPreHookArgs): RemovableHandle {
    const [hook, prepend] = signatures.Optimizer_register_state_dict_pre_hook.list(args);
    return this.stateDictPreHooks.add(hook, prepend);
  }

  /** Runs after `state_dict`; what it returns replaces the result. */
  register_state_dict_post_hook(...args: signatures.OptimizerRegisterStateDictPostHookArgs): RemovableHandle {
    const [hook, prepend] = signatures.Optimizer_register_state_dict_post_hook.list(args);
    return this.stateDictPostHooks.add(hook, prepend);
  }

  /** Runs before `load_state_dict`; what it returns is loaded instead. */
  register_load_state_dict_pre_hook(...args: signatures.OptimizerRegisterLoadStateDictPreHookArgs): RemovableHandle {
    const [hook, prepend] = signatures.Optimizer_register_load_state_dict_pre_hook.list(args);
    return this.loadPreHooks.add(hook, prepend);
  }

  /** Runs after `load_state_dict`. */
  register_load_state_dict_post_hook(...args: signatures.OptimizerRegisterLoadStateDictPostHookArgs): RemovableHandle {
    const [hook, prepend] = signatures.Optimizer_register_load_state_dict_post_hook.list(args);
    return this.loadPostHooks.add(hook, prepend);
  }

  /** @internal the hooks around a step, in the order Python runs them */
  _stepHooks(): { before: Iterable<StepPreHook>[]; after: Iterable<StepPostHook>[] } {
    return {
      before: [globalPreHooks.values(), this.stepPreHooks.values()],
      after: [this.stepPostHooks.values(), globalPostHooks.values()],
    };
  }

  // ---- state

  /** The state as plain objects, in PyTorch's layout. Tensors are shared with the optimizer, not copied. */
  state_dict(): OptimizerStateDict {
    for (const hook of this.stateDictPreHooks.values()) hook(this);
    const numbers = new Map<unknown, number>();
    let next = 0;
    const param_groups = this.param_groups.map((group) => {
      const { params, ...options } = group;
      params.forEach((param, i) => {
        if (!numbers.has(param)) numbers.set(param, next + i);
      });
      next += params.length;
      return { ...options, params: params.map((param) => numbers.get(param)!) };
    });
    const state: OptimizerStateDict['state'] = {};
    for (const [param, value] of this.state) {
      state[String(numbers.get(param) ?? param)] = value as Record<string, unknown>;
    }
    let result: OptimizerStateDict = { state, param_groups };
    for (const hook of this.stateDictPostHooks.values()) result = hook(this, result) ?? result;
    return result;
  }

  /**
   * Takes over the options and the state of another optimizer of the same kind, brought to the dtype and the device
   * of the parameters here.
   * @throws RangeError when the groups differ in number or size
   */
  load_state_dict(...args: signatures.OptimizerLoadStateDictArgs): void {
    const [state_dict] = signatures.Optimizer_load_state_dict.list(args);
    if (!isList((state_dict as OptimizerStateDict | null)?.param_groups)) {
      refuse('Optimizer.load_state_dict', 'state_dict', 'the state_dict of an optimizer', state_dict);
    }
    let given = { ...state_dict };
    for (const hook of this.loadPreHooks.values()) given = hook(this, given) ?? given;
    const saved = given.param_groups;
    if (saved.length !== this.param_groups.length) {
      throw new RangeError('loaded state dict has a different number of parameter groups');
    }
    if (saved.some((group, i) => group.params.length !== this.param_groups[i]!.params.length)) {
      throw new RangeError(
        "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
      );
    }
    const params = new Map<string, [Tensor, Record<string, unknown>]>();
    saved.forEach((group, i) => {
      group.params.forEach((id, k) => {
        params.set(String(id), [this.param_groups[i]!.params[k]!, group]);
      });
    });
    const state = new Map<unknown, State>();
    for (const [id, value] of entriesOf(given.state)) {
      const known = params.get(String(id));
      if (known === undefined) state.set(id, value as State);
      else state.set(known[0], adapt(known[0], known[1], value) as State);
    }
    this.state = state as Map<Tensor, State>;
    this.param_groups = saved.map((group, i) => {
      const { params: mine, param_names } = this.param_groups[i]!;
      const names = param_names === undefined ? {} : { param_names };
      return { ...names, ...(copy(group) as object), params: mine } as ParamGroup<Options>;
    });
    this.restore();
    for (const hook of this.loadPostHooks.values()) hook(this);
  }

  /** Completes state that an older version saved. */
  protected restore(): void {
    for (const group of this.param_groups as Record<string, unknown>[]) {
      for (const [name, value] of Object.entries(added)) {
        if (name in this.defaults && group[name] === undefined) group[name] = value;
      }
    }
  }

  /** PyTorch's printout. */
  toString(): string {
    const groups = this.param_groups.map((group, i) => {
      const options = group as Record<string, unknown>;
      const names = Object.keys(options)
        .filter((name) => name !== 'params')
        .sort();
      const lines = names.map((name) => `    ${name}: ${valueText(options[name], this.isFloat(name))}\n`);
      return `\nParameter Group ${i}\n${lines.join('')}`;
    });
    return `${this.constructor.name} (${groups.join('')})`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** As notebooks show it. */
  [display](): MimeBundle {
    return plain(this);
  }

  /** Options that are floats in Python, where a whole number prints as `1.0`. */
  protected get floats(): readonly string[] {
    return floatOptions;
  }

  private isFloat(name: string): boolean {
    const option = /^(initial|max|min|swa)_lr$/.test(name) ? 'lr' : name;
    return this.floats.includes(option);
  }
}

/** Wraps the `step` of an optimizer's class in its hooks, once a class. */
function hookStep(optimizer: object): void {
  let owner = Object.getPrototypeOf(optimizer);
  while (!Object.hasOwn(owner, 'step')) owner = Object.getPrototypeOf(owner);
  const plain = owner.step as Step;
  if (hooked.has(plain)) return;
  const step = function (this: Optimizer, ...given: unknown[]): unknown {
    if (profiling.current === null) return stepWithHooks(this, plain, given);
    const name = () => `Optimizer.step#${this.constructor.name}.step`;
    return inRange(name, () => stepWithHooks(this, plain, given));
  };
  hooked.add(step);
  Object.defineProperty(owner, 'step', { value: step, writable: true, configurable: true });
}

type Step = (this: Optimizer, ...args: unknown[]) => unknown;

function stepWithHooks(optimizer: Optimizer, plain: Step, given: unknown[]): unknown {
  const { before, after } = optimizer._stepHooks();
  let args = given;
  for (const hooks of before) {
    for (const hook of hooks) args = checkArguments(hook(optimizer, args), args);
  }
  const result = plain.apply(optimizer, args);
  for (const hooks of after) {
    for (const hook of hooks) hook(optimizer, args);
  }
  return result;
}

function checkArguments(replaced: unknown, args: unknown[]): unknown[] {
  if (replaced === undefined || replaced === null) return args;
  if (isList(replaced)) return replaced;
  throw new TorchError(`a step pre hook must return null or an array of new arguments, but got ${String(replaced)}.`);
}

function splitNames(given: unknown): { params: Tensor[]; names: string[] } {
  if (given instanceof Tensor) return { params: [given], names: [] };
  if (isSet(given)) {
    throw new TypeError(
      'optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will ' +
        'change between runs. Please use a list instead.',
    );
  }
  if (!isList(given) && typeof (given as Iterable<unknown> | null)?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`'${typeName(given)}' object is not iterable`);
  }
  const params: Tensor[] = [];
  const names: string[] = [];
  for (const each of given as Iterable<unknown>) {
    if (isList(each)) {
      names.push(each[0]);
      params.push(each[1]);
    } else params.push(each as Tensor);
  }
  if (names.length > 0 && names.length !== params.length) {
    throw new RangeError('all optimizer params should be with/without names. Some param names are missing');
  }
  return { params, names };
}

function entriesOf(state: unknown): [unknown, unknown][] {
  return isMap(state) ? [...state] : Object.entries(state as object);
}

/** A copy that shares nothing with the original. */
function copy(value: unknown): unknown {
  if (value instanceof Tensor) return no_grad(() => value.clone().requires_grad_(value.requires_grad));
  if (isList(value)) return value.map(copy);
  if (isOptions(value)) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copy(each)]));
  return value;
}

/** Brings the state of a parameter to its dtype and device; step counters stay as they are. */
function adapt(param: Tensor, group: Record<string, unknown>, value: unknown, key?: string): unknown {
  if (value instanceof Tensor) {
    if (key === 'step') {
      return group.capturable || group.fused ? value.to(param.device, dtypes.float32) : value;
    }
    return param.is_floating_point() ? value.to(param.device, param.dtype) : value.to(param.device);
  }
  if (isList(value)) return value.map((each) => adapt(param, group, each));
  if (isMap(value)) return adapt(param, group, Object.fromEntries(value));
  if (isOptions(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, adapt(param, group, each, name)]));
  }
  return value;
}

/** A closure itself, or by name. */
export type GivenClosure<Loss = Tensor | number> = Closure<Loss> | { closure: Closure<Loss> };

const ofStep = new Signature<{ closure: Closure<unknown> | null }>('Optimizer.step', { closure: null });

/** The closure that `step` was given. */
export function closureOf<Loss>(given: GivenClosure<Loss> | null | undefined): Closure<Loss> | null {
  if (!isOptions(given)) return (given as Closure<Loss> | undefined) ?? null;
  return ofStep.read([given]).closure as Closure<Loss> | null;
}

/** Runs a closure as `step` does: with gradients, whatever the mode around it. */
export function runClosure<Loss>(given: GivenClosure<Loss> | null | undefined): Loss | null {
  const closure = closureOf(given);
  if (closure === null) return null;
  requireFunction('step', 'closure', closure);
  return enable_grad(closure as () => Loss) as Loss;
}
