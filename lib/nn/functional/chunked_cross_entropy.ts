/** linear_cross_entropy in pieces of the batch: the logits of only one of them are in memory at a time. */
import { Function, type FunctionCtx } from '../../autograd/function';
import { TorchError } from '../../base/errors';
import { type DType, dtypes } from '../../base/types';
import { keep } from '../../native/memory';
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';
import type { LinearCrossEntropyOptions } from '../modules/linear_cross_entropy_options';

/** How a call is cut up and computed. */
interface Plan {
  readonly rows: number;
  /** The dtype of logits and sums. */
  readonly dtype: DType;
  readonly retain: boolean;
}

const isHalf = (dtype: DType) => dtype === dtypes.float16 || dtype === dtypes.bfloat16;

/** The heuristic that an option names, 'aspect_ratio:2' unless half precision is emulated. */
function methodOf({ chunking_method, batch_chunk_size }: LinearCrossEntropyOptions, input: Tensor): string | null {
  if (chunking_method !== 'auto') return chunking_method;
  if (batch_chunk_size !== null) return null;
  return input.is_cpu && isHalf(input.dtype) ? 'aspect_ratio' : 'aspect_ratio:2';
}

/** So many rows that their logits take about as much memory as the input. */
function rowsBy(method: string, count: number, features: number, classes: number): number {
  const factor = Number(method.split(':')[1] ?? 1);
  const target = Math.ceil(count / Math.ceil(classes / features));
  const power = 2 ** Math.ceil(Math.log2(Math.max(target, 1)));
  return Math.min(Math.floor(power / factor), count);
}

export function planOf(options: LinearCrossEntropyOptions, input: Tensor, classes: number): Plan {
  const [count, features] = input.shape as [number, number];
  const given = options.batch_chunk_size;
  const method = methodOf(options, input);
  const rows = method === null ? Math.min(given ?? count, count) : rowsBy(method, count, features, classes);
  if (method !== null && given !== null && given !== rows) {
    throw new RangeError(
      `batch_chunk_size (=${given}) and chunking_method ('${method}') give different chunk sizes (${given} vs ${rows}); pass only one.`,
    );
  }
  const dtype =
    options.acc_dtype ?? (options.acc_policy === 'auto' && isHalf(input.dtype) ? dtypes.float32 : input.dtype);
  if (dtype !== input.dtype && !(dtype === dtypes.float32 && isHalf(input.dtype))) {
    throw new TorchError(
      `linear_cross_entropy supports float32 acc_dtype with float16/bfloat16 inputs, but got ${dtype} acc_dtype and ${input.dtype} inputs.`,
    );
  }
  return { rows: Math.max(1, rows), dtype, retain: options.allow_retain_graph };
}

interface Inputs {
  readonly input: Tensor;
  readonly weight: Tensor;
  readonly target: Tensor;
  readonly bias: Tensor | null;
  readonly classWeight: Tensor | null;
  readonly ignore: number;
  readonly plan: Plan;
}

/** The gradients of input, weight and bias; null for those that are not wanted. */
type Gradients = [input: Tensor | null, weight: Tensor | null, bias: Tensor | null];

/** What each row counts: the weight of its class; nothing when it is ignored. */
function rowWeights({ target, classWeight, ignore, plan }: Inputs): [classes: Tensor, weights: Tensor] {
  const ignored = target.eq(ignore);
  const classes = target.masked_fill(ignored, 0);
  const counted = ignored.logical_not().to(plan.dtype);
  return [classes, classWeight === null ? counted : counted.mul(classWeight.to(plan.dtype).index(classes))];
}

/** Goes through the batch: `visit` has each piece's rows and the logarithms of its probabilities. */
function inPieces(inputs: Inputs, visit: (start: number, x: Tensor, logProbabilities: Tensor) => void): void {
  const { input, weight, bias, plan } = inputs;
  const count = input.size(0);
  const [w, b] = [weight.to(plan.dtype), bias?.to(plan.dtype) ?? null];
  for (let start = 0; start < count; start += plan.rows) {
    const x = input.narrow(0, start, Math.min(plan.rows, count - start)).to(plan.dtype);
    visit(start, x, callOperator<Tensor>('linear', x, w, b).log_softmax(1));
  }
}

