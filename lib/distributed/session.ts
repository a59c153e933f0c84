/** Joining the processes, and leaving them. */
import { TorchError } from '../base/errors';
import * as signatures from './generated/distributed';
import {
  connect,
  countGroups,
  endGroup,
  globalRankOf,
  groupOrWorld,
  groupRankOf,
  isInitialized,
  isOutside,
  nextName,
  type ProcessGroup,
  setWorld,
} from './group';
import { rendezvous } from './rendezvous';
import { FileStore, HashStore, PrefixStore, type Store, TCPStore } from './store';
import { default_pg_timeout } from './timeout';

/** Whether the package was built with it: always. */
export const is_available = (): boolean => true;

/** Whether init_process_group was called. */
export const is_initialized = (): boolean => isInitialized();

/** The names of backends that PyTorch knows and that are not here. */
const absent = ['nccl', 'mpi', 'ucc', 'xccl'];

/** @throws TorchError, RangeError for a backend other than gloo */
function requireGloo(backend: string | null): void {
  const wanted = (backend ?? 'gloo').toLowerCase();
  for (const each of wanted.split(',')) {
    const name = each.includes(':') ? each.slice(each.indexOf(':') + 1) : each;
    if (name === 'gloo' || name === 'undefined') continue;
    if (absent.includes(name)) {
      throw new TorchError(`Distributed package doesn't have ${name.toUpperCase()} built in`);
    }
    throw new RangeError(`Invalid backend: '${backend}': there is 'gloo'`);
  }
}

/** Whether ranks that meet there are all on this machine. */
function isLocal(store: Store): boolean {
  if (store instanceof PrefixStore) return isLocal(store.underlying_store);
  if (store instanceof TCPStore) return /^(localhost|::1|127\..*)$/.test(store.host);
  return store instanceof FileStore || store instanceof HashStore;
}

interface Meeting {
  readonly store: Store;
  readonly rank: number;
  readonly world_size: number;
}

/** @throws AssertionError, RangeError */
function meet(
  given: Store | null,
  init_method: string | null,
  rank: number,
  world_size: number,
  timeout: number,
): Meeting {
  if (given !== null) {
    if (init_method !== null) throw new RangeError('Cannot specify both init_method and store.');
    if (world_size <= 0) throw new RangeError('world_size must be positive if using store');
    if (rank < 0) throw new RangeError('rank must be non-negative if using store');
    return { store: given, rank, world_size };
  }
  const found = rendezvous(init_method ?? 'env://', rank, world_size, { timeout });
  found.store.set_timeout(timeout);
  return found;
}

