/** Matches the arguments of a call to a signature, by the rules of Python's parser. */
import { Kind, kindOf, typeName } from './kinds';
import type { Parameter, Signature } from './signature';

/** Functions that take a number where their signature says Tensor. */
const numbersAsTensors = new Set(
  (
    'add add_ add_out div div_ div_out divide divide_ divide_out mul mul_ mul_out multiply multiply_ multiply_out ' +
    'sub sub_ sub_out subtract subtract_ subtract_out true_divide true_divide_ true_divide_out floor_divide ' +
    'floor_divide_ floor_divide_out'
  ).split(' '),
);

/** The values for a signature's parameters, in order; `undefined` for those not given. */
export type Bound = unknown[];

/** Why a signature does not fit. */
export interface Mismatch {
  readonly kind: 'count' | 'missing' | 'type' | 'unknown' | 'twice';
  readonly message: string;
}

/** 0-dim tensors stand for numbers; asked of the tensor only when nothing else fits. */
interface NumberLike {
  dim(): number;
  readonly requires_grad: boolean;
  readonly dtype: { is_floating_point: boolean; is_complex: boolean };
}

function isScalarTensor(value: unknown, wholeOnly: boolean): boolean {
  const tensor = value as NumberLike;
  if (tensor.requires_grad || tensor.dim() !== 0) return false;
  return !wholeOnly || !(tensor.dtype.is_floating_point || tensor.dtype.is_complex);
}

function listAccepts(p: Parameter, kind: Kind, value: unknown): boolean {
  if (kind === Kind.EmptyList) return true;
  switch (p.base) {
    case 'Tensor':
      if (kind === Kind.Tensors) return p.optionalElements || (value as unknown[]).every((x) => x !== null);
      return false;
    case 'int':
      if (kind === Kind.Ints || (kind === Kind.Int && p.size > 0)) return true;
      return kind === Kind.Tensors && (value as unknown[]).every((x) => x !== null && isScalarTensor(x, true));
    case 'float':
      return kind === Kind.Ints || kind === Kind.Floats || (p.size > 0 && (kind === Kind.Int || kind === Kind.Float));
    case 'bool':
      return kind === Kind.Bools || (kind === Kind.Bool && p.size > 0);
    case 'Scalar':
      return Array.isArray(value) && value.every((x) => accepts(element(p), kindOf(x), x, false));
    case 'str':
      return kind === Kind.OtherList && (value as unknown[]).every((x) => typeof x === 'string');
    default:
      return false;
  }
}

/** The parameter that one element of a list stands for. */
function element(p: Parameter): Parameter {
  return { ...p, list: false, optional: p.optionalElements, defaultValue: undefined };
}

/** Whether a value fits a parameter. */
export function accepts(p: Parameter, kind: Kind, value: unknown, numbers: boolean): boolean {
  if (kind === Kind.Null) return p.optional || p.defaultValue === null;
  if (p.list) return listAccepts(p, kind, value);
  switch (p.base) {
    case 'Tensor':
      return kind === Kind.Tensor || (numbers && kind >= Kind.Int && kind <= Kind.Complex);
    case 'Scalar':
      return (kind >= Kind.Int && kind <= Kind.Complex) || (kind === Kind.Tensor && isScalarTensor(value, false));
    case 'complex':
      return kind >= Kind.Int && kind <= Kind.Complex;
    case 'int':
      return kind === Kind.Int || (kind === Kind.Tensor && isScalarTensor(value, true));
    case 'float':
      return kind === Kind.Int || kind === Kind.Float || (kind === Kind.Tensor && isScalarTensor(value, false));
    case 'bool':
      return kind === Kind.Bool;
    case 'str':
      return kind === Kind.String;
    case 'ScalarType':
      return kind === Kind.DType;
    case 'Device':
      return kind === Kind.Device || kind === Kind.String || kind === Kind.Int;
    case 'Layout':
      return kind === Kind.Layout;
    case 'MemoryFormat':
      return kind === Kind.MemoryFormat;
    case 'Generator':
      return kind === Kind.Generator;
    default:
      return false;
  }
}

/** zeros(2, 3): the only positional parameter is a list of integers, given one by one. */
function takesVarargs(signature: Signature, method: boolean): boolean {
  const first = signature.parameters[method ? 1 : 0];
  const count = signature.positional - (method ? 1 : 0);
  return count === 1 && first !== undefined && first.list && first.base === 'int';
}

/** Whether the arguments after the receiver are the integers of one list. */
function collectVarargs(signature: Signature, args: readonly unknown[], method: boolean): unknown[] | undefined {
  const start = method ? 1 : 0;
  if (args.length <= start || !takesVarargs(signature, method)) return undefined;
  const rest = args.slice(start);
  const first = kindOf(rest[0]);
  if (first !== Kind.Int && !(first === Kind.Tensor && isScalarTensor(rest[0], true))) return undefined;
  return [...args.slice(0, start), rest];
}

