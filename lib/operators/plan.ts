/** How an overload is called: where each argument of its schema comes from, and what its results are. */

import { TorchError } from '../base/errors';
import { DType, Layout, parseDevice, scalarTypeName } from '../base/types';
import { followDefaultDevice, makesTensors } from '../context/default_device';
import { invoke, invokeForAll, putOperands } from '../native/frame';
import { isEmptyByDefault } from './accepts';
import { type Operator, operatorOf } from './operator';
import type { Signature } from './signature';
import { tellWatchers, watching } from './watch';

/** Where a schema argument's value comes from: a bound value, or a constant. */
interface Source {
  readonly index: number; // into the bound values; -1 for the constant
  constant: unknown;
  readonly isDevice: boolean;
  /** null stands for an empty list. */
  readonly nullIsEmpty: boolean;
  readonly element: number; // of a list of outputs; -1 for the whole value
}

/** How to call an overload with the values bound to a signature. */
export interface Plan {
  readonly operator: Operator;
  readonly sources: readonly Source[];
  /** For each result, the bound value that it is (`add_` gives its receiver back), or -1. */
  readonly same: readonly number[];
  /** The bound value of the Python-only `requires_grad`, or -1. */
  readonly requiresGrad: number;
  /** Of a function that makes tensors, when it fills one instead: `dtype` and `out` must agree. */
  readonly fills: Signature | undefined;
}

function sourceOf(signature: Signature, argument: string, position: number, hasDefault: boolean): Source {
  const text = signature.sources?.[position];
  const name = text ?? argument;
  let index = signature.parameters.findIndex((p) => p.name === name);
  if (index < 0 && (name === 'self' || name === 'input')) {
    index = signature.parameters.findIndex((p) => p.name === 'input' || p.name === 'self');
  }
  if (index < 0) {
    const constant = text === undefined ? undefined : Number(text);
    return { index: -1, constant, isDevice: false, nullIsEmpty: false, element: -1 };
  }
  const p = signature.parameters[index]!;
  // The schema's own default is the same value and cheaper; Python has some of its own (randint's dtype).
  const constant = hasDefault ? undefined : p.defaultValue;
  return { index, constant, isDevice: p.base === 'Device', nullIsEmpty: isEmptyByDefault(p), element: -1 };
}

/** The plan for a signature; `deviceChanged` is called when the default device does and the plan follows it. */
export function planFor(signature: Signature, withOut: boolean, deviceChanged: () => void): Plan {
  const operator = operatorOf(withOut ? signature.out! : signature.op);
  const out = signature.parameters.findIndex((p) => p.name === 'out');
  const outputs = withOut && signature.parameters[out]!.list ? signature.parameters[out]!.size : 0;
  const firstOut = operator.arguments.length - (outputs || 1);
  const sources = operator.arguments.map(({ name, hasDefault }, i): Source => {
    if (withOut && i >= firstOut) {
      return {
        index: out,
        constant: undefined,
        isDevice: false,
        nullIsEmpty: false,
        element: outputs > 0 ? i - firstOut : -1,
      };
    }
    return sourceOf(signature, name, i, hasDefault);
  });
  const same = operator.results.map(({ argument }) => (argument < 0 ? -1 : sources[argument]!.index));
  const requiresGrad = signature.parameters.findIndex((p) => p.name === 'requires_grad');
  const device = makesTensors(signature.name) ? sources.find(({ isDevice }) => isDevice) : undefined;
  if (device !== undefined) followDefaultDevice(device, deviceChanged);
  const fills = withOut && makesTensors(signature.name) ? signature : undefined;
  return { operator, sources, same, requiresGrad, fills };
}

/** A tensor, as far as the results of a call need it. */
interface Differentiable {
  requires_grad: boolean;
  readonly dtype: DType;
}

function follow(made: Differentiable): void {
  if (!made.dtype.is_floating_point && !made.dtype.is_complex) {
    throw new TorchError('Only Tensors of floating point and complex dtype can require gradients');
  }
  made.requires_grad = true;
}

/** A function that makes tensors may be told beside `out` what `out` is: its dtype, its layout. */
function checkOut(signature: Signature, values: readonly unknown[]): void {
  const valueOf = (name: string) => values[signature.parameters.findIndex((p) => p.name === name)];
  const out = valueOf('out');
  if (Array.isArray(out)) return;
  const own = out as Differentiable & { readonly layout: Layout };
  const check = (name: string, asked: string, found: string) => {
    if (asked === found) return;
    throw new TorchError(`${name} ${asked} does not match ${name} of out parameter (${found})`);
  };
  const [dtype, layout] = [valueOf('dtype'), valueOf('layout')];
  if (dtype instanceof DType) check('dtype', scalarTypeName(dtype), scalarTypeName(own.dtype));
  if (layout instanceof Layout) check('layout', layoutName(layout), layoutName(own.layout));
}

/** What libtorch calls a layout: SparseCsr, Sparse for COO. */
function layoutName({ name }: Layout): string {
  const words = name.replace(/_coo$/, '').split('_');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** The value of a schema's argument. */
function valueFrom(source: Source, values: readonly unknown[]): unknown {
  const value = source.index < 0 ? undefined : values[source.index];
  if (value === undefined) return source.constant;
  if (source.element >= 0) return (value as unknown[])[source.element];
  if (value === null && source.nullIsEmpty) return [];
  if (source.isDevice) return value === null ? source.constant : parseDevice(value as string);
  return value;
}

/** Calls a plan's operator with values bound to its signature. */
export function callPlan(plan: Plan, values: readonly unknown[]): unknown {
  const { sources } = plan;
  if (plan.fills !== undefined) checkOut(plan.fills, values);
  const operands = new Array<unknown>(sources.length);
  for (let i = 0; i < operands.length; i++) operands[i] = valueFrom(sources[i]!, values);
  if (watching.active) tellWatchers(plan.operator, operands);
  putOperands(operands, operands.length);
  const result = resultsOf(plan, values);
  if (plan.requiresGrad >= 0 && values[plan.requiresGrad] === true) follow(result as Differentiable);
  return result;
}

function resultsOf(plan: Plan, values: readonly unknown[]): unknown {
  const { operator, sources, same } = plan;
  const given = sources.length;
  if (same.length === 1) {
    const result = invoke(operator.id, given, given);
    return same[0]! < 0 ? operator.convert(result, 0) : values[same[0]!];
  }
  if (same.length === 0) {
    invoke(operator.id, given, given);
    return null;
  }
  const results = invokeForAll(operator.id, given, given, same.length);
  for (let i = 0; i < same.length; i++) {
    if (same[i]! < 0) {
      results[i] = operator.convert(results[i], i);
      continue;
    }
    const source = sources[operator.results[i]!.argument]!;
    const value = values[source.index];
    results[i] = source.element >= 0 ? (value as unknown[])[source.element] : value;
  }
  return operator.named(results);
}