/** The losses of the rows times `scale`, if wanted, and the gradients of their sum times `scale`. */
function compute(inputs: Inputs, scale: Tensor, wanted: readonly boolean[]): [losses: Tensor, gradients: Gradients] {
  const { input, weight, bias, plan } = inputs;
  const [classes] = rowWeights(inputs);
  const losses = scale.new_empty(scale.shape);
  const zeros = (x: Tensor) => callOperator<Tensor>('zeros_like', x, plan.dtype);
  const gradients: Gradients = [
    wanted[0] ? callOperator<Tensor>('empty_like', input) : null,
    wanted[1] ? zeros(weight) : null,
    wanted[2] && bias !== null ? zeros(bias) : null,
  ];
  const w = weight.to(plan.dtype);
  inPieces(inputs, (start, x, logProbabilities) => {
    const rows = x.size(0);
    const places = classes.narrow(0, start, rows).unsqueeze(1);
    const factors = scale.narrow(0, start, rows);
    losses.narrow(0, start, rows).copy_(logProbabilities.gather(1, places).squeeze(1).neg().mul(factors));
    if (!wanted.some(Boolean)) return;
    const slope = logProbabilities.exp_();
    slope.scatter_add_(1, places, slope.new_full([rows, 1], -1)).mul_(factors.unsqueeze(1));
    gradients[0]?.narrow(0, start, rows).copy_(slope.mm(w));
    gradients[1]?.addmm_(slope.t(), x);
    gradients[2]?.add_(slope.sum(0));
  });
  return [losses, [gradients[0], gradients[1]?.to(weight.dtype) ?? null, gradients[2]?.to(bias!.dtype) ?? null]];
}

interface Context extends FunctionCtx {
  inputs?: Inputs;
  retain?: boolean;
  gradients?: Gradients | undefined;
}

/** A sum or mean: the gradients are computed with the loss, and used up by the backward pass. */
class Reduced extends Function {
  static override forward(
    ctx: Context,
    _x: Tensor,
    _w: Tensor,
    _b: Tensor | null,
    inputs: Inputs,
    mean: boolean,
  ): Tensor {
    const [, weights] = rowWeights(inputs);
    const scale = mean ? weights.div(weights.sum()) : weights;
    const [losses, gradients] = compute(inputs, scale, ctx.needs_input_grad.slice(0, 3));
    ctx.retain = inputs.plan.retain;
    for (const gradient of gradients) if (gradient !== null) keep(gradient);
    ctx.gradients = gradients;
    return losses.sum().to(inputs.input.dtype);
  }

  static override backward(ctx: Context, gradient: Tensor): (Tensor | null)[] {
    const { gradients, retain } = ctx;
    if (gradients === undefined) {
      throw new TorchError(
        'linear_cross_entropy chunked backward called twice; retain_graph=True / double backward are not supported.',
      );
    }
    if (!retain) ctx.gradients = undefined;
    return [...gradients.map((each) => (retain ? each?.mul(gradient) : each?.mul_(gradient)) ?? null), null, null];
  }
}

/** The loss of each row: the backward pass computes the gradients. */
class Unreduced extends Function {
  static override forward(ctx: Context, x: Tensor, w: Tensor, b: Tensor | null, inputs: Inputs): Tensor {
    ctx.save_for_backward(x, w, b);
    ctx.inputs = inputs;
    const [, weights] = rowWeights(inputs);
    return compute(inputs, weights, [])[0].to(inputs.input.dtype);
  }

  static override backward(ctx: Context, gradient: Tensor): (Tensor | null)[] {
    const [input, weight, bias] = ctx.saved_tensors as [Tensor, Tensor, Tensor | null];
    const inputs = { ...ctx.inputs!, input, weight, bias };
    const [, weights] = rowWeights(inputs);
    const wanted = ctx.needs_input_grad.slice(0, 3);
    return [...compute(inputs, weights.mul(gradient.to(weights.dtype)), wanted)[1], null];
  }
}

/** The loss of a batch (N, in) with class indices. */
export function chunkedCrossEntropy(inputs: Inputs, reduction: 'mean' | 'sum' | 'none'): Tensor {
  const { input, weight, bias } = inputs;
  if (reduction === 'none') return Unreduced.apply(input, weight, bias, inputs) as Tensor;
  return Reduced.apply(input, weight, bias, inputs, reduction === 'mean') as Tensor;
}
