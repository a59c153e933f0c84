/** What a module is made of: its parameters, buffers and children, by name. */

import { requireString } from '../../arguments/checks';
import { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn';
import { Parameter } from '../parameter';
import type { AnyModule } from './contract';
import { HookedModule } from './hooked';
import type { Module } from './module';
import { type RegisteredView, registeredView } from './registered';
import { isAnyModule, propertiesOf, stateOf, typename } from './registry';

/** The part of Module that registers what it is given, finds it and lists it. */
export abstract class ModuleTree extends HookedModule {
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
  override _child_deleted(): void {}

  // ---- lookup by dotted name

  /** The module at a path such as `layer1.0.conv`; this one for the empty path. */
  get_submodule(...args: signatures.ModuleGetSubmoduleArgs): Module {
    const [target] = signatures.Module_get_submodule.list(args);
    requireString('Module.get_submodule', 'target', target);
    let module: AnyModule = this;
    for (const name of target === '' ? [] : target.split('.')) {
      const next = propertiesOf(module)[name];
      if (next === undefined) throw new TypeError(`${module._get_name()} has no attribute \`${name}\``);
      if (!isModule(next)) throw new TypeError(`\`${name}\` is not an nn.Module`);
      module = next;
    }
    return whole(module);
  }

  /** Puts a module at a path; with `strict` the path must exist. */
  set_submodule(...args: signatures.ModuleSetSubmoduleArgs): void {
    const [target, module, exists] = signatures.Module_set_submodule.list(args);
    if (target === '') throw new RangeError('Cannot set the submodule without a target name!');
    if (!isModule(module)) throw new TypeError(`\`module\` is not an nn.Module, found ${typename(module)}`);
    const { owner, name } = exists ? attributeAt(this, target) : placeOf(this, target);
    propertiesOf(owner)[name] = module;
  }

  /** The parameter at a path such as `fc.weight`. */
  get_parameter(...args: signatures.ModuleGetParameterArgs): Parameter {
    const [target] = signatures.Module_get_parameter.list(args);
    requireString('Module.get_parameter', 'target', target);
    const { name, value } = attributeAt(this, target);
    if (!(value instanceof Parameter)) throw new TypeError(`\`${name}\` is not an nn.Parameter`);
    return value;
  }

  /** The buffer at a path such as `bn.running_mean`. */
  get_buffer(...args: signatures.ModuleGetBufferArgs): Tensor {
    const [target] = signatures.Module_get_buffer.list(args);
    requireString('Module.get_buffer', 'target', target);
    const { owner, name, value } = attributeAt(this, target);
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
    return modulesIn(whole(this), memo ?? new Set(), prefix, remove_duplicate);
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
}

export function isModule(value: unknown): value is Module {
  return isAnyModule(value);
}

/** A module as others see it, whatever part of the class speaks of it. */
function whole(module: AnyModule): Module {
  return module as Module;
}

/** A property that is undefined is a field that was declared and has no value yet: it is free, as in Python. */
function checkName(module: AnyModule, name: string, kind: string, mine: Set<string>): void {
  if (typeof name !== 'string') throw new TypeError(`${kind} name should be a string. Got ${typename(name)}`);
  const taken = propertiesOf(module)[name] !== undefined;
  if (taken && !mine.has(name)) throw new Error(`attribute '${name}' already exists`);
  const got = kind === 'module' ? `, got: ${name}` : '';
  if (name.includes('.')) throw new Error(`${kind} name can't contain "."${got}`);
  if (name === '') throw new Error(`${kind} name can't be empty string ""`);
}

/** The module that a dotted name is about, and the last of its parts. */
function placeOf(module: ModuleTree, target: string): { owner: Module; name: string } {
  const dot = target.lastIndexOf('.');
  return { owner: module.get_submodule(dot < 0 ? '' : target.slice(0, dot)), name: target.slice(dot + 1) };
}

/** @throws TypeError when there is nothing of that name */
function attributeAt(module: ModuleTree, target: string): { owner: Module; name: string; value: unknown } {
  const { owner, name } = placeOf(module, target);
  const value = propertiesOf(owner)[name];
  if (value === undefined) throw new TypeError(`${owner._get_name()} has no attribute \`${name}\``);
  return { owner, name, value };
}

/** What a module itself has registered; names without a value too when asked. */
export function own<Value>(
  module: AnyModule,
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
  root: AnyModule,
  kind: 'parameters' | 'buffers',
  options: Required<signatures.ModuleNamedParametersOptions>,
): [string, Value][] {
  const { prefix, recurse, remove_duplicate } = options;
  const owners = recurse ? modulesIn(whole(root), new Set(), prefix, remove_duplicate) : [[prefix, root] as const];
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
