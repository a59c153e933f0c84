/** Arguments of functions that PyTorch writes in Python: by position, by name, or some of each. */
import { isOptions } from '../native/kinds';
import { plainIntegers } from './integers';

/** The parameters of a function in order, with their defaults; `REQUIRED` marks those without one. */
export type Parameters = Readonly<Record<string, unknown>>;

export const REQUIRED: unique symbol = Symbol('required');

/**
 * Sorts the arguments of a call by the function's parameters. The last argument may be a plain object of named ones.
 * `keywordOnly` counts the parameters at the end that cannot be given by position.
 * @throws TypeError in Python's words for a missing, unknown, doubly given or extra argument
 */
export function named<Values>(name: string, parameters: Parameters, args: readonly unknown[], keywordOnly = 0): Values {
  const names = Object.keys(parameters);
  let given = args;
  while (given.length > 0 && given[given.length - 1] === undefined) given = given.slice(0, -1);
  const last = given[given.length - 1];
  const options = isOptions(last) ? last : undefined;
  if (options !== undefined) given = given.slice(0, -1);
  const most = names.length - keywordOnly;
  if (given.length > most) throw new TypeError(tooMany(name, parameters, given.length, keywordOnly, options));
  const values: Record<string, unknown> = {};
  names.forEach((parameter, i) => {
    values[parameter] = given[i];
  });
  for (const [key, value] of Object.entries(options ?? {})) {
    if (value === undefined) continue;
    if (!(key in parameters)) throw new TypeError(`${name}() got an unexpected keyword argument '${key}'`);
    if (values[key] !== undefined) throw new TypeError(`${name}() got multiple values for argument '${key}'`);
    values[key] = value;
  }
  const missing = names.filter((parameter) => values[parameter] === undefined && parameters[parameter] === REQUIRED);
  if (missing.length > 0) throw new TypeError(missingText(name, missing, names.slice(0, most)));
  for (const parameter of names) {
    const value = values[parameter];
    values[parameter] = value === undefined ? parameters[parameter] : plainIntegers(parameter, value);
  }
  return values as Values;
}

/**
 * `requireGiven('scatter', { inputs, target_gpus })` in a function whose arguments all come by position.
 * @throws TypeError in Python's words that names those that are undefined
 */
export function requireGiven(name: string, values: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(values);
  const missing = names.filter((parameter) => values[parameter] === undefined);
  if (missing.length > 0) throw new TypeError(missingText(name, missing, names));
}

/** The value of a function's only flag, which may be given by name: `train(false)` or `train({ mode: false })`. */
export function flag(name: string, parameter: string, fallback: boolean, given: boolean | object): boolean {
  if (typeof given === 'boolean') return given;
  return named<Record<string, boolean>>(name, { [parameter]: fallback }, [given])[parameter]!;
}

/** A value, or an object with it under its name. */
export type ByName<Name extends string, Value> = Value | { readonly [Key in Name]?: Value };

/** The value of a function's last parameter, which may be given by name: `update(3)` or `update({ n: 3 })`. */
export function valueOf<Name extends string, Value>(
  name: string,
  parameter: Name,
  fallback: Value,
  given: ByName<Name, Value>,
): Value {
  if (!isOptions(given)) return given as Value;
  return named<Record<Name, Value>>(name, { [parameter]: fallback }, [given])[parameter];
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function tooMany(
  name: string,
  parameters: Parameters,
  positional: number,
  keywordOnly: number,
  options: Record<string, unknown> | undefined,
): string {
  const self = name.includes('.') ? ['self'] : []; // Python counts a method's own object
  const names = [...self, ...Object.keys(parameters)];
  const [given, most] = [positional + self.length, names.length - keywordOnly];
  const required = names.slice(self.length, most).filter((parameter) => parameters[parameter] === REQUIRED);
  const least = self.length + required.length;
  const takes =
    least === most ? plural(most, 'positional argument') : `from ${least} to ${plural(most, 'positional argument')}`;
  const byName = names.slice(most).filter((parameter) => options?.[parameter] !== undefined).length;
  const extra = ` positional argument${given === 1 ? '' : 's'} (and ${plural(byName, 'keyword-only argument')})`;
  return `${name}() takes ${takes} but ${given}${byName > 0 ? extra : ''} ${given === 1 && byName === 0 ? 'was' : 'were'} given`;
}

/** Python names the positional ones first, and the others only when none of those is missing. */
function missingText(name: string, missing: string[], positional: string[]): string {
  const first = missing.filter((parameter) => positional.includes(parameter));
  const [shown, kind] = first.length > 0 ? [first, 'positional'] : [missing, 'keyword-only'];
  const quoted = shown.map((parameter) => `'${parameter}'`);
  const list = quoted.length > 2 ? `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}` : quoted.join(' and ');
  return `${name}() missing ${plural(shown.length, `required ${kind} argument`)}: ${list}`;
}