/** Matches one signature. `method` says that the first argument is the receiver. */
export function bind(
  signature: Signature,
  given: readonly unknown[],
  options: Record<string, unknown> | undefined,
  method: boolean,
): Bound | Mismatch {
  const args = collectVarargs(signature, given, method) ?? given;
  const receiver = method ? 1 : 0;
  if (args.length > signature.positional) {
    return { kind: 'count', message: countMessage(signature, given.length - receiver, receiver) };
  }
  const numbers = numbersAsTensors.has(signature.name);
  const values: Bound = [];
  const missing: string[] = [];
  let used = 0;
  for (let i = 0; i < signature.parameters.length; i++) {
    const p = signature.parameters[i]!;
    const named = options?.[p.name];
    let value = i < args.length ? args[i] : undefined;
    if (named !== undefined && i >= receiver) {
      if (value !== undefined) {
        return { kind: 'twice', message: `${signature.name}() got multiple values for argument '${p.name}'` };
      }
      value = named;
      used++;
    }
    if (value === undefined) {
      if (p.defaultValue === undefined) missing.push(p.name);
    } else if (i >= receiver && !accepts(p, kindOf(value), value, numbers)) {
      return {
        kind: 'type',
        message: typeMessage(signature.name, p, value, named === undefined ? i + 1 - receiver : 0),
      };
    }
    values.push(value);
  }
  if (missing.length > 0) return { kind: 'missing', message: missingMessage(signature, missing) };
  if (options !== undefined) {
    const unknown = unknownOption(signature, options, used);
    if (unknown !== undefined) {
      return { kind: 'unknown', message: `${signature.name}() got an unexpected keyword argument '${unknown}'` };
    }
  }
  return values;
}

function unknownOption(signature: Signature, options: Record<string, unknown>, used: number): string | undefined {
  const given = Object.keys(options).filter((name) => options[name] !== undefined);
  if (given.length === used) return undefined;
  return given.find((name) => !signature.parameters.some((p) => p.name === name));
}

function countMessage(signature: Signature, given: number, receiver: number): string {
  const most = signature.positional - receiver;
  const least = signature.parameters
    .slice(receiver, signature.positional)
    .filter((p) => p.defaultValue === undefined).length;
  const takes = least === most ? `${most}` : `from ${least} to ${most}`;
  const plural = most === 1 ? '' : 's';
  const were = given === 1 ? 'was' : 'were';
  return `${signature.name}() takes ${takes} positional argument${plural} but ${given} ${were} given`;
}

function missingMessage(signature: Signature, missing: string[]): string {
  const positional = missing.filter((name) => !signature.parameters.find((p) => p.name === name)!.keywordOnly);
  const names = positional.length > 0 ? positional : missing;
  const plural = names.length === 1 ? '' : 's';
  const kind = positional.length > 0 ? 'positional ' : '';
  const list = names.map((name) => `"${name}"`).join(', ');
  return `${signature.name}() missing ${names.length} required ${kind}argument${plural}: ${list}`;
}

/** Python's word for a parameter's type. */
export function wordFor(p: Parameter): string {
  if (p.list) {
    const elements = { int: 'ints', float: 'floats', Tensor: 'Tensors', bool: 'bools', Scalar: 'Numbers', str: 'strs' };
    return `tuple of ${elements[p.base as keyof typeof elements] ?? p.base}`;
  }
  const words: Partial<Record<Parameter['base'], string>> = {
    Scalar: 'Number',
    ScalarType: 'torch.dtype',
    Layout: 'torch.layout',
    Device: 'torch.device',
    MemoryFormat: 'torch.memory_format',
    Generator: 'torch.Generator',
  };
  return words[p.base] ?? p.base;
}

function typeMessage(name: string, p: Parameter, value: unknown, position: number): string {
  const where = position > 0 ? ` (position ${position})` : '';
  const start = `${name}(): argument '${p.name}'${where} must be ${wordFor(p)}`;
  if (Array.isArray(value) && p.list) {
    const wrong = value.findIndex((x) => !accepts(element(p), kindOf(x), x, false));
    if (wrong >= 0) return `${start}, but found element of type ${typeName(value[wrong])} at pos ${wrong}`;
  }
  return `${start}, not ${typeName(value)}`;
}

/** A signature as an error lists it: `(Tensor input, Tensor other, *, Number alpha = 1)`. */
export function describe(signature: Signature, method: boolean): string {
  const parts: string[] = [];
  signature.parameters.forEach((p, i) => {
    if (i === signature.positional) parts.push('*');
    if (method && i === 0) return;
    parts.push(`${wordFor(p)} ${p.name}${p.defaultText === undefined ? '' : ` = ${p.defaultText}`}`);
  });
  return `(${parts.join(', ')})`;
}
