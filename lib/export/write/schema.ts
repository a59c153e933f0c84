/** The parameters of an operator, read from its schema. */
import type { Operator } from '../../operators/operator';

export interface Parameter {
  readonly name: string;
  /** Without the marks of aliases and of what may be null: `Tensor`, `SymInt[]`, `ScalarType`. */
  readonly type: string;
  readonly keyword: boolean;
  /** The text of its default; null where there is none. */
  readonly default: string | null;
}

/** Splits at commas that lie in no brackets. */
function parts(list: string): string[] {
  const found: string[] = [];
  let [depth, start] = [0, 0];
  for (let i = 0; i <= list.length; i++) {
    const sign = list[i];
    if (sign === '(' || sign === '[') depth++;
    else if (sign === ')' || sign === ']') depth--;
    else if (sign === undefined || (sign === ',' && depth === 0)) {
      found.push(list.slice(start, i).trim());
      start = i + 1;
    }
  }
  return found.filter((part) => part !== '');
}

const cache = new WeakMap<Operator, readonly Parameter[]>();

export function parametersOf(operator: Operator): readonly Parameter[] {
  const known = cache.get(operator);
  if (known !== undefined) return known;
  const { schema } = operator;
  const inside = schema.slice(schema.indexOf('(') + 1, schema.lastIndexOf(') -> '));
  let keyword = false;
  const parameters = parts(inside).flatMap((part): Parameter[] => {
    if (part === '*') {
      keyword = true;
      return [];
    }
    const [, type = '', name = '', value] = /^(.*) (\w+)(?:=(.*))?$/.exec(part) ?? [];
    const plain = type
      .replace(/\([^)]*\)/g, '')
      .replace(/\[\d+\]/, '[]')
      .replace(/\?$/, '');
    return [{ name, type: plain, keyword, default: value ?? null }];
  });
  cache.set(operator, parameters);
  return parameters;
}
