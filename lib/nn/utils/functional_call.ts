/** Calling a module with other tensors than its own. */

import { TorchError } from '../../base/errors';
import { isOptions } from '../../native/kinds';
import type { Tensor } from '../../tensor/tensor';
import { type Module, own } from '../modules/module';
import { propertiesOf, stateOf } from '../modules/registry';
import { requireModule } from '../require';

/** Tensors by the dotted names of parameters and buffers. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

export interface FunctionalCallOptions {
  /** A tensor given for one name of a tied parameter counts for its other names too. */
  tie_weights?: boolean;
  /** All names must be given, and no others. */
  strict?: boolean;
}

/** A parameter or buffer: where it is, and its name there. */
interface Place {
  owner: Module;
  name: string;
}

function placesOf(root: Module): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const [path, owner] of root.named_modules(null, '', false)) {
    for (const [name] of [...own<Tensor>(owner, 'parameters'), ...own<Tensor>(owner, 'buffers')]) {
      places.set(path === '' ? name : `${path}.${name}`, { owner, name });
    }
  }
  return places;
}

function valueAt({ owner, name }: Place): Tensor {
  return propertiesOf(owner)[name] as Tensor;
}

/** The given tensors, also under the other names of the parameters they stand for. */
function tied(places: Map<string, Place>, given: NamedTensors): Record<string, Tensor> {
  const namesOf = new Map<Tensor, string[]>();
  for (const [name, place] of places) {
    const value = valueAt(place);
    namesOf.set(value, [...(namesOf.get(value) ?? []), name]);
  }
  const all = { ...given };
  for (const names of namesOf.values()) {
    const values = new Set(names.filter((name) => name in given).map((name) => given[name]!));
    if (values.size > 1) {
      const list = names.sort().map((name) => `'${name}'`);
      throw new RangeError(
        `functional_call got multiple values for keys [${list.join(', ')}], which are tied. Consider using tie_weights=False`,
      );
    }
    for (const value of values) for (const name of names) all[name] = value;
  }
  return all;
}

function checkKeys(module: Module, places: Map<string, Place>, given: NamedTensors): void {
  const quoted = (keys: string[]) => keys.map((key) => `'${key}'`).join(', ');
  const unexpected = Object.keys(given).filter((key) => !places.has(key));
  const missing = [...places.keys()].filter((key) => !(key in given));
  const problems: string[] = [];
  if (unexpected.length > 0) problems.push(`Unexpected key(s): ${quoted(unexpected)}.`);
  if (missing.length > 0) problems.push(`Missing key(s): ${quoted(missing)}.`);
  if (problems.length === 0) return;
  throw new TorchError(`Error(s) in reparametrizing for ${module._get_name()}:\n\t${problems.join('\n\t')}`);
}

/** Puts a tensor in a registered place, of whatever kind; returns what was there. */
function swap({ owner, name }: Place, value: Tensor): Tensor {
  const before = propertiesOf(owner)[name] as Tensor;
  stateOf(owner).put(name, value);
  return before;
}

/** The module's call with these tensors in place of its own, which are back afterwards. */
export function callWith(
  module: Module,
  parameters_and_buffers: NamedTensors,
  args: unknown,
  kwargs: Readonly<Record<string, unknown>> | null,
  { tie_weights = true, strict = false }: FunctionalCallOptions,
): unknown {
  requireModule('functional_call', 'module', module);
  const places = placesOf(module);
  const given = tie_weights ? tied(places, parameters_and_buffers) : parameters_and_buffers;
  if (strict) checkKeys(module, places, given);
  const positional = args === null || args === undefined ? [] : Array.isArray(args) ? args : [args];
  const named = kwargs !== null && Object.keys(kwargs).length > 0 ? [kwargs] : [];
  const before: [Place, Tensor][] = [];
  try {
    for (const [key, value] of Object.entries(given)) {
      const place = places.get(key);
      if (place === undefined) throw new RangeError(`${module._get_name()} has no parameter or buffer '${key}'`);
      before.push([place, swap(place, value)]);
    }
    return module(...positional, ...named);
  } finally {
    for (const [place, value] of before.reverse()) swap(place, value);
  }
}

type Options = FunctionalCallOptions & { kwargs?: Keywords | null };
type Keywords = Readonly<Record<string, unknown>>;

function isOptionsOfCall(value: unknown): value is Options {
  const known = ['kwargs', 'tie_weights', 'strict'];
  return isOptions(value) && Object.keys(value).every((key) => known.includes(key));
}

/**
 * `functional_call(module, { weight: w }, x)`: what the module computes with these parameters and buffers. Several
 * arguments come as a list.
 * https://docs.pytorch.org/docs/2.13/generated/torch.func.functional_call.html
 */
export function functional_call<M extends Module>(
  module: M,
  parameters_and_buffers: NamedTensors | readonly NamedTensors[],
  args: unknown = null,
  kwargs: Keywords | Options | null = null,
  options: Options = {},
): ReturnType<M['forward']> {
  const last = isOptionsOfCall(kwargs) ? kwargs : options;
  const named = isOptionsOfCall(kwargs) ? (last.kwargs ?? null) : kwargs;
  const given = [parameters_and_buffers as NamedTensors].flat();
  return callWith(module, Object.assign({}, ...given) as NamedTensors, args, named, last) as ReturnType<M['forward']>;
}
