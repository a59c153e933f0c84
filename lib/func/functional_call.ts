/** Modules as functions of their parameters. */
import { TorchError } from '../base/errors';
import { isOptions, typeName } from '../native/kinds';
import type { Module } from '../nn/modules/module';
import { isModule, propertiesOf, stateOf } from '../nn/modules/registry';
import { callOperator } from '../operators/operator';
import type { Tensor } from '../tensor/tensor';

export type NamedTensors = Record<string, Tensor>;

/** One tensor of a module: where it is kept. */
interface Place {
  readonly module: Module;
  readonly name: string;
}

function placeOf(module: Module, path: string): Place {
  const dot = path.lastIndexOf('.');
  const owner = dot < 0 ? module : module.get_submodule(path.slice(0, dot));
  return { module: owner, name: path.slice(dot + 1) };
}

/** Puts a value in a registered place, whatever it is, and gives the one before. */
function exchange({ module, name }: Place, value: unknown): unknown {
  const { parameters, buffers } = stateOf(module);
  const properties = propertiesOf(module);
  const before = properties[name];
  const registered = [parameters, buffers].map((names) => [...names]);
  for (const names of [parameters, buffers]) names.clear(); // a registered name would refuse what is no Parameter
  properties[name] = value;
  registered.forEach((names, i) => {
    for (const each of names) [parameters, buffers][i]!.add(each);
  });
  return before;
}

/** All tensors of a module by name; one that is in several places has each of them. */
function tensorsOf(module: Module): Map<string, Tensor> {
  return new Map<string, Tensor>([
    ...module.named_parameters({ remove_duplicate: false }),
    ...module.named_buffers({ remove_duplicate: false }),
  ]);
}

/** Gives the value of a name to every other name of the same tensor. */
function withTied(module: Module, values: NamedTensors): NamedTensors {
  const names = new Map<Tensor, string[]>();
  for (const [name, tensor] of tensorsOf(module)) names.set(tensor, [...(names.get(tensor) ?? []), name]);
  const result = { ...values };
  for (const tied of names.values()) {
    const given = tied.filter((name) => name in values);
    if (tied.length < 2 || given.length === 0) continue;
    if (given.some((name) => values[name] !== values[given[0]!])) {
      const list = [...tied].sort().map((name) => `'${name}'`);
      throw new RangeError(
        `functional_call got multiple values for keys [${list.join(', ')}], which are tied. Consider using tie_weights=False`,
      );
    }
    for (const name of tied) result[name] = values[given[0]!]!;
  }
  return result;
}

function checkKeys(module: Module, values: NamedTensors): void {
  const own = new Set(tensorsOf(module).keys());
  const quoted = (names: string[]) => names.map((name) => `'${name}'`).join(', ');
  const unexpected = Object.keys(values).filter((name) => !own.has(name));
  const missing = [...own].filter((name) => !(name in values));
  const messages: string[] = [];
  if (unexpected.length > 0) messages.push(`Unexpected key(s): ${quoted(unexpected)}.`);
  if (missing.length > 0) messages.push(`Missing key(s): ${quoted(missing)}.`);
  if (messages.length > 0) {
    throw new TorchError(`Error(s) in reparametrizing for ${module._get_name()}:\n\t${messages.join('\n\t')}`);
  }
}

/** One dictionary of several, none of whose names occurs twice. */
function merged(dicts: unknown): NamedTensors {
  if (isOptions(dicts)) return dicts as NamedTensors;
  if (!Array.isArray(dicts)) {
    throw new RangeError(
      `Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got ${typeName(dicts)}`,
    );
  }
  if (!dicts.every(isOptions)) {
    throw new RangeError('Expected all elements of parameter_and_buffer_dicts to be dictionaries');
  }
  const keys = dicts.flatMap((dict) => Object.keys(dict));
  const repeated = [...new Set(keys.filter((key, i) => keys.indexOf(key) !== i))];
  if (repeated.length > 0) {
    throw new RangeError(
      `[${repeated.map((key) => `'${key}'`).join(', ')}] appeared in multiple dictionaries; behavior of functional call is ambiguous`,
    );
  }
  return Object.assign({}, ...dicts) as NamedTensors;
}

