/** Parameters that are functions of others. https://docs.pytorch.org/docs/2.13/nn.html#parametrizations */

import { no_grad } from '../../autograd/grad_mode';
import { NotImplementedError, TorchError } from '../../base/errors';
import { sameShape, sizeText } from '../../base/text';
import type { DType } from '../../base/types';
import { type Mode, withMode } from '../../context/mode';
import { isList } from '../../native/kinds';
import { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_utils_parametrize';
import { ModuleDict, ModuleList } from '../modules/container';
import type { Module } from '../modules/module';
import { propertiesOf, stateOf, typename } from '../modules/registry';
import { Parameter } from '../parameter';
import { requireModule } from '../require';

/** A module that computes a tensor from the original; with `right_inverse` a value can be assigned too. */
export interface Parametrization extends Module {
  /** Gives the original for a value that is assigned. */
  right_inverse?(value: Tensor): Tensor | readonly Tensor[];
}

declare module '../modules/module' {
  interface Module {
    /** What `register_parametrization` has put on this module, by tensor; undefined before. */
    parametrizations?: ModuleDict<ParametrizationList> & { readonly [tensor_name: string]: ParametrizationList };
  }
}

// ---- the cache

let cacheDepth = 0;
let cache = new Map<ParametrizationList, Tensor>();

function enterCache(): () => void {
  cacheDepth++;
  return () => {
    cacheDepth--;
    if (cacheDepth === 0) cache = new Map();
  };
}

/**
 * Computes each parametrized tensor once inside: `parametrize.cached(() => …)` or `using _ = parametrize.cached()`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.parametrize.cached.html
 */
export function cached(): Mode;
export function cached<Result>(callback: () => Result): Result;
export function cached<Result>(callback?: () => Result): Result | Mode {
  return withMode('cached', enterCache, callback);
}

// ---- the parametrizations of one tensor

/** Calls `right_inverse`; the value itself when a module has none. */
function inverse(module: Parametrization, value: Tensor): Tensor | readonly Tensor[] {
  if (typeof module.right_inverse !== 'function') return value;
  try {
    return module.right_inverse(value);
  } catch (error) {
    if (error instanceof NotImplementedError) return value;
    throw error;
  }
}

function register(module: Module, name: string, value: Tensor): void {
  if (value instanceof Parameter) module.register_parameter(name, value);
  else module.register_buffer(name, value);
}

/** Throws when a parametrized tensor is not of the dtype and shape it had before. */
function checkSame(
  x: unknown,
  dtype: DType,
  shape: readonly number[],
  flag: string,
  [had, has]: [string, string],
): void {
  if (!(x instanceof Tensor)) throw new RangeError(`A parametrization must return a tensor. Got ${typename(x)}.`);
  const refuse = (what: string, before: unknown, after: unknown): never => {
    throw new RangeError(
      `Registering a parametrization may not change the ${what} of the tensor, unless ${flag} flag is enabled.\n${had}${what}: ${before}\n${has}${what}: ${after}`,
    );
  };
  if (x.dtype !== dtype) refuse('dtype', dtype, x.dtype);
  if (!sameShape(x.shape, shape)) refuse('shape', sizeText(shape), sizeText(x.shape));
}

/**
 * The parametrizations of one tensor and the tensors it is computed from: `original`, or `original0`, `original1`, ….
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.parametrize.ParametrizationList.html
 */
export class ParametrizationList extends ModuleList<Parametrization> {
  unsafe: boolean;
  is_tensor: boolean;
  ntensors: number;
  declare original: Tensor;
  /** Where `right_inverse` gives several tensors, instead of `original`. */
  declare original0: Tensor;
  declare original1: Tensor;

  constructor(...args: signatures.ParametrizationListArgs) {
    const { modules, original, unsafe } = signatures.ParametrizationList.read(args);
    if (modules.length === 0) throw new RangeError('ParametrizationList requires one or more modules.');
    super(modules);
    this.unsafe = unsafe;
    const { shape, dtype } = original;
    const start = this.invertAll(original);
    this.is_tensor = start instanceof Tensor;
    this.ntensors = start instanceof Tensor ? 1 : start.length;
    if (start instanceof Tensor) this.holdOne(original, start);
    else this.holdSeveral(original, start);
    if (!unsafe) checkSame(this.forward(), dtype, shape, '`unsafe`', ['unparametrized ', 'parametrized ']);
  }

  /** What the originals must be for the parametrized tensor to be `value`. */
  private invertAll(value: Tensor): Tensor | readonly Tensor[] {
    const start = no_grad(() => {
      let result: Tensor | readonly Tensor[] = value;
      for (const module of [...this].reverse()) result = inverse(module, result as Tensor);
      return result;
    });
    if (start instanceof Tensor || isList(start)) return start;
    throw new RangeError(
      `'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got ${typename(start)}`,
    );
  }

  private holdOne(original: Tensor, start: Tensor): void {
    for (const property of ['dtype', 'device'] as const) {
      if (String(start[property]) === String(original[property])) continue;
      throw new RangeError(
        `When \`right_inverse\` outputs one tensor, it may not change the ${property}.\noriginal.${property}: ${original[property]}\nright_inverse(original).${property}: ${start[property]}`,
      );
    }
    no_grad(() => original.set_(start));
    register(this, 'original', original);
  }

  private holdSeveral(original: Tensor, starts: readonly Tensor[]): void {
    starts.forEach((start, i) => {
      if (!(start instanceof Tensor)) {
        throw new RangeError(
          `'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got element ${i} of the sequence with type ${typename(start)}.`,
        );
      }
      const held = original instanceof Parameter ? new Parameter(start, original.requires_grad) : start;
      held.requires_grad_(original.requires_grad);
      register(this, `original${i}`, held);
    });
  }

  /** @internal The tensors the parametrized one is computed from. */
  get originals(): Tensor[] {
    if (this.is_tensor) return [this.original];
    return Array.from({ length: this.ntensors }, (_, i) => propertiesOf(this)[`original${i}`] as Tensor);
  }

  /** Sets the originals so that the parametrized tensor becomes `value`. */
  right_inverse(...args: signatures.ParametrizationListRightInverseArgs): void {
    const [value] = signatures.ParametrizationList_right_inverse.list(args);
    no_grad(() => {
      let result: Tensor | readonly Tensor[] = value;
      for (const module of [...this].reverse()) {
        if (typeof module.right_inverse !== 'function') {
          throw new TorchError(`parametrization ${module._get_name()} does not implement right_inverse.`);
        }
        result = module.right_inverse(result as Tensor);
      }
      this.assign(result);
    });
  }

  private assign(values: Tensor | readonly Tensor[]): void {
    if (this.is_tensor) {
      if (!(values instanceof Tensor)) {
        throw new RangeError(`\`right_inverse\` should return a tensor. Got ${typename(values)}`);
      }
      if (values.dtype !== this.original.dtype) {
        throw new RangeError(
          `The tensor returned by \`right_inverse\` has dtype ${values.dtype} while \`original\` has dtype ${this.original.dtype}`,
        );
      }
      this.original.set_(values);
      return;
    }
    if (!isList(values)) {
      throw new RangeError(`'right_inverse' must return a sequence of tensors. Got ${typename(values)}.`);
    }
    if (values.length !== this.ntensors) {
      throw new RangeError(
        `'right_inverse' must return a sequence of tensors of length ${this.ntensors}. Got a sequence of length ${values.length}.`,
      );
    }
    this.originals.forEach((original, i) => {
      const value = values[i] as Tensor;
      if (value.dtype !== original.dtype) {
        throw new RangeError(
          `Tensor ${i} returned by \`right_inverse\` has dtype ${value.dtype} while \`original${i}\` has dtype ${original.dtype}`,
        );
      }
      original.set_(value);
    });
  }

  /** Calls the list, so that its hooks run. */
  private compute(): Tensor {
    return (this as () => Tensor)();
  }

  override forward(): Tensor {
    const [first, ...others] = this;
    let x: Tensor = first!(...this.originals);
    for (const module of others) x = module(x);
    return x;
  }

  /** The tensor, from the cache where there is one. @internal */
  value(): Tensor {
    if (cacheDepth === 0) return this.compute();
    const known = cache.get(this);
    if (known !== undefined) return known;
    const value = this.compute();
    cache.set(this, value);
    return value;
  }
}

// ---- parametrizing modules

function listsOf(module: Module): ModuleDict<ParametrizationList> | null {
  const lists = propertiesOf(module).parametrizations;
  return lists instanceof ModuleDict ? (lists as ModuleDict<ParametrizationList>) : null;
}

/** The prototype under a parametrized module's own. */
const plainPrototypes = new WeakMap<object, object>();

/** Gives a module a class of its own, whose properties compute the parametrized tensors. */
function giveClass(module: Module): void {
  const plain = Object.getPrototypeOf(module) as object;
  const Class = { [`Parametrized${module._get_name()}`]: class {} }[`Parametrized${module._get_name()}`]!;
  const prototype = Object.create(plain, { constructor: { value: Class, writable: true, configurable: true } });
  plainPrototypes.set(prototype, plain);
  Object.setPrototypeOf(module, prototype);
}

function giveProperty(module: Module, name: string): void {
  Object.defineProperty(Object.getPrototypeOf(module), name, {
    get(this: Module): Tensor {
      return listsOf(this)!.index(name).value();
    },
    set(this: Module, value: Tensor) {
      listsOf(this)!.index(name).right_inverse(value);
    },
    configurable: true,
  });
}

/** Checks that one more parametrization keeps dtype and shape. */
function checkAnother(module: Module, name: string, parametrization: Parametrization): void {
  const y = propertiesOf(module)[name] as Tensor;
  const x = parametrization(y) as unknown;
  const names: [string, string] = [`module.${name}.`, `parametrization(module.${name}).`];
  checkSame(x, y.dtype, y.shape, 'the `unsafe`', names);
  const z = inverse(parametrization, x as Tensor);
  if (z === null) return;
  if (!(z instanceof Tensor)) {
    throw new RangeError(`parametrization.right_inverse must return a tensor. Got: ${typename(z)}`);
  }
  const same = z.dtype === y.dtype ? (sameShape(z.shape, y.shape) ? null : 'shape') : 'dtype';
  if (same === null) return;
  const [had, got] = same === 'dtype' ? [y.dtype, z.dtype] : [sizeText(y.shape), sizeText(z.shape)];
  throw new RangeError(
    `The tensor returned by parametrization.right_inverse must have the same ${same} as module.${name}, unless the \`unsafe\` flag is enabled.\nmodule.${name}.${same}: ${had}\nreturned ${same}: ${got}`,
  );
}

/**
 * Makes a parameter or buffer a function of what it was: `register_parametrization(layer, 'weight', new Symmetric())`.
 * `unsafe` allows another dtype or shape.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.parametrize.register_parametrization.html
 */
export function register_parametrization<M extends Module>(...args: signatures.RegisterParametrizationArgs<M>): M {
  const [module, tensor_name, parametrization, unsafe] = signatures.register_parametrization.list(args);
  requireModule('register_parametrization', 'module', module);
  requireModule('register_parametrization', 'parametrization', parametrization);
  parametrization.train(module.training);
  if (is_parametrized(module, tensor_name)) {
    if (!unsafe) checkAnother(module, tensor_name, parametrization);
    const list = listsOf(module)!.index(tensor_name);
    list.append(parametrization);
    list.unsafe ||= unsafe;
    return module as M;
  }
  const { parameters, buffers } = stateOf(module);
  if (!parameters.has(tensor_name) && !buffers.has(tensor_name)) {
    throw new RangeError(
      `Module '${module}' does not have a parameter, a buffer, or a parametrized element with name '${tensor_name}'`,
    );
  }
  const properties = propertiesOf(module);
  const list = new ParametrizationList([parametrization], properties[tensor_name] as Tensor, unsafe);
  delete properties[tensor_name];
  if (!is_parametrized(module)) {
    giveClass(module);
    properties.parametrizations = new ModuleDict();
  }
  giveProperty(module, tensor_name);
  listsOf(module)!.add_module(tensor_name, list);
  return module as M;
}

/** Whether a module, or one of its tensors, is parametrized. */
export function is_parametrized(...args: signatures.IsParametrizedArgs): boolean {
  const [module, tensor_name] = signatures.is_parametrized.list(args);
  requireModule('is_parametrized', 'module', module);
  const lists = listsOf(module);
  if (lists === null) return false;
  return tensor_name === null ? lists.length > 0 : lists.has(tensor_name);
}

/**
 * Makes a parametrized tensor an ordinary one: with its present value, or with the original's.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.parametrize.remove_parametrizations.html
 */
export function remove_parametrizations<M extends Module>(...args: signatures.RemoveParametrizationsArgs<M>): M {
  const [module, tensor_name, leave] = signatures.remove_parametrizations.list(args);
  requireModule('remove_parametrizations', 'module', module);
  if (!is_parametrized(module, tensor_name)) {
    throw new RangeError(`Module ${module} does not have a parametrization on ${tensor_name}`);
  }
  const lists = listsOf(module)!;
  const value = remaining(lists.index(tensor_name), leave);
  delete (Object.getPrototypeOf(module) as Record<string, unknown>)[tensor_name];
  lists.pop(tensor_name);
  register(module, tensor_name, value);
  if (!is_parametrized(module)) {
    delete propertiesOf(module).parametrizations;
    Object.setPrototypeOf(module, plainPrototypes.get(Object.getPrototypeOf(module))!);
  }
  return module as M;
}

/** The tensor that a parametrized one leaves behind. */
function remaining(list: ParametrizationList, leave: boolean): Tensor {
  if (list.is_tensor) {
    const { original } = list;
    if (leave) no_grad(() => original.set_(list()));
    return original;
  }
  if (!leave) {
    throw new RangeError(
      'Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a sequence of tensors.',
    );
  }
  const value = list();
  return value.requires_grad ? new Parameter(value) : value;
}

/** The class that a module had before it was parametrized. */
export function type_before_parametrizations(
  ...args: signatures.TypeBeforeParametrizationsArgs
): abstract new (
  ...args: never[]
) => Module {
  const [module] = signatures.type_before_parametrizations.list(args);
  requireModule('type_before_parametrizations', 'module', module);
  const prototype = Object.getPrototypeOf(module) as object;
  const plain = is_parametrized(module) ? plainPrototypes.get(prototype)! : prototype;
  return (plain as { constructor: abstract new (...args: never[]) => Module }).constructor;
}

/** Gives another module the parametrizations of this one, and its originals. */
export function transfer_parametrizations_and_params<M extends Module>(
  ...args: signatures.TransferParametrizationsAndParamsArgs<M>
): M {
  const [from_module, to_module, tensor_name] = signatures.transfer_parametrizations_and_params.list(args);
  requireModule('transfer_parametrizations_and_params', 'from_module', from_module);
  requireModule('transfer_parametrizations_and_params', 'to_module', to_module);
  const lists = listsOf(from_module);
  if (lists === null) return to_module as M;
  for (const name of tensor_name === null ? lists.keys() : [tensor_name]) {
    if (!(name in to_module)) propertiesOf(to_module)[name] = new Parameter(propertiesOf(from_module)[name] as Tensor);
    const from = lists.index(name);
    for (const parametrization of from) register_parametrization(to_module, name, parametrization);
    const to = propertiesOf(listsOf(to_module)!.index(name));
    if (from.is_tensor) to.original = from.original;
    else for (const [i, original] of from.originals.entries()) to[`original${i}`] = original;
  }
  return to_module as M;
}
