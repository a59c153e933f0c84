/** Outcomes of resolution that are kept: which overload arguments of certain kinds and names fit. */

import { type Kind, kindOf } from '../native/kinds';
import type { Plan } from './plan';

export interface Match {
  readonly plan: Plan;
  /** The arguments are the integers of one list: zeros(2, 3). */
  readonly varargs: boolean;
  /** The operator takes the arguments as they were given, in their order. */
  readonly direct: boolean;
  /** From here on they are the elements of one list; their count when there is none. */
  readonly gathered: number;
  /** The result is the first argument: `add_`. */
  readonly returnsFirst: boolean;
}

/** A match for named arguments behind positional ones. */
export interface NamedMatch {
  readonly plan: Plan;
  readonly varargs: boolean;
  /** The kinds of the positional arguments: see `keyOf`. */
  readonly key: number;
  readonly names: readonly string[];
  readonly kinds: readonly Kind[];
  /** The parameter that each name gives; -1 for one whose value is undefined. */
  readonly places: readonly number[];
}

/** The most that are kept of one function; few programs write more than three. */
export const MOST_NAMED = 16;

export function isNamedMatch(
  match: NamedMatch,
  key: number,
  names: readonly string[],
  values: readonly unknown[],
): boolean {
  if (match.key !== key || match.names.length !== names.length) return false;
  for (let i = 0; i < names.length; i++) {
    if (match.names[i] !== names[i] || match.kinds[i] !== kindOf(values[i])) return false;
  }
  return true;
}

export type Named = Readonly<Record<string, unknown>>;

/** A match for arguments of these kinds, `given` of them. */
export function matchOf(plan: Plan, given: number, varargs: boolean, method: boolean): Match {
  const gathered = varargs ? (method ? 1 : 0) : given;
  const { sources, same, requiresGrad, operator } = plan;
  const taken = varargs ? gathered + 1 : given;
  const direct =
    same.length === 1 &&
    same[0]! <= 0 &&
    !operator.givesCode &&
    !(requiresGrad >= 0 && requiresGrad < taken) &&
    taken <= sources.length &&
    sources.every(({ index, constant, isDevice, nullIsEmpty, element }, i) =>
      i < taken
        ? index === i && !isDevice && !nullIsEmpty && element < 0
        : (index < 0 || index >= taken) && constant === undefined,
    );
  return { plan, varargs, direct, gathered, returnsFirst: same[0] === 0 };
}
