/** Groups of some of the ranks. */
import { createHash } from 'node:crypto';
import * as signatures from './generated/distributed';
import { connect, countGroups, NON_GROUP_MEMBER, nextName, type ProcessGroup, theWorld } from './group';
import { get_process_group_ranks, get_rank, get_world_size } from './session';
import { default_pg_timeout } from './timeout';

/** The members in the group's order. @throws RangeError for ranks that there are not, or twice */
function membersOf(ranks: readonly number[] | null, sorts: boolean, worldSize: number): readonly number[] {
  if (ranks === null) return get_process_group_ranks(null);
  const members = sorts ? [...ranks].sort((a, b) => a - b) : [...ranks];
  if (new Set(members).size !== members.length) {
    throw new RangeError(`ranks list must not contain duplicate entries, got [${members.join(', ')}]`);
  }
  for (const rank of members) {
    if (rank >= 0 && rank < worldSize) continue;
    const valid = `Valid ranks are 0 to ${worldSize - 1} (world_size=${worldSize})`;
    throw new RangeError(`Rank ${rank} is out of range. ${valid}`);
  }
  return members;
}

/** A name that members find without the others. */
function nameOf(ranks: readonly number[]): string {
  const text = `${ranks.join('_')}_${countGroups()}`;
  return createHash('sha1').update(text).digest('hex');
}

/**
 * A group of some ranks. All ranks call it in the same order, members or not, unless `use_local_synchronization`; who is no
 * member gets `GroupMember.NON_GROUP_MEMBER`.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.new_group
 */
export function new_group(...args: signatures.NewGroupArgs): ProcessGroup {
  const { ranks, timeout, group_desc, use_local_synchronization, sort_ranks } = signatures.new_group.read(args);
  const { group: world, store, onLoopback, groups } = theWorld();
  const rank = world.rank();
  if (use_local_synchronization && ranks !== null && !ranks.includes(rank)) return NON_GROUP_MEMBER;
  const members = membersOf(ranks, sort_ranks, world.size());
  const name = use_local_synchronization ? nameOf(members) : nextName();
  if (!members.includes(rank)) return NON_GROUP_MEMBER;
  const group = connect({
    store,
    name,
    description: group_desc ?? 'undefined',
    rank: members.indexOf(rank),
    timeout: timeout ?? default_pg_timeout,
    ranks: members,
    isDefault: false,
    onLoopback,
  });
  groups.add(group);
  return group;
}

/**
 * Groups of these ranks each: the one that this process is in (null if none), and all.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.new_subgroups_by_enumeration
 */
export function new_subgroups_by_enumeration(
  ...args: signatures.NewSubgroupsByEnumerationArgs
): [own: ProcessGroup | null, all: ProcessGroup[]] {
  const [lists, timeout, backend, , group_desc] = signatures.new_subgroups_by_enumeration.list(args);
  if (lists === null || lists.length === 0) {
    throw new RangeError("The arg 'ranks_per_subgroup_list' cannot be empty");
  }
  const seen = new Map<number, readonly number[]>();
  let own: ProcessGroup | null = null;
  const all = lists.map((ranks) => {
    const group = new_group(ranks, { timeout, backend, group_desc });
    for (const rank of ranks) {
      const other = seen.get(rank);
      if (other !== undefined) {
        throw new RangeError(
          `Rank ${rank} has appeared in both subgroup [${other.join(', ')}] and [${ranks.join(', ')}]`,
        );
      }
      seen.set(rank, ranks);
    }
    if (ranks.includes(get_rank())) own = group;
    return group;
  });
  return [own, all];
}

/**
 * Groups of so many ranks in turn: the one that this process is in, and all.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.new_subgroups
 */
export function new_subgroups(...args: signatures.NewSubgroupsArgs): [own: ProcessGroup | null, all: ProcessGroup[]] {
  const [size, group, timeout, backend, , group_desc] = signatures.new_subgroups.list(args);
  const worldSize = get_world_size(group);
  if (size === null) throw new RangeError("pass in 'group_size': a default is for groups of CUDA devices");
  if (size <= 0) throw new RangeError(`The arg 'group_size' (${size}) must be positive`);
  if (worldSize < size) {
    throw new RangeError(`The arg 'group_size' (${size}) must not exceed the world size (${worldSize})`);
  }
  if (worldSize % size !== 0) {
    throw new RangeError(`The world size (${worldSize}) must be divisible by 'group_size=${size}'`);
  }
  const ranks = get_process_group_ranks(group);
  const lists = Array.from({ length: worldSize / size }, (_, i) => ranks.slice(i * size, (i + 1) * size));
  return new_subgroups_by_enumeration(lists, { timeout, backend, group_desc });
}
