/** Batch normalisation across processes. https://docs.pytorch.org/docs/2.13/nn.html#normalization-layers */

import { Function, once_differentiable } from '../../autograd/function';
import type { FunctionCtx } from '../../autograd/function_ctx';
import { dtypes } from '../../base/types';
import { all_gather_into_tensor, all_reduce, type ProcessGroup } from '../../distributed';
import { groupOrWorld, isInitialized } from '../../distributed/group';
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn';
import { _BatchNorm } from './batchnorm';
import { isModule, type Module } from './module';

/** All dimensions but that of the channels. */
const others = (x: Tensor): number[] => [...x.shape.keys()].filter((dim) => dim !== 1);

/** A value for each channel in the shape that goes with the input. */
const along = (channels: Tensor, x: Tensor): Tensor => channels.view([1, -1, ...Array(x.dim() - 2).fill(1)]);

/** Halves are summed in float32. */
const wide = (x: Tensor): Tensor => (x.dtype.itemsize < 4 ? x.to(dtypes.float32) : x);

/** Elements of each channel on all ranks, their means, and the sums of the squares of what lies beside the mean. */
interface Moments {
  readonly count: number;
  readonly mean: Tensor;
  readonly squares: Tensor;
}

/** The moments of the batches of all ranks, which may be of different sizes, or empty. */
function momentsOfAll(x: Tensor, group: ProcessGroup): Moments {
  const channels = x.size(1);
  const count = x.numel() / channels;
  const mean = count === 0 ? x.new_zeros([channels]) : x.mean(others(x));
  const squares = x.sub(along(mean, x)).square().sum(others(x));
  const own = callOperator<Tensor>('cat', [mean, squares, mean.new_full([1], count)], 0).unsqueeze(0);
  const all = own.new_empty([group.size(), own.numel()]);
  all_gather_into_tensor(all, own, group);

  const [means, sums, counts] = all.split([channels, channels, 1], 1) as [Tensor, Tensor, Tensor];
  const total = counts.sum();
  const joint = means.mul(counts).sum(0).div(total);
  const between = means.sub(joint).square().mul(counts).sum(0);
  return { count: total.item(), mean: joint, squares: sums.sum(0).add(between) };
}

type Context = FunctionCtx & { group: ProcessGroup; count: number; dtypes: readonly (Tensor['dtype'] | null)[] };

/** Normalises by the batches of all ranks; the gradient of an input counts what it changed on the others. */
class Normalise extends Function {
  static override forward(
    ctx: Context,
    input: Tensor,
    weight: Tensor | null,
    bias: Tensor | null,
    moments: Moments,
    eps: number,
    group: ProcessGroup,
  ): Tensor {
    const x = wide(input);
    const { count, mean } = moments;
    const scale = moments.squares.div(count).add(eps).rsqrt();
    ctx.group = group;
    ctx.count = count;
    ctx.dtypes = [input, weight, bias].map((each) => each?.dtype ?? null);
    ctx.save_for_backward(x, weight, mean, scale);
    const normal = x.sub(along(mean, x)).mul(along(scale, x));
    const scaled = weight === null ? normal : normal.mul(along(weight, x));
    return (bias === null ? scaled : scaled.add(along(bias, x))).to(input.dtype);
  }

  static override backward = once_differentiable((ctx: Context, gradient: Tensor): (Tensor | null)[] => {
    const [x, weight, mean, scale] = ctx.saved_tensors as [Tensor, Tensor | null, Tensor, Tensor];
    const grad = wide(gradient);
    const beside = x.sub(along(mean, x));
    const sum = grad.sum(others(x));
    const dot = grad.mul(beside).sum(others(x));
    const [inputType, weightType, biasType] = ctx.dtypes;
    const given = (channels: Tensor, dtype: Tensor['dtype'] | null | undefined) =>
      dtype == null ? null : channels.to(dtype);
    const ofWeight = given(dot.mul(scale), weightType);
    const ofBias = given(sum, biasType);

    const sums = callOperator<Tensor>('stack', [sum, dot]);
    all_reduce({ tensor: sums, group: ctx.group });
    const [meanGrad, meanDot] = sums.div(ctx.count).unbind(0) as [Tensor, Tensor];
    const factor = weight === null ? scale : scale.mul(weight);
    const ofInput = grad
      .sub(along(meanGrad, x))
      .sub(beside.mul(along(meanDot.mul(scale.square()), x)))
      .mul(along(factor, x));
    return [ofInput.to(inputType!), ofWeight, ofBias, null, null, null];
  });
}

/**
 * Batch normalisation of (N, C, *) over the batches of all processes of a group while training; it takes its own batch
 * without a group, or in a group of one. On the CPU too, where PyTorch refuses.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.SyncBatchNorm.html
 * @throws RangeError for an input of one dimension, without channels, or with one element of each channel in all
 */
export class SyncBatchNorm extends _BatchNorm {
  process_group: ProcessGroup | null;

  constructor(...args: signatures.SyncBatchNormArgs) {
    const { process_group, ...options } = signatures.SyncBatchNorm.read(args);
    super(options);
    this.process_group = process_group;
  }

  override _check_input_dim(input: Tensor): void {
    const ndim = input.dim();
    if (ndim < 2) throw new RangeError(`expected at least 2D input (got ${ndim}D input)`);
    if (input.size(1) === 0) throw new RangeError('SyncBatchNorm number of input channels should be non-zero');
  }

  override forward(input: Tensor): Tensor {
    const group = this.training && isInitialized() ? groupOrWorld(this.process_group) : null;
    if (group === null || group.size() === 1) return super.forward(input);
    this._check_input_dim(input);
    const momentum = this.countBatch();
    const moments = momentsOfAll(wide(input.detach()), group);
    if (moments.count <= 1) {
      throw new RangeError(`Expected more than 1 value per channel when training, got input size ${input.shape}`);
    }
    if (this.track_running_stats) this.follow(moments, momentum);
    return Normalise.apply(input, this.weight, this.bias, moments, this.eps, group) as Tensor;
  }

  /** Moves the running statistics towards those of the batches. */
  private follow({ count, mean, squares }: Moments, momentum: number): void {
    const { running_mean, running_var } = this;
    running_mean?.mul_(1 - momentum).add_(mean, { alpha: momentum });
    running_var?.mul_(1 - momentum).add_(squares.div(count - 1), { alpha: momentum });
  }

  /** Replaces every batch normalisation inside by one of this kind, with the same tensors. */
  static convert_sync_batchnorm(module: Module, process_group: ProcessGroup | null = null): Module {
    let converted = module;
    if (module instanceof _BatchNorm) {
      const { num_features, eps, momentum, affine, track_running_stats } = module;
      const bias = module.bias !== null;
      const sync = new SyncBatchNorm({ num_features, eps, momentum, affine, track_running_stats, process_group, bias });
      if (affine) {
        sync.weight = module.weight;
        sync.bias = module.bias;
      }
      sync.running_mean = module.running_mean;
      sync.running_var = module.running_var;
      sync.num_batches_tracked = module.num_batches_tracked;
      sync.training = module.training;
      converted = sync;
    }
    for (const [name, child] of module.named_children()) {
      if (isModule(child)) converted.add_module(name, SyncBatchNorm.convert_sync_batchnorm(child, process_group));
    }
    return converted;
  }
}
