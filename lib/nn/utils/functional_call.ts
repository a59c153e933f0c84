/** Calling a module with other tensors than its own. */

import { TorchError } from '../../base/errors';
import { valueText } from '../../base/python_text';
import { Tensor } from '../../tensor/tensor';
import { type Module, own } from '../modules/module';
import { propertiesOf, stateOf } from '../modules/registry';
import { requireModule } from '../require';

/** Tensors by the dotted names of parameters and buffers. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** A parameter, a buffer or another attribute: where it is, and its name there. */
interface Place {
  owner: Module;
  name: string;
  /** Whether it is no parameter and no buffer. */
  plain?: boolean;
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
  const unexpected = Object.keys(given)
    .filter((key) => !places.has(key))
    .sort();
  const missing = [...places.keys()].filter((key) => !(key in given)).sort();
  const problems: string[] = [];
  if (unexpected.length > 0) problems.push(`Unexpected key(s): ${quoted(unexpected)}.`);
  if (missing.length > 0) problems.push(`Missing key(s): ${quoted(missing)}.`);
  if (problems.length === 0) return;
  throw new TorchError(`Error(s) in reparametrizing for ${module._get_name()}:\n\t${problems.join('\n\t')}`);
}

/** The place of an attribute that is neither parameter nor buffer; none needs to be there. */
function attribute(root: Module, key: string): Place {
  const path = key.split('.');
  const name = path.pop()!;
  let owner = root;
  for (const part of path) {
    const child: Module | null | undefined = owner._modules[part];
    if (child === undefined || child === null) {
      throw new TypeError(`${owner._get_name()} has no attribute \`${part}\``);
    }
    owner = child;
  }
  const value = propertiesOf(owner)[name];
  if (value !== undefined && !(value instanceof Tensor)) {
    throw new TypeError(`attribute \`${name}\`: ${valueText(value)} is not an instance of torch.Tensor`);
  }
  return { owner, name, plain: true };
}

/** Puts a tensor in a place, of whatever kind; returns what was there. */
function swap({ owner, name, plain }: Place, value: Tensor | undefined): Tensor | undefined {
  const properties = propertiesOf(owner);
  const before = properties[name] as Tensor | undefined;
  if (!plain) stateOf(owner).put(name, value);
  else if (value === undefined) delete properties[name];
  else properties[name] = value;
  return before;
}

/** What the module has put in the place of a tensor goes to who gave that, as in Python. */
function writeBack(given: NamedTensors, key: string, value: Tensor): void {
  if (key in given) Reflect.set(given, key, value);
}

/**
 * The module's call with these tensors in place of its own, which are back afterwards. A tensor that the module replaces
 * meanwhile (`this.count = this.count.add(1)`) is replaced in `parameters_and_buffers` too.
 */
export function callWith<M extends Module>(
  module: Module,
  parameters_and_buffers: NamedTensors,
  args: unknown,
  kwargs: Readonly<Record<string, unknown>> | null,
  tie_weights: boolean,
  strict: boolean,
): ReturnType<M['forward']> {
  requireModule('functional_call', 'module', module);
  const places = placesOf(module);
  const given = tie_weights ? tied(places, parameters_and_buffers) : parameters_and_buffers;
  if (strict) checkKeys(module, places, given);
  const positional = args === null ? [] : Array.isArray(args) ? args : [args];
  const named = kwargs !== null && Object.keys(kwargs).length > 0 ? [kwargs] : [];
  const before: [string, Place, Tensor | undefined][] = [];
  try {
    for (const [key, value] of Object.entries(given)) {
      if (!(value instanceof Tensor)) throw new TypeError(`${valueText(value)} is not an instance of torch.Tensor`);
      const place = places.get(key) ?? attribute(module, key);
      before.push([key, place, swap(place, value)]);
    }
    return module(...positional, ...named) as ReturnType<M['forward']>;
  } finally {
    for (const [key, place, value] of before.reverse()) {
      const after = swap(place, value);
      if (after !== undefined && after !== given[key]) writeBack(parameters_and_buffers, key, after);
    }
  }
}
