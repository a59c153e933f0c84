/** The texts of Python's parser for calls that fit no signature. */

import { Kind, kindOf, typeName } from '../native/kinds';
import { accepts } from './accepts';
import type { Call } from './call';
import type { Parameter, Signature } from './signature';

/** Python's word for a parameter's type. */
function wordFor(p: Parameter): string {
  if (p.list) {
    const lists: Partial<Record<Parameter['base'], string>> = {
      int: 'ints',
      float: 'floats',
      Tensor: 'Tensors',
      bool: 'bools',
      Scalar: 'Scalars',
      str: 'strs',
    };
    return `tuple of ${lists[p.base] ?? p.base}`;
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

// ---- what is wrong with one signature

export function tooMany(signature: Signature, { name, args, receiver }: Call): never {
  const most = signature.positional - receiver;
  const given = args.length - receiver;
  if (receiver === 1 && signature.parameters.length === 1) {
    throw new TypeError(`TensorBase.${name}() takes no arguments (${given} given)`);
  }
  const least = requiredOf(signature, receiver);
  if (least !== most) {
    throw new TypeError(`${name}() takes from ${least} to ${most} positional arguments but ${given} were given`);
  }
  const plural = most === 1 ? '' : 's';
  throw new TypeError(
    `${name}() takes ${most} positional argument${plural} but ${given} ${given === 1 ? 'was' : 'were'} given`,
  );
}

function requiredOf(signature: Signature, receiver: number): number {
  return signature.parameters.slice(receiver).filter((p) => p.defaultValue === undefined).length;
}

/** PyTorch's plural is the wrong way round; so is this one. */
export function missing(signature: Signature, { name }: Call, from: number): never {
  const names = signature.parameters.slice(from).filter((p) => p.defaultValue === undefined);
  const list = names.map((p) => `"${p.name}"`).join(', ');
  throw new TypeError(
    `${name}() missing ${names.length} required positional argument${names.length === 1 ? 's' : ''}: ${list}`,
  );
}

/** `position` counts from 1; 0 says that the argument was named. */
export function wrongType(p: Parameter, value: unknown, { name }: Call, position: number): never {
  const where = position > 0 ? ` (position ${position})` : '';
  const start = `${name}(): argument '${p.name}'${where} must be ${wordFor(p)}`;
  if (p.list && p.base !== 'Tensor' && Array.isArray(value)) {
    const element = { ...p, list: false, optional: false, defaultValue: undefined };
    const wrong = value.findIndex((x) => !accepts(element, kindOf(x), x, false));
    if (wrong >= 0) {
      throw new TypeError(`${start}, but found element of type ${typeName(value[wrong])} at pos ${wrong}`);
    }
  }
  throw new TypeError(`${start}, not ${typeName(value)}`);
}

/**
 * A list whose first element fits is taken for what the parameter wants, whatever other signatures there are; so a
 * wrong element is an error at once.
 */
export function checkElements(p: Parameter, value: unknown, { name }: Call, argument: number): void {
  if (!p.list || !Array.isArray(value) || value.length === 0) return;
  if (p.base === 'Tensor') {
    const wrong = value.findIndex((x) => kindOf(x) !== Kind.Tensor && !(x === null && p.optionalElements));
    if (wrong >= 0) {
      throw new TypeError(
        `expected Tensor as element ${wrong} in argument ${argument}, but got ${typeName(value[wrong])}`,
      );
    }
  } else if (p.base === 'int' && kindOf(value[0]) === Kind.Int) {
    const wrong = value.findIndex((x) => kindOf(x) !== Kind.Int && kindOf(x) !== Kind.Tensor);
    if (wrong >= 0) {
      throw new TypeError(
        `${name}(): argument '${p.name}' failed to unpack the object at pos ${wrong + 1} with error ` +
          `"type must be ${wordFor(p)},but got ${typeName(value[wrong])}"`,
      );
    }
  }
}

export function unknownOption(signature: Signature, { name, args }: Call, given: string[]): never {
  for (const option of given) {
    const index = signature.parameters.findIndex((p) => p.name === option);
    if (index < 0) throw new TypeError(`${name}() got an unexpected keyword argument '${option}'`);
    if (index < args.length) throw new TypeError(`${name}() got multiple values for argument '${option}'`);
  }
  throw new TypeError('invalid keyword arguments');
}

// ---- what is wrong with all of them

/** The default of a parameter as a signature shows it. */
function defaultOf(p: Parameter): string {
  if (p.defaultText === undefined) return '';
  return p.base === 'ScalarType' ? ' = None' : ` = ${p.defaultText}`; // randint's int64 is set elsewhere in PyTorch
}

/** A signature as an error lists it, in parts: `Tensor input`, `*`, `Number alpha = 1`. */
function partsOf(signature: Signature, receiver: number): string[] {
  const parts: string[] = [];
  signature.parameters.forEach((p, i) => {
    if (i === signature.positional) parts.push('*');
    if (i >= receiver) parts.push(`${wordFor(p)} ${p.name}${defaultOf(p)}`);
  });
  return parts;
}

/** `(Tensor, dim=number)`; PyTorch leaves a comma behind the last when all are named. */
function listed(items: readonly string[], positional: number): string {
  return `(${items.join(', ')}${positional === 0 && items.length > 0 ? ', ' : ''})`;
}

/** What was given, without a look into lists. */
function argumentsText(args: readonly unknown[], options: Call['options']): string {
  const named = Object.entries(options ?? {}).map(([name, value]) => `${name}=${typeName(value)}`);
  return listed([...args.map(typeName), ...named], args.length);
}

/** PyTorch splits a part at its last space, so that a default counts as the name: `bool keepdim =` and `False`. */
function split(part: string): [type: string, name: string] {
  const space = part.lastIndexOf(' ');
  return space < 0 ? ['', part] : [part.slice(0, space), part.slice(space + 1)];
}

/** Whether PyTorch's message calls a value right for a type; it knows only types that have one name. */
function looksRight(word: string, value: unknown): boolean {
  const kind = kindOf(value);
  switch (word) {
    case 'Tensor':
      return kind === Kind.Tensor;
    case 'int':
      return kind === Kind.Int;
    case 'float':
      return kind === Kind.Int || kind === Kind.Float;
    case 'bool':
      return kind === Kind.Bool;
    case 'str':
      return kind === Kind.String;
    case 'torch.dtype':
      return kind === Kind.DType;
    case 'torch.device':
      return kind === Kind.Device;
    default:
      return false;
  }
}

/** What was given, with marks around what does not fit the signature. */
function markedText(parts: readonly string[], args: readonly unknown[], options: Call['options']): string {
  const items = Array.from({ length: args.length + Object.keys(options ?? {}).length }, (_, i) => {
    const [word, name] = split(parts[i] ?? '');
    const named = i >= args.length;
    const value = named ? options![name] : args[i];
    const type = Array.isArray(value) ? `${typeName(value)} of [${value.map(typeName).join(', ')}]` : typeName(value);
    const text = named ? `${name}=${type}` : type;
    return looksRight(word, value) ? text : `!${text}!`;
  });
  return listed(items, args.length);
}

/** Why a signature with as many parts as there are arguments did not match; nothing for the others. */
function reasonText(parts: readonly string[], args: readonly unknown[], options: Call['options']): string {
  const names = Object.keys(options ?? {});
  if (args.length + names.length !== Math.max(parts.length, 1)) return '';
  const last = parts.slice(parts.length - names.length).map((part) => split(part)[1]);
  const unknown = names.filter((name) => !last.includes(name));
  if (unknown.length > 0) {
    return `      didn't match because some of the keywords were incorrect: ${unknown.join(', ')}\n`;
  }
  return `      didn't match because some of the arguments have invalid types: ${markedText(parts, args, options)}\n`;
}

/** The warning of a call in a deprecated order of arguments. */
export function deprecationText(used: Signature, signatures: readonly Signature[], { name, receiver }: Call): string {
  const text = (s: Signature) => `\n\t${name}(${partsOf(s, receiver).join(', ')})`;
  const others = signatures.filter((s) => !s.deprecated);
  return `This overload of ${name} is deprecated:${text(used)}\nConsider using one of the following signatures instead:${others.map(text).join('')}`;
}

/** The error of a call that fits none of several signatures; the deprecated ones are not shown. */
export function noneFits(signatures: readonly Signature[], call: Call): TypeError {
  const args = call.args.slice(call.receiver);
  const lists = signatures.filter((s) => !s.deprecated).map((s) => partsOf(s, call.receiver));
  const start = `${call.name}() received an invalid combination of arguments - got `;
  if (lists.length === 1) return onlyOne(start, lists[0]!, args, call.options);
  const lines = lists.map((parts) => ` * (${parts.join(', ')})\n${reasonText(parts, args, call.options)}`);
  return new TypeError(`${start}${argumentsText(args, call.options)}, but expected one of:\n${lines.join('')}`);
}

function onlyOne(
  start: string,
  parts: readonly string[],
  args: readonly unknown[],
  options: Call['options'],
): TypeError {
  const matches = args.length + Object.keys(options ?? {}).length === Math.max(parts.length, 1);
  const got = matches ? markedText(parts, args, options) : argumentsText(args, options);
  return new TypeError(`${start}${got}, but expected (${parts.join(', ')})`);
}

/** The signatures that a call with this many arguments may have meant. */
export function plausible(signatures: readonly Signature[], { args, options, receiver }: Call): Signature[] {
  const given = args.length - receiver + Object.keys(options ?? {}).length;
  return signatures.filter(
    (s) => !s.deprecated && given >= requiredOf(s, receiver) && given <= s.parameters.length - receiver,
  );
}
