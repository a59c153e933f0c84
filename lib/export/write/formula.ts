/** How a number of a program follows from the sizes that may change: found from its values at several points. */
import type { Expression } from '../symbolic';

/** The value of each symbol. */
export type Point = ReadonlyMap<string, number>;

const integer = (value: number): Expression => ({ kind: 'integer', value });
const symbol = (name: string): Expression => ({ kind: 'symbol', name });

/** The factors' product, a coefficient in front; a number where no symbol is in it. */
export function product(coefficient: number, factors: readonly Expression[]): Expression {
  if (factors.length === 0) return integer(coefficient);
  if (factors.length === 1 && coefficient === 1) return factors[0]!;
  const args = coefficient === 1 ? factors : [integer(coefficient), ...factors];
  return { kind: 'call', name: 'Mul', args };
}

function sum(terms: readonly Expression[]): Expression {
  return terms.length === 1 ? terms[0]! : { kind: 'call', name: 'Add', args: terms };
}

function power(name: string, exponent: number): Expression {
  if (exponent === 1) return symbol(name);
  return { kind: 'call', name: 'Pow', args: [symbol(name), integer(exponent)] };
}

/** The exponent of each symbol. */
type Monomial = readonly number[];

function expressionOf(coefficient: number, monomial: Monomial, names: readonly string[]): Expression {
  const factors = monomial.flatMap((exponent, i) => (exponent === 0 ? [] : [power(names[i]!, exponent)]));
  return product(coefficient, factors);
}

/** All monomials of this many symbols, up to a degree, those of a low one first. */
function monomials(count: number, degree: number): Monomial[] {
  let found: Monomial[] = [[]];
  for (let i = 0; i < count; i++) {
    found = found.flatMap((head) => Array.from({ length: degree + 1 }, (_, exponent) => [...head, exponent]));
  }
  const degreeOf = (monomial: Monomial) => monomial.reduce((total, exponent) => total + exponent, 0);
  return found.filter((each) => degreeOf(each) <= degree).sort((a, b) => degreeOf(a) - degreeOf(b));
}

const HIGHEST = 4;

/** Finds formulas for numbers that are known at these points. */
export class Formulas {
  private readonly names: readonly string[];
  /** Each monomial with its values at the points. */
  private readonly table: readonly { readonly monomial: Monomial; readonly values: readonly number[] }[];

  constructor(private readonly points: readonly Point[]) {
    this.names = [...(points[0] ?? new Map()).keys()];
    this.table = monomials(this.names.length, HIGHEST).map((monomial) => ({
      monomial,
      values: points.map((point) => this.names.reduce((value, name, i) => value * point.get(name)! ** monomial[i]!, 1)),
    }));
  }

  /** The formula that gives the number at all points; undefined where none is found. */
  of(values: readonly number[]): Expression | undefined {
    if (values.every((value) => value === values[0])) return integer(values[0]!);
    if (!values.every(Number.isInteger)) return undefined;
    return this.monomial(values) ?? this.polynomial(values) ?? this.quotient(values);
  }

  private monomial(values: readonly number[]): Expression | undefined {
    for (const { monomial, values: basis } of this.table) {
      const coefficient = values[0]! / basis[0]!;
      if (!Number.isInteger(coefficient) || coefficient === 0) continue;
      if (basis.every((value, i) => value * coefficient === values[i])) {
        return expressionOf(coefficient, monomial, this.names);
      }
    }
    return undefined;
  }

  /** A sum of monomials of degree 2 at most. */
  private polynomial(values: readonly number[]): Expression | undefined {
    const basis = this.table.filter(({ monomial }) => monomial.reduce((a, b) => a + b, 0) <= 2);
    const coefficients = solved(
      this.points.map((_, row) => [...basis.map((each) => each.values[row]!), values[row]!]),
      basis.length,
    );
    if (coefficients === undefined) return undefined;
    const fits = values.every(
      (value, row) => coefficients.reduce((total, c, i) => total + c * basis[i]!.values[row]!, 0) === value,
    );
    if (!fits) return undefined;
    const terms = coefficients.flatMap((c, i) => (c === 0 ? [] : [expressionOf(c, basis[i]!.monomial, this.names)]));
    return sum(terms.reverse()); // the number comes last
  }

  /** Of a window that moves over a size: `(size + shift) // step + plus`. Only one that no other explains as well. */
  private quotient(values: readonly number[]): Expression | undefined {
    const found: Expression[] = [];
    for (const [i, name] of this.names.entries()) {
      const sizes = this.points.map((point) => point.get(name)!);
      for (const [step, shift, plus] of quotients(sizes, values)) {
        const inner = shift === 0 ? symbol(this.names[i]!) : sum([symbol(name), integer(shift)]);
        const quotient: Expression = { kind: 'call', name: 'FloorDiv', args: [inner, integer(step)] };
        found.push(plus === 0 ? quotient : sum([quotient, integer(plus)]));
      }
    }
    return found.length === 1 ? found[0] : undefined;
  }
}

const LARGEST_STEP = 64;

function quotients(sizes: readonly number[], values: readonly number[]): [step: number, shift: number, plus: number][] {
  const found: [number, number, number][] = [];
  for (let step = 2; step <= LARGEST_STEP; step++) {
    for (let shift = 0; shift < step; shift++) {
      const plus = values[0]! - Math.floor((sizes[0]! + shift) / step);
      if (sizes.every((size, i) => Math.floor((size + shift) / step) + plus === values[i])) {
        found.push([step, shift, plus]);
      }
    }
  }
  return found;
}

/**
 * The whole numbers that solve the equations, whose last column is the right side; undefined for others. Unknowns that
 * the equations leave open are 0.
 */
function solved(rows: number[][], unknowns: number): number[] | undefined {
  const pivots: number[] = [];
  let row = 0;
  for (let column = 0; column < unknowns && row < rows.length; column++) {
    const at = rows.findIndex((each, i) => i >= row && Math.abs(each[column]!) > 1e-6);
    if (at < 0) continue;
    [rows[row], rows[at]] = [rows[at]!, rows[row]!];
    const pivot = rows[row]!;
    const lead = pivot[column]!;
    for (let i = column; i <= unknowns; i++) pivot[i]! /= lead;
    rows.forEach((each, i) => {
      const factor = each[column]!;
      if (i === row || factor === 0) return;
      for (let k = column; k <= unknowns; k++) each[k]! -= factor * pivot[k]!;
    });
    pivots.push(column);
    row++;
  }
  const solution = new Array<number>(unknowns).fill(0);
  for (const [i, column] of pivots.entries()) solution[column] = Math.round(rows[i]![unknowns]!);
  return solution;
}
