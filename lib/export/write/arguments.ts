/** Arguments of operators as files have them: each value with the mark of its kind. */
import { Complex, Device, dtypeOf, layoutOf } from '../../base/types';
import { ExportError } from '../errors';
import { dtypeCode, formatCode, layoutCode } from '../graph';
import { JsonFloat, type JsonValue } from './json_text';
import type { Parameter } from './schema';
import { formatOf, type Operand } from './tape';

/** A value under the name of its kind: `{ as_int: 3 }`. */
export type Tagged = { readonly [kind: string]: JsonValue };

export function deviceJson({ type, index }: Device): JsonValue {
  return { type, index };
}

/** Values that the trace has numbers for. */
const coded: Readonly<Record<string, (code: number) => Tagged>> = {
  ScalarType: (code) => ({ as_scalar_type: dtypeCode(dtypeOf(code)) }),
  Layout: (code) => ({ as_layout: layoutCode(layoutOf(code)) }),
  MemoryFormat: (code) => ({ as_memory_format: formatCode(formatOf(code)) }),
};

/** A value that is known when the module is exported, for a parameter of a type. */
export function constantJson(value: unknown, float: boolean, type: string): Tagged {
  if (value === null || value === undefined) return { as_none: true };
  if (Array.isArray(value)) {
    const element = type.replace(/\[\]$/, '');
    return listJson(
      value.map((each) => constantJson(each, float, element)),
      element,
    );
  }
  const code = coded[type];
  if (code !== undefined) return code(Number(value));
  switch (typeof value) {
    case 'boolean':
      return { as_bool: value };
    case 'string':
      return { as_string: value };
    case 'bigint':
      return { as_int: value };
    case 'number':
      return float || type === 'float' || !Number.isInteger(value)
        ? { as_float: new JsonFloat(value) }
        : { as_int: value };
  }
  if (value instanceof Device) return { as_device: deviceJson(value) };
  if (value instanceof Complex) {
    return { as_complex: { real: new JsonFloat(value.re), imag: new JsonFloat(value.im) } };
  }
  throw new ExportError(`it is called with ${String(value)}, which a program cannot hold`);
}

/** The kind of a list by that of what is in it. */
const plural: Readonly<Record<string, string>> = {
  as_int: 'as_ints',
  as_float: 'as_floats',
  as_bool: 'as_bools',
  as_string: 'as_strings',
  as_tensor: 'as_tensors',
  as_sym_int: 'as_sym_ints',
};

/** Of an empty list, by the type of what could be in it. */
const empty: Readonly<Record<string, string>> = { Tensor: 'as_tensors', float: 'as_floats', bool: 'as_bools' };

export function listJson(values: readonly Tagged[], element: string): Tagged {
  const kinds = new Set(values.flatMap((value) => Object.keys(value)));
  if (kinds.size === 0) return { [empty[element] ?? 'as_ints']: [] };
  const items = values.map((value) => Object.values(value)[0]!);
  if (kinds.has('as_sym_int') && [...kinds].every((kind) => kind === 'as_sym_int' || kind === 'as_int')) {
    return { as_sym_ints: values.map((value) => value.as_sym_int ?? value) };
  }
  const [kind] = kinds;
  const list = plural[kind!];
  if (kinds.size > 1 || list === undefined)
    throw new ExportError('it is called with a list of values of several kinds');
  return { [list]: items };
}

/** Whether an argument is what its parameter is without it. */
export function isDefault(operand: Operand, { type, default: text }: Parameter): boolean {
  return text !== null && operand.kind !== 'value' && textOf(operand, type) === plain(text);
}

/** A default as `textOf` writes it: libtorch has `0.`, `"mean"`, `None`. */
function plain(text: string): string {
  const items = /^\[(.*)\]$/.exec(text)?.[1];
  if (items !== undefined)
    return `[${items
      .split(/, ?/)
      .filter((item) => item !== '')
      .map(plain)}]`;
  const number = Number(text);
  return Number.isNaN(number) ? text.replaceAll('"', "'") : String(number);
}

function textOf(operand: Operand, type: string): string {
  if (operand.kind === 'list') return `[${operand.items.map((item) => textOf(item, type))}]`;
  if (operand.kind === 'value') return '';
  const { value } = operand;
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'string' ? `'${value}'` : String(value);
}
