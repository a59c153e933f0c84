/**
 * Sizes that depend on the inputs, as sympy writes its expressions: `Mul(Integer(2), Symbol('s0', integer=True))`. Files
 * of earlier versions have a bare `s0`.
 */
import { BadProgram, entry } from './json';

export type Expression =
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'symbol'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] };

const tokens = /\s*([A-Za-z_]\w*|-?\d+(?:\.\d+)?|'[^']*'|[(),=])/y;
const DEEPEST = 200;

class Parser {
  private readonly tokens: string[] = [];
  private at = 0;

  constructor(private readonly text: string) {
    tokens.lastIndex = 0;
    for (let found = tokens.exec(text); found !== null; found = tokens.exec(text)) this.tokens.push(found[1]!);
  }

  private take(wanted?: string): string {
    const token = this.tokens[this.at++];
    if (token === undefined || (wanted !== undefined && token !== wanted)) {
      throw new BadProgram(`'${this.text}' is no expression of sizes`);
    }
    return token;
  }

  parse(depth = 0): Expression {
    if (depth > DEEPEST) throw new BadProgram(`an expression of sizes is nested more than ${DEEPEST} deep`);
    const name = this.take();
    if (/^-?\d/.test(name)) return { kind: 'integer', value: Number(name) };
    if (this.tokens[this.at] !== '(') return { kind: 'symbol', name };
    const args = this.arguments(depth);
    const [first] = args;
    if (name === 'Symbol' && typeof first === 'string') return { kind: 'symbol', name: first };
    if (name === 'Integer' && typeof first === 'object') return first;
    return { kind: 'call', name, args: args.filter((arg) => typeof arg !== 'string') };
  }

  /** Of `Symbol('s0', integer=True)`: the text, and no assumptions. */
  private arguments(depth: number): (Expression | string)[] {
    const args: (Expression | string)[] = [];
    this.take('(');
    while (this.tokens[this.at] !== ')') {
      if (this.tokens[this.at + 1] === '=') this.at += 3;
      else if (this.tokens[this.at]?.startsWith("'")) args.push(this.take().slice(1, -1));
      else args.push(this.parse(depth + 1));
      if (this.tokens[this.at] === ',') this.at++;
    }
    this.take(')');
    return args;
  }
}

/** @throws BadProgram for a text that is none */
export function parseExpression(text: string): Expression {
  return new Parser(text).parse();
}

/** Python's `//`, and its `%`, whose sign is the divisor's. */
export const floorDivide = (a: number, b: number) => Math.floor(a / b);
export const modulo = (a: number, b: number) => a - b * floorDivide(a, b);

const functions: Readonly<Record<string, (...values: number[]) => number>> = {
  Add: (...values) => values.reduce((sum, value) => sum + value, 0),
  Mul: (...values) => values.reduce((product, value) => product * value, 1),
  Pow: (base, exponent) => base! ** exponent!,
  Max: Math.max,
  Min: Math.min,
  Mod: (a, b) => modulo(a!, b!),
  PythonMod: (a, b) => modulo(a!, b!),
  FloorDiv: (a, b) => floorDivide(a!, b!),
  CleanDiv: (a, b) => floorDivide(a!, b!),
};

/** The value where the symbols have these; undefined when one is missing, or a function is not known here. */
export function evaluate(expression: Expression, symbols: ReadonlyMap<string, number>): number | undefined {
  if (expression.kind === 'integer') return expression.value;
  if (expression.kind === 'symbol') return symbols.get(expression.name);
  const values = expression.args.map((arg) => evaluate(arg, symbols));
  const known = values.every((value) => value !== undefined);
  return known ? entry(functions, expression.name)?.(...values) : undefined;
}

interface Sign {
  readonly text: string;
  /** What binds tighter needs no parentheses inside of what binds less. */
  readonly binds: number;
}

const infix: Readonly<Record<string, Sign>> = {
  Add: { text: ' + ', binds: 1 },
  Mul: { text: '*', binds: 2 },
  Pow: { text: '**', binds: 3 },
};

/** Functions that Python puts into parentheses among signs. */
const loose = new Set(['Mod', 'PythonMod', 'ModularIndexing', 'Where']);

/** `2*s0 - 1`, with other names for the symbols, and spaces around all signs where they are wanted. */
export function print(expression: Expression, nameOf = (symbol: string) => symbol, spaced = false): string {
  if (expression.kind === 'integer') return String(expression.value);
  if (expression.kind === 'symbol') return nameOf(expression.name);
  const { name, args } = expression;
  const texts = args.map((arg) => print(arg, nameOf, spaced));
  if (name === 'FloorDiv') return `(${texts.join(spaced ? ' // ' : '//')})`;
  const sign = entry(infix, name);
  if (sign === undefined) return `${name}(${texts.join(', ')})`;
  const parts = args.map((arg, i) => (bindsOf(arg) < sign.binds ? `(${texts[i]})` : texts[i]!));
  return parts.join(spaced ? ` ${sign.text.trim()} ` : sign.text).replaceAll('+ -', '- ');
}

function bindsOf(expression: Expression): number {
  if (expression.kind !== 'call') return Infinity;
  return loose.has(expression.name) ? 0 : (entry(infix, expression.name)?.binds ?? Infinity);
}

/** The text of an expression as files have it. */
export function expressionText(expression: Expression): string {
  if (expression.kind === 'integer') return `Integer(${expression.value})`;
  if (expression.kind === 'symbol') return `Symbol('${expression.name}', positive=True, integer=True)`;
  return `${expression.name}(${expression.args.map(expressionText).join(', ')})`;
}
