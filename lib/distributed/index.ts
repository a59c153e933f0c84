/**
 * torch.distributed: several processes, on one machine or many, that exchange tensors by libtorch's own engine over gloo.
 * https://docs.pytorch.org/docs/2.13/distributed.html
 */
import * as signatures from './generated/distributed';
import { isInitialized, NON_GROUP_MEMBER, type ProcessGroup, theWorld } from './group';
import { takesComplex } from './reduce_op';

export { DistBackendError, DistError, DistNetworkError, DistStoreError, QueueEmptyError } from '../base/errors';
export * as algorithms from './algorithms';
export { barrier, monitored_barrier } from './barriers';
export type { Begun } from './collective';
export {
  all_gather,
  all_gather_into_tensor,
  all_gather_single,
  all_to_all,
  all_to_all_single,
  broadcast,
  gather,
  scatter,
} from './exchanges';
export { type CommHook, GradBucket } from './grad_bucket';
export { ProcessGroup } from './group';
export {
  all_gather_object,
  broadcast_object_list,
  gather_object,
  recv_object_list,
  scatter_object_list,
  send_object_list,
} from './objects';
export { batch_isend_irecv, irecv, isend, P2POp, type PointToPoint, recv, send } from './point_to_point';
export { ReduceOp } from './reduce_op';
export {
  all_reduce,
  all_reduce_coalesced,
  reduce,
  reduce_scatter,
  reduce_scatter_single,
  reduce_scatter_tensor,
} from './reductions';
export { type Rendezvous, type RendezvousHandler, register_rendezvous_handler, rendezvous } from './rendezvous';
export {
  destroy_process_group,
  get_backend,
  get_backend_config,
  get_default_backend_for_device,
  get_global_rank,
  get_group_rank,
  get_node_local_rank,
  get_pg_count,
  get_process_group_ranks,
  get_rank,
  get_world_size,
  init_process_group,
  is_available,
  is_backend_available,
  is_gloo_available,
  is_initialized,
  is_mpi_available,
  is_nccl_available,
  is_torchelastic_launched,
  is_ucc_available,
  is_xccl_available,
} from './session';
export { FileStore, HashStore, PrefixStore, Store, TCPStore } from './store';
export { new_group, new_subgroups, new_subgroups_by_enumeration } from './subgroups';
export { default_pg_timeout } from './timeout';
export { Future, Work } from './work';

/** The default group, and what stands for a group that this process is no member of. */
export const GroupMember = {
  NON_GROUP_MEMBER,
  /** Null before init_process_group. */
  get WORLD(): ProcessGroup | null {
    return isInitialized() ? theWorld().group : null;
  },
};

/** The default group: `group.WORLD`. */
export const group = GroupMember;

/** Hooks that libtorch has itself, for `_register_builtin_comm_hook`. */
export const BuiltinCommHookType = { ALLREDUCE: 1, FP16_COMPRESS: 2 } as const;

/** Whether complex numbers can be combined so. */
export function supports_complex(...args: signatures.SupportsComplexArgs): boolean {
  const [reduceOp] = signatures.supports_complex.list(args);
  return takesComplex(reduceOp);
}
