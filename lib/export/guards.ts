/** What a program counts on of its inputs: sizes that were fixed, ranges of those that are not, values of constants. */
import { isDeepStrictEqual } from 'node:util';
import { AssertionError } from '../base/errors';
import { typeName } from '../native/kinds';
import { Tensor } from '../tensor/tensor';
import type { Argument, Size, TensorMeta } from './graph';
import { literal } from './readable';
import { type Expression, evaluate, print } from './symbolic';

/** The values that a size may take. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** One input of a program, as its user gives it. */
export interface UserInput {
  readonly name: string;
  /** Of a tensor. */
  readonly meta?: TensorMeta;
  /** What was a plain value when the program was exported: it cannot become another. */
  readonly constant?: Argument;
  /** A size or a number: the symbol that it is. */
  readonly symbol?: Size;
}

/** Checks with these symbols, and adds to them. */
type Check = (values: readonly unknown[], symbols: Map<string, number>) => void;

/** Sizes of 0 and 1 are let through where 2 is the least: programs are exported for sizes that are neither. */
const LEAST = 2;

function fail(text: string): never {
  throw new AssertionError(`Guard failed: ${text}`);
}

export class Guards {
  private readonly checks: Check[] = [];
  /** Where each symbol is first found: `x.size()[0]`. */
  private readonly sources = new Map<string, string>();

  constructor(
    inputs: readonly UserInput[],
    private readonly ranges: ReadonlyMap<string, Range>,
  ) {
    // plain symbols first, which the others are computed from
    for (const derived of [false, true]) {
      for (const [i, input] of inputs.entries()) this.add(input, i, derived);
    }
  }

  /** @throws AssertionError for inputs that the program was not exported for */
  check(values: readonly unknown[]): void {
    const symbols = new Map<string, number>();
    for (const check of this.checks) check(values, symbols);
  }

  private add(input: UserInput, i: number, derived: boolean): void {
    const { name, meta, symbol } = input;
    if (meta !== undefined) this.addTensor(name, i, meta, derived);
    else if (symbol !== undefined) this.addSize(name, symbol, (values) => Number(values[i]), derived);
    else if (!derived && input.constant !== undefined) this.addConstant(name, i, input.constant);
  }

  private addTensor(name: string, i: number, meta: TensorMeta, derived: boolean): void {
    if (!derived) this.checks.push((values) => checkTensor(name, values[i], meta.sizes.length));
    meta.sizes.forEach((size, dim) => {
      const sizeOf = (values: readonly unknown[]) => (values[i] as Tensor).size(dim);
      this.addSize(`${name}.size()[${dim}]`, size, sizeOf, derived);
    });
  }

  private addSize(source: string, size: Size, valueOf: (values: readonly unknown[]) => number, derived: boolean): void {
    const isDerived = typeof size === 'object' && size.kind === 'call';
    if (isDerived !== derived) return;
    if (typeof size === 'number') this.checks.push((values) => this.equal(source, valueOf(values), size, String(size)));
    else if (size.kind === 'symbol') this.addSymbol(source, size.name, valueOf);
    else this.addDerived(source, size, valueOf);
  }

  private equal(source: string, value: number, wanted: number, text: string): void {
    if (value !== wanted) fail(`${source} == ${text}`);
  }

  private addSymbol(source: string, symbol: string, valueOf: (values: readonly unknown[]) => number): void {
    const first = this.sources.get(symbol);
    if (first !== undefined) {
      this.checks.push((values, symbols) => this.equal(source, valueOf(values), symbols.get(symbol)!, first));
      return;
    }
    this.sources.set(symbol, source);
    const { min, max } = this.ranges.get(symbol) ?? { min: 0, max: Infinity };
    this.checks.push((values, symbols) => {
      const value = valueOf(values);
      if (min > LEAST && value < min) fail(`${source} >= ${min}`);
      if (value > max) fail(`${source} <= ${max}`);
      symbols.set(symbol, value);
    });
  }

  private addDerived(source: string, size: Expression, valueOf: (values: readonly unknown[]) => number): void {
    const text = print(size, (symbol) => this.sources.get(symbol) ?? symbol, true);
    this.checks.push((values, symbols) => {
      const wanted = evaluate(size, symbols);
      if (wanted !== undefined) this.equal(source, valueOf(values), wanted, text);
    });
  }

  private addConstant(name: string, i: number, constant: Argument): void {
    this.checks.push((values) => {
      if (constant.kind === 'constant' && !isDeepStrictEqual(values[i] ?? null, constant.value))
        fail(`${name} == ${literal(constant)}`);
    });
  }
}

function checkTensor(name: string, value: unknown, dim: number): void {
  if (!(value instanceof Tensor)) throw new TypeError(`expected '${name}' to be a Tensor, but got ${typeName(value)}`);
  if (value.dim() !== dim) fail(`${name}.dim() == ${dim}`);
}
