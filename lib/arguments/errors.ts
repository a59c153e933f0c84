/** Python's words for arguments that do not fit the parameters of a function. */

/** The default of a parameter that must be given. */
export const REQUIRED: unique symbol = Symbol('required');

/** What errors tell of a function. */
interface Told {
  readonly names: readonly string[];
  /** The parameters without a default that have a position. */
  readonly required: readonly string[];
  /** How many parameters at the end have none. */
  readonly keywords: number;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Python counts a method's own object. */
export function tooMany(
  name: string,
  { names, required, keywords }: Told,
  count: number,
  options: Readonly<Record<string, unknown>> | undefined,
): TypeError {
  const self = name.includes('.') ? 1 : 0;
  const given = count + self;
  const most = self + names.length - keywords;
  const least = self + required.length;
  const takes =
    least === most ? plural(most, 'positional argument') : `from ${least} to ${plural(most, 'positional argument')}`;
  const byName = names.slice(most - self).filter((parameter) => options?.[parameter] !== undefined).length;
  const extra = ` positional argument${given === 1 ? '' : 's'} (and ${plural(byName, 'keyword-only argument')})`;
  const were = given === 1 && byName === 0 ? 'was' : 'were';
  return new TypeError(`${name}() takes ${takes} but ${given}${byName > 0 ? extra : ''} ${were} given`);
}

export function unexpected(name: string, key: string): TypeError {
  return new TypeError(`${name}() got an unexpected keyword argument '${key}'`);
}

export function multiple(name: string, key: string): TypeError {
  return new TypeError(`${name}() got multiple values for argument '${key}'`);
}

/** Python names the positional ones first, and the others only when none of those is missing. */
export function missing(name: string, left: readonly string[], positional: readonly string[]): TypeError {
  const first = left.filter((parameter) => positional.includes(parameter));
  const [shown, kind] = first.length > 0 ? [first, 'positional'] : [left, 'keyword-only'];
  const quoted = shown.map((parameter) => `'${parameter}'`);
  const list = quoted.length > 2 ? `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}` : quoted.join(' and ');
  return new TypeError(`${name}() missing ${plural(shown.length, `required ${kind} argument`)}: ${list}`);
}