export interface FunctionalCallOptions {
  /** Arguments by name, given to the module in one trailing object. */
  kwargs?: Record<string, unknown> | null;
  /** A value for one name of a shared tensor counts for all its names. */
  tie_weights?: boolean;
  /** Every parameter and buffer must be given, and nothing else. */
  strict?: boolean;
}

/**
 * Calls a module with these parameters and buffers in place of its own, which stay as they are.
 * https://docs.pytorch.org/docs/2.13/generated/torch.func.functional_call.html
 */
export function functional_call<Result = Tensor>(
  module: Module,
  parameter_and_buffer_dicts: NamedTensors | readonly NamedTensors[],
  args: unknown = null,
  { kwargs = null, tie_weights = true, strict = false }: FunctionalCallOptions = {},
): Result {
  if (!isModule(module))
    throw new TypeError(`functional_call(): argument 'module' must be Module, not ${typeName(module)}`);
  const given = merged(parameter_and_buffer_dicts);
  const values = tie_weights ? withTied(module, given) : given;
  if (strict) checkKeys(module, values);
  const positional = args === null || args === undefined ? [] : Array.isArray(args) ? args : [args];
  const replaced: [Place, unknown][] = [];
  try {
    for (const [path, value] of Object.entries(values)) {
      const place = placeOf(module, path);
      if (!(place.name in place.module)) throw new TypeError(`${module._get_name()} has no attribute \`${path}\``);
      replaced.push([place, exchange(place, value)]);
    }
    return Reflect.apply(
      module as unknown as () => Result,
      undefined,
      kwargs === null ? positional : [...positional, kwargs],
    );
  } finally {
    for (const [place, before] of replaced.reverse()) exchange(place, before);
  }
}

function stacked(tensors: readonly Tensor[], name: string): Tensor {
  const follow = tensors.map((tensor) => tensor.requires_grad);
  if (follow.some((each) => each !== follow[0])) {
    throw new TorchError(`Expected ${name} from each model to have the same .requires_grad`);
  }
  const result = callOperator<Tensor>('stack', tensors, 0);
  return follow[0] ? result.detach().requires_grad_() : result;
}

/**
 * The parameters and the buffers of several models of one class, stacked by name, for `vmap` over the models.
 * https://docs.pytorch.org/docs/2.13/generated/torch.func.stack_module_state.html
 */
export function stack_module_state(
  models: readonly Module[] | Iterable<Module>,
): [params: NamedTensors, buffers: NamedTensors] {
  if (typeof (models as Partial<Iterable<Module>> | null)?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`stack_module_state(): argument 'models' must be a list of Modules, not ${typeName(models)}`);
  }
  const list = [...models];
  const index = list.findIndex((model) => !isModule(model));
  if (index >= 0) {
    const other: unknown = list[index];
    throw new TypeError(`stack_module_state(): argument 'models' must be a list of Modules, not of ${typeName(other)}`);
  }
  if (list.length === 0) throw new TorchError('stack_module_state: Expected at least one model, got 0.');
  if (list.some((model) => model.training !== list[0]!.training)) {
    throw new TorchError('stack_module_state: Expected all models to have the same training/eval mode.');
  }
  if (list.some((model) => Object.getPrototypeOf(model) !== Object.getPrototypeOf(list[0]))) {
    throw new TorchError('stack_module_state: Expected all models to be of the same class.');
  }
  const stack = (parts: NamedTensors[]): NamedTensors =>
    Object.fromEntries(
      Object.keys(parts[0]!).map((name) => [
        name,
        stacked(
          parts.map((part) => part[name]!),
          name,
        ),
      ]),
    );
  return [
    stack(list.map((model) => Object.fromEntries(model.named_parameters()))),
    stack(list.map((model) => Object.fromEntries(model.named_buffers()))),
  ];
}
