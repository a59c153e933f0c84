/** How many floating-point operations operators take, by the shapes of their inputs and outputs. */
import { AssertionError, TorchError } from '../../base/errors';
import { listText } from '../../base/text';
import { packetNames } from '../../operators/packets';
import * as signatures from '../generated/utils_flop_counter';

/** An operator of `torch.ops`. */
export type FlopTarget = (...args: never[]) => unknown;
export type FlopTargets = FlopTarget | readonly FlopTarget[];

/**
 * Counts the operations of a call: of its inputs, tensors as their shapes, and behind them an object with those that go
 * by name and `out_shape`, the shape of the output, or a list of several. A raw formula gets the tensors, and `out_val`.
 */
export type FlopFormula = (...args: never[]) => number;
export type FlopFormulas = ReadonlyMap<FlopTarget, FlopFormula>;

export interface Registered {
  readonly formula: (...args: unknown[]) => number;
  readonly raw: boolean;
}

type Shape = readonly number[];
interface Out<Value = Shape> {
  readonly out_shape: Value;
}

const product = (sizes: Shape) => sizes.reduce((all, size) => all * size, 1);

function mm([m, k]: Shape, [k2, n]: Shape): number {
  if (k !== k2) throw new AssertionError(`matmul: inner dimensions must match (k == k2), got ${k} and ${k2}`);
  return 2 * m! * n! * k!;
}

function bmm([b, m, k]: Shape, [b2, k2, n]: Shape): number {
  if (b !== b2) throw new AssertionError(`bmm: batch dimensions must match (b == b2), got ${b} and ${b2}`);
  if (k !== k2) throw new AssertionError(`bmm: inner dimensions must match (k == k2), got ${k} and ${k2}`);
  return 2 * b! * m! * n! * k!;
}

/** A product with each element of the filter, at each place of the output, or of the input if it is transposed. */
function convolution(x: Shape, [to, from, ...filter]: Shape, out: Shape, transposed: boolean): number {
  const places = (transposed ? x : out).slice(2);
  return 2 * product(places) * product(filter) * x[0]! * to! * from!;
}

/** With the first two dimensions interchanged. */
const swapped = ([a, b, ...rest]: Shape): Shape => [b!, a!, ...rest];

type ConvolutionBackward = [
  ...inputs: [grad_out: Shape, x: Shape, weight: Shape, bias: unknown, stride: unknown, padding: unknown],
  ...settings: [dilation: unknown, transposed: boolean, output_padding: unknown, groups: unknown, mask: boolean[]],
  outs: Out<readonly (Shape | null)[]>,
];

/** The gradient of the input is the opposite convolution of that of the output, that of the weight one of the two. */
function convolutionBackward(...args: ConvolutionBackward): number {
  const [grad_out, x, weight, , , , , transposed, , , [ofInput, ofWeight], { out_shape }] = args;
  let count = 0;
  if (ofInput) count += convolution(grad_out, weight, out_shape[0]!, !transposed);
  if (ofWeight) {
    const [left, right] = transposed ? [grad_out, x] : [x, grad_out];
    count += convolution(swapped(left), swapped(right), swapped(out_shape[1]!), false);
  }
  return count;
}

function checkHeads(name: string, fits: boolean, [, heads]: Shape, [, shared]: Shape): void {
  if (!fits) throw new AssertionError(`${name}: query, key and value shapes are incompatible`);
  if (heads! >= shared! && heads! % shared! === 0) return;
  throw new AssertionError(`${name}: query heads (${heads}) must be a multiple of key/value heads (${shared})`);
}

/** Scores of queries and keys, and the values that they weigh. Causal masks do not count. */
function attention(query: Shape, key: Shape, value: Shape): number {
  const [b, heads, q, d] = query as [number, number, number, number];
  const [b2, shared, k, d2] = key as [number, number, number, number];
  const [b3, shared3, k3, dv] = value as [number, number, number, number];
  const fits = b === b2 && b === b3 && shared === shared3 && d === d2 && k === k3;
  checkHeads('sdpa_flop_count', fits, query, key);
  return bmm([b * heads, q, d], [b * heads, d, k]) + bmm([b * heads, q, k], [b * heads, k, dv]);
}

/** The scores once more, and two products each for the gradients behind values and scores. */
function attentionBackward(grad_out: Shape, query: Shape, key: Shape, value: Shape): number {
  const [b, heads, q, d] = query as [number, number, number, number];
  const [b2, shared, k, d2] = key as [number, number, number, number];
  const [b3, shared3, k3, dv] = value as [number, number, number, number];
  const [b4, heads4, q4, dv4] = grad_out as [number, number, number, number];
  const batches = b === b2 && b === b3 && b === b4 && shared === shared3 && heads === heads4;
  checkHeads('sdpa_backward_flop_count', batches && d === d2 && dv === dv4 && k === k3 && q === q4, query, key);
  const all = b * heads;
  return (
    bmm([all, q, d], [all, d, k]) +
    bmm([all, q, dv], [all, dv, k]) +
    bmm([all, k, q], [all, q, dv]) +
    bmm([all, q, k], [all, k, d]) +
    bmm([all, d, q], [all, q, k])
  );
}

interface Sized {
  readonly shape: Shape;
}
interface Offsets {
  diff(): { tolist(): unknown };
}

const lengthsOf = (offsets: Offsets): number[] => offsets.diff().tolist() as number[];

/** One attention a sequence, where several lie one behind the other in one dimension. */
function packed(queries: Offsets, keys: Offsets, count: (q: number, k: number) => number): number {
  const ofKeys = lengthsOf(keys);
  return lengthsOf(queries).reduce((sum, q, i) => sum + count(q, ofKeys[i]!), 0);
}

