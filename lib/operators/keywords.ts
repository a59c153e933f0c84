/** Arguments of functions that PyTorch writes in Python: by position, by name, or some of each. */
import { isOptions } from './kinds';

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
  if (given.length > most) {
    throw new TypeError(
      `${name}() takes ${most} positional argument${most === 1 ? '' : 's'} but ${given.length} were given`,
    );
  }
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
  if (missing.length > 0) {
    const list = missing.map((parameter) => `'${parameter}'`).join(missing.length === 2 ? ' and ' : ', ');
    const plural = missing.length === 1 ? '' : 's';
    throw new TypeError(`${name}() missing ${missing.length} required positional argument${plural}: ${list}`);
  }
  for (const parameter of names) if (values[parameter] === undefined) values[parameter] = parameters[parameter];
  return values as Values;
}
