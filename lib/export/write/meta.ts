/** What files say of tensors: dtype, sizes, strides, where they are. */
import { layouts } from '../../base/types';
import type { Tensor } from '../../tensor/tensor';
import { ExportError } from '../errors';
import { dtypeCode, layoutCode, type Size } from '../graph';
import { type Expression, evaluate, expressionText } from '../symbolic';
import { deviceJson } from './arguments';
import { type Formulas, product } from './formula';
import type { JsonValue } from './json_text';
import { type Facts, factsOf } from './tape';

/** A number, or an expression with what it is in the example. */
export function expressionJson(size: Size, hints: ReadonlyMap<string, number>): JsonValue {
  if (typeof size === 'number') return { as_int: size };
  return { as_expr: { expr_str: expressionText(size), hint: { as_int: evaluate(size, hints)! } } };
}

function metaJson(
  facts: Facts,
  sizes: readonly Size[],
  strides: readonly Size[],
  offset: Size,
  hints: ReadonlyMap<string, number>,
): JsonValue {
  const listed = (values: readonly Size[]) => values.map((value) => expressionJson(value, hints));
  return {
    dtype: dtypeCode(facts.dtype),
    sizes: listed(sizes),
    requires_grad: facts.requires_grad,
    device: deviceJson(facts.device),
    strides: listed(strides),
    storage_offset: expressionJson(offset, hints),
    layout: layoutCode(layouts.strided),
  };
}

/** Of a tensor whose sizes are fixed. */
export function tensorMeta(tensor: Tensor): JsonValue {
  const facts = factsOf(tensor);
  return metaJson(facts, facts.sizes, facts.strides, facts.offset, new Map());
}

/** What is said of tensors whose sizes follow from symbols. */
export class Metas {
  constructor(
    private readonly formulas: Formulas,
    /** What the symbols are in the example. */
    private readonly hints: ReadonlyMap<string, number>,
  ) {}

  /** Of a tensor that is known at several points; its sizes where they are known too. */
  of(facts: readonly Facts[], known?: readonly Size[]): JsonValue {
    const [first] = facts as [Facts];
    const rank = first.sizes.length;
    if (facts.some((each) => each.sizes.length !== rank || each.dtype !== first.dtype)) {
      throw new ExportError('it is another tensor for other sizes');
    }
    const dimensions = Array.from({ length: rank }, (_, dim) => dim);
    const sizes = known ?? dimensions.map((dim) => this.formula(facts.map((each) => each.sizes[dim]!)));
    const strides = dimensions.map((dim) => this.stride(facts, dim, sizes));
    return metaJson(first, sizes, strides, this.formula(facts.map(({ offset }) => offset)), this.hints);
  }

  /** A number that a node computes. */
  ofSize(size: Expression): JsonValue {
    return expressionJson(size, this.hints);
  }

  /** The product of the sizes that lie inside of a dimension, else what the numbers say. */
  private stride(facts: readonly Facts[], dim: number, sizes: readonly Size[]): Size {
    const own = facts.map((each) => each.strides[dim]!);
    if (own.every((stride) => stride === own[0])) return own[0]!;
    const inside = sizes.flatMap((_, other) => (facts[0]!.strides[other]! < own[0]! ? [other] : []));
    const fits = facts.every((each, i) => inside.reduce((count, other) => count * each.sizes[other]!, 1) === own[i]);
    if (!fits) return this.formula(own);
    const factors = inside.map((other) => sizes[other]!);
    const number = factors.reduce<number>((count, size) => (typeof size === 'number' ? count * size : count), 1);
    return product(
      number,
      factors.filter((size) => typeof size !== 'number'),
    );
  }

  private formula(values: readonly number[]): Size {
    const found = this.formulas.of(values);
    if (found !== undefined) return found.kind === 'integer' ? found.value : found;
    const listed = values.slice(0, 4).join(', ');
    throw new ExportError(`a size that is ${listed}, … for other sizes follows from them in a way that is not seen`);
  }
}
