/** Ways to exchange gradients. https://docs.pytorch.org/docs/2.13/ddp_comm_hooks.html#default-communication-hooks */
import { type DType, dtypes } from '../../../base/types';
import type { Tensor } from '../../../tensor/tensor';
import type { CommHook, GradBucket } from '../../grad_bucket';
import { groupOrWorld, type ProcessGroup } from '../../group';
import { all_reduce } from '../../reductions';
import type { Future } from '../../work';

/** The mean of all ranks' tensors. */
function mean(group: ProcessGroup | null, tensor: Tensor): Future<Tensor> {
  const ranks = groupOrWorld(group);
  tensor.div_(ranks.size());
  const work = all_reduce(tensor, { group: ranks, async_op: true });
  return work.get_future().then((future) => future.value()[0]!);
}

/** Averages gradients, as without a hook. The state is the group: all ranks when null. */
export function allreduce_hook(group: ProcessGroup | null, bucket: GradBucket): Future<Tensor> {
  return mean(group, bucket.buffer());
}

/** Gradients travel in another dtype, half as long. */
function compressed(group: ProcessGroup | null, bucket: GradBucket, dtype: DType): Future<Tensor> {
  const buffer = bucket.buffer();
  return mean(group, buffer.to(dtype)).then((future) => buffer.copy_(future.value()));
}

/** Gradients travel as float16. The state is the group: all ranks when null. */
export function fp16_compress_hook(group: ProcessGroup | null, bucket: GradBucket): Future<Tensor> {
  return compressed(group, bucket, dtypes.float16);
}

/** Gradients travel as bfloat16. The state is the group: all ranks when null. */
export function bf16_compress_hook(group: ProcessGroup | null, bucket: GradBucket): Future<Tensor> {
  return compressed(group, bucket, dtypes.bfloat16);
}

/** Another hook, whose bucket is of another dtype. */
function wrapped<State>(hook: CommHook<State>, dtype: DType): CommHook<State> {
  return (state, bucket: GradBucket) => {
    const buffer = bucket.buffer();
    return hook(state, bucket._withBuffer(buffer.to(dtype))).then((future) => buffer.copy_(future.value()));
  };
}

/** A hook whose gradients travel as float16. */
export const fp16_compress_wrapper = <State>(hook: CommHook<State>): CommHook<State> => wrapped(hook, dtypes.float16);
/** A hook whose gradients travel as bfloat16. */
export const bf16_compress_wrapper = <State>(hook: CommHook<State>): CommHook<State> => wrapped(hook, dtypes.bfloat16);