/** Waits in the store for all ranks, as Python's ranks do when the environment asks for it. */
function barrierIn(store: Store, name: string, worldSize: number, timeout: number): void {
  const key = `store_based_barrier_key:${name}`;
  const count = store.add(key, 1);
  const last = `${key}:last_worker:0`;
  if (count === worldSize) store.set(last, '1');
  store.wait([last], timeout);
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/**
 * Joins the processes of a job: all ranks call it, and it waits for them. Where they meet: `env://` (the default) reads
 * RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT as a launcher sets them; `tcp://host:port` and `file://path` want `rank` and
 * `world_size`, as a `store` does. Timeouts are seconds. Python's processes can be ranks too.
 *
 * Who reaches the port can read and write everything: it belongs in a private network. Where the address is loopback,
 * nothing listens elsewhere.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.init_process_group
 * @throws RangeError when called twice, or for what the environment lacks
 * @throws DistNetworkError, DistStoreError when ranks do not come in time
 */
export function init_process_group(...args: signatures.InitProcessGroupArgs): void {
  const given = signatures.init_process_group.read(args);
  if (isInitialized()) throw new RangeError('trying to initialize the default process group twice!');
  requireGloo(given.backend);
  const timeout = given.timeout ?? default_pg_timeout;
  const { store: root, rank, world_size } = meet(given.store, given.init_method, given.rank, given.world_size, timeout);
  if (!(rank >= 0 && rank < world_size)) {
    throw new RangeError(`rank ${rank} must be one of the ${world_size} that world_size says there are`);
  }
  const store = new PrefixStore('default_pg', root);
  const onLoopback = isLocal(root);
  const ranks = range(world_size);
  const name = nextName();
  const description = 'default_pg';
  const group = connect({ store, name, description, rank, timeout, ranks, isDefault: true, onLoopback });
  setWorld(group, store, onLoopback);
  if (process.env.TORCH_DIST_INIT_BARRIER === '1') barrierIn(store, name, world_size, timeout);
}

/**
 * Leaves a group; without one, all groups. The process can join others afterwards.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.destroy_process_group
 */
export function destroy_process_group(...args: signatures.DestroyProcessGroupArgs): void {
  const [group] = signatures.destroy_process_group.list(args);
  if (group !== null && isOutside(group)) return;
  endGroup(group);
}

/**
 * Which rank this process is; -1 where it is no member.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.get_rank
 */
export function get_rank(...args: signatures.GetRankArgs): number {
  const [group] = signatures.get_rank.list(args);
  return groupOrWorld(group).rank();
}

/**
 * How many ranks there are; -1 where this process is no member.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.get_world_size
 */
export function get_world_size(...args: signatures.GetWorldSizeArgs): number {
  const [group] = signatures.get_world_size.list(args);
  const found = groupOrWorld(group);
  return isOutside(found) ? -1 : found.size();
}

/** How the ranks talk: 'gloo'. */
export function get_backend(...args: signatures.GetBackendArgs): string {
  const [group] = signatures.get_backend.list(args);
  const found = groupOrWorld(group);
  if (isOutside(found)) throw new RangeError('Invalid process group specified');
  return found.name();
}

/** The same for each type of device. */
export function get_backend_config(...args: signatures.GetBackendConfigArgs): string {
  const [group] = signatures.get_backend_config.list(args);
  return get_backend(group) === 'gloo' ? 'cpu:gloo,cuda:gloo' : '';
}

/** The backend for tensors of a device. */
export function get_default_backend_for_device(...args: signatures.GetDefaultBackendForDeviceArgs): string {
  const [device] = signatures.get_default_backend_for_device.list(args);
  const type = String(device).split(':')[0]!;
  if (type !== 'cpu') throw new RangeError(`Default backend not registered for device : ${device}`);
  return 'gloo';
}

/** Whether there is gloo: always. */
export const is_gloo_available = (): boolean => true;
/** Whether there is NCCL: not yet. */
export const is_nccl_available = (): boolean => false;
/** Whether there is MPI: never. */
export const is_mpi_available = (): boolean => false;
/** Whether there is UCC: never. */
export const is_ucc_available = (): boolean => false;
/** Whether there is XCCL: never. */
export const is_xccl_available = (): boolean => false;

/** Whether there is a backend of this name. */
export function is_backend_available(...args: signatures.IsBackendAvailableArgs): boolean {
  const [backend] = signatures.is_backend_available.list(args);
  return String(backend).toLowerCase() === 'gloo';
}

/** Whether `torchrun` or `tsorch run` started this process. */
export const is_torchelastic_launched = (): boolean => process.env.TORCHELASTIC_RUN_ID !== undefined;

/**
 * Which process of its machine this is, as the launcher says.
 * @throws TorchError where none says, and there is no fallback
 */
export function get_node_local_rank(...args: signatures.GetNodeLocalRankArgs): number {
  const [fallback] = signatures.get_node_local_rank.list(args);
  const told = process.env.LOCAL_RANK;
  if (told !== undefined) return Number(told);
  if (fallback !== null) return fallback;
  throw new TorchError(
    'LOCAL_RANK is not in the environment. Consider passing fallback_rank to allow `get_node_local_rank` to work, assuming you are not running in a multi-device context and want the code to run locally instead.',
  );
}

/** The rank in a group of a rank among all. @throws RangeError for one that is no member */
export function get_group_rank(...args: signatures.GetGroupRankArgs): number {
  const [group, global_rank] = signatures.get_group_rank.list(args);
  return groupRankOf(group, global_rank);
}

/** The rank among all of a rank in a group. @throws RangeError for one that the group does not have */
export function get_global_rank(...args: signatures.GetGlobalRankArgs): number {
  const [group, group_rank] = signatures.get_global_rank.list(args);
  return globalRankOf(group, group_rank);
}

/** The ranks among all of a group's members. */
export function get_process_group_ranks(...args: signatures.GetProcessGroupRanksArgs): number[] {
  const [group] = signatures.get_process_group_ranks.list(args);
  return [...groupOrWorld(group as ProcessGroup | null)._ranks];
}

/** How many groups this process is in. */
export const get_pg_count = (): number => countGroups();