type Packed = [query: Sized, key: Sized, value: Sized];

function flash(...[query, key, value, queries, keys]: [...Packed, Offsets | null, Offsets | null]): number {
  if (queries === null || keys === null) return attention(query.shape, key.shape, value.shape);
  const [, hq, dq] = query.shape as [number, number, number];
  const [, hk, dk] = key.shape as [number, number, number];
  const [, hv, dv] = value.shape as [number, number, number];
  return packed(queries, keys, (q, k) => attention([1, hq, q, dq], [1, hk, k, dk], [1, hv, k, dv]));
}

function flashBackward(
  ...[grad, query, key, value, , , queries, keys]: [Sized, ...Packed, unknown, unknown, Offsets | null, Offsets | null]
): number {
  if (queries === null || keys === null) return attentionBackward(grad.shape, query.shape, key.shape, value.shape);
  const [, hq, dq] = query.shape as [number, number, number];
  const [, hk, dk] = key.shape as [number, number, number];
  const [, hv, dv] = value.shape as [number, number, number];
  const one = (q: number, k: number) =>
    attentionBackward([1, hq, q, dq], [1, hq, q, dq], [1, hk, k, dk], [1, hv, k, dv]);
  return packed(queries, keys, one);
}

function efficient(
  ...[query, key, value, , queries, keys]: [...Packed, unknown, Offsets | null, Offsets | null]
): number {
  if (queries === null || keys === null) return attention(query.shape, key.shape, value.shape);
  const [, , hq, dq] = query.shape as [number, number, number, number];
  const [, , hk, dk] = key.shape as [number, number, number, number];
  const [, , hv, dv] = value.shape as [number, number, number, number];
  return packed(queries, keys, (q, k) => attention([1, hq, q, dq], [1, hk, k, dk], [1, hv, k, dv]));
}

function efficientBackward(
  ...[grad, query, key, value, , , queries, keys]: [Sized, ...Packed, unknown, unknown, Offsets | null, Offsets | null]
): number {
  if (queries === null || keys === null) return attentionBackward(grad.shape, query.shape, key.shape, value.shape);
  const [, , hq, dq] = query.shape as [number, number, number, number];
  const [, , hk, dk] = key.shape as [number, number, number, number];
  const [, , hv, dv] = value.shape as [number, number, number, number];
  const one = (q: number, k: number) =>
    attentionBackward([1, hq, q, dq], [1, hq, q, dq], [1, hk, k, dk], [1, hv, k, dv]);
  return packed(queries, keys, one);
}

type Convolution = [x: Shape, w: Shape, unknown, unknown, unknown, unknown, transposed: boolean, ...unknown[]];

function convolutionOf(...args: Convolution): number {
  const [x, weight, , , , , transposed] = args;
  const { out_shape } = args[args.length - 1] as Out;
  // Some of the operators take no such flag in this place.
  return convolution(x, weight, out_shape, transposed === true);
}

const known: readonly (readonly [names: string, formula: FlopFormula, raw?: boolean])[] = [
  ['mm', mm],
  ['addmm', (_: Shape, a: Shape, b: Shape) => mm(a, b)],
  ['bmm', bmm],
  ['baddbmm', (_: Shape, a: Shape, b: Shape) => bmm(a, b)],
  ['_scaled_mm', mm],
  ['convolution _convolution cudnn_convolution convolution_overrideable _slow_conv2d_forward', convolutionOf],
  ['convolution_backward', convolutionBackward],
  [
    '_scaled_dot_product_efficient_attention _scaled_dot_product_flash_attention _scaled_dot_product_cudnn_attention',
    attention,
  ],
  [
    '_scaled_dot_product_efficient_attention_backward _scaled_dot_product_flash_attention_backward ' +
      '_scaled_dot_product_cudnn_attention_backward',
    attentionBackward,
  ],
  ['_flash_attention_forward', flash, true],
  ['_flash_attention_backward', flashBackward, true],
  ['_efficient_attention_forward', efficient, true],
  ['_efficient_attention_backward', efficientBackward, true],
];

/** The formulas by the names of operators. */
export const registry = new Map<string, Registered>();

for (const [names, formula, raw = false] of known) {
  for (const name of names.split(' ')) {
    registry.set(`aten::${name}`, { formula: formula as Registered['formula'], raw });
  }
}

/** @throws RangeError for what is no operator of torch.ops */
export function nameOfTarget(target: unknown): string {
  const name = typeof target === 'function' ? packetNames.get(target) : undefined;
  if (name !== undefined) return name;
  const what = typeof target === 'function' ? target.name || 'a function' : listText([target]);
  throw new RangeError(
    'register_flop_formula(targets): expected each target to be OpOverloadPacket (i.e. torch.ops.mylib.foo), ' +
      `got ${what} which is of type ${typeof target}`,
  );
}

/**
 * Registers how many operations operators take: `register_flop_formula(torch.ops.aten.relu)((shape) => …)`.
 * @throws RangeError for what is no operator of torch.ops, TorchError for one that has a formula
 */
export function register_flop_formula(
  ...args: signatures.RegisterFlopFormulaArgs
): <Formula extends FlopFormula>(formula: Formula) => Formula {
  const [targets, raw] = signatures.register_flop_formula.list(args);
  const names = (Array.isArray(targets) ? (targets as readonly FlopTarget[]) : [targets]).map(nameOfTarget);
  return (formula) => {
    for (const name of names) {
      if (registry.has(name)) throw new TorchError(`duplicate registrations for ${name.replace('::', '.')}`);
      registry.set(name, { formula: formula as unknown as Registered['formula'], raw });
    }
    return formula;
  };
}
