/**
 * Whole modules, as `torch.save(model)` in Python writes them: a class by its name, and its attributes. The classes of
 * torch.nn have the same attributes here; no constructor runs, and no code comes from the file.
 */
import { isSet } from 'node:util/types';
import * as layers from '../nn/modules';
import { NonDynamicallyQuantizableLinear } from '../nn/modules/linear';
import { Module } from '../nn/modules/module';
import { makeCallable, propertiesOf } from '../nn/modules/registry';
import { Parameter } from '../nn/parameter';
import { Plain } from '../pickle/plain';
import { Callable, UnpicklingError } from '../pickle/unpickler';
import { Dict } from '../pickle/values';
import { Tensor } from '../tensor/tensor';

/** Python's own bookkeeping: hooks are refused when there are any. */
const BOOKKEEPING = /^_(.*_hooks(_.*)?|is_full_backward_hook|compiled_call_impl|version)$/;

type ModuleClass = { readonly prototype: Module };

export function isModuleClass(value: unknown): value is ModuleClass {
  return typeof value === 'function' && (value === Module || value.prototype instanceof Module);
}

function entriesOf(state: Dict, name: string): [string, unknown][] {
  const dict = state.entries.get(name);
  return dict instanceof Dict ? ([...dict.entries] as [string, unknown][]) : [];
}

function isEmpty(value: unknown): boolean {
  if (value instanceof Dict) return value.entries.size === 0;
  return value === null || typeof value !== 'object' || Object.keys(value).length === 0;
}

/** Sets what `__dict__` had. */
function build(path: string, module: Module, state: unknown): void {
  const refuse = (what: string) => new UnpicklingError(`cannot load the module ${path}: ${what}`);
  if (!(state instanceof Dict)) throw refuse('its state is no dict');
  const transient = state.entries.get('_non_persistent_buffers_set');
  for (const [name, value] of state.entries) {
    if (typeof name !== 'string') throw refuse('an attribute has no name');
    if (name === '_parameters' || name === '_buffers' || name === '_modules') continue;
    if (name === '_non_persistent_buffers_set') continue;
    if (BOOKKEEPING.test(name)) {
      if (!isEmpty(value)) throw refuse(`it has hooks (${name}), which are code`);
    } else setAttribute(module, name, value, refuse);
  }
  for (const [name, value] of entriesOf(state, '_parameters')) {
    if (value !== null && !(value instanceof Parameter)) throw refuse(`parameter ${name} is none`);
    module.register_parameter(String(name), value);
  }
  for (const [name, value] of entriesOf(state, '_buffers')) {
    if (value !== null && !(value instanceof Tensor)) throw refuse(`buffer ${name} is no tensor`);
    module.register_buffer(String(name), value, !(isSet(transient) && transient.has(name)));
  }
  for (const [name, value] of entriesOf(state, '_modules')) module.add_module(String(name), value as Module | null);
  const { __setstate__ } = module as { __setstate__?: (state: unknown) => void };
  if (typeof __setstate__ === 'function') __setstate__.call(module, new Plain().of(state));
}

/** The accessor or method of that name that the class has. */
function memberOf(prototype: object | null, name: string): PropertyDescriptor | undefined {
  if (prototype === null) return undefined;
  return Object.getOwnPropertyDescriptor(prototype, name) ?? memberOf(Object.getPrototypeOf(prototype), name);
}

function setAttribute(module: Module, name: string, value: unknown, refuse: (what: string) => Error): void {
  const member = memberOf(Object.getPrototypeOf(module), name);
  if (member === undefined) propertiesOf(module)[name] = new Plain().of(value);
  else if (member.get === undefined) throw refuse(`its attribute ${name} would replace a method`);
}

/** Makes modules of a class without running its constructor. */
export function moduleCallable(path: string, type: ModuleClass): Callable {
  const make = (args: unknown[]) => {
    if (args.length > 0) throw new UnpicklingError(`cannot load the module ${path}: unexpected arguments`);
    return makeCallable(type.prototype);
  };
  return new Callable(path, make, (made, state) => {
    try {
      build(path, made as Module, state);
    } catch (error) {
      if (error instanceof UnpicklingError) throw error;
      throw new UnpicklingError(`cannot load the module ${path}: ${(error as Error).message}`, { cause: error });
    }
  });
}

const classes: Readonly<Record<string, unknown>> = { ...layers, NonDynamicallyQuantizableLinear };

/** A class of torch.nn. */
export function findModule(path: string): Callable | undefined {
  const name = /^torch\.nn\.modules\.\w+\.(\w+)$/.exec(path)?.[1];
  const type = name !== undefined && Object.hasOwn(classes, name) ? classes[name] : undefined;
  return isModuleClass(type) ? moduleCallable(path, type) : undefined;
}
