/** Process groups, and what this process knows of them. */
import { inspect } from 'node:util';
import { warn } from '../base/errors';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { NativePart } from '../native/part';
import type { Store } from './store';
import { milliseconds } from './timeout';

/** How a group is made. */
export interface GroupOptions {
  readonly store: Store;
  readonly name: string;
  readonly description: string;
  readonly rank: number;
  readonly timeout: number;
  /** The global rank of each member. */
  readonly ranks: readonly number[];
  readonly isDefault: boolean;
  /** Its sockets listen on loopback. */
  readonly onLoopback: boolean;
}

/**
 * This rank's end of a group, connected to the others' by gloo.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.new_group
 */
export class ProcessGroup {
  readonly group_name: string;
  readonly group_desc: string;
  /** @internal none of one that this process is no member of */
  readonly _part: NativePart | null;
  /** @internal the global rank of each member */
  readonly _ranks: readonly number[];
  readonly #rank: number;

  /** @internal */
  constructor(part: NativePart | null, name: string, description: string, rank: number, ranks: readonly number[]) {
    this._part = part;
    this.group_name = name;
    this.group_desc = description;
    this.#rank = rank;
    this._ranks = ranks;
  }

  /** Which one of the group's ranks this is. */
  rank(): number {
    return this.#rank;
  }

  /** How many there are. */
  size(): number {
    return this._ranks.length;
  }

  /** The engine's name. */
  name(): string {
    return 'gloo';
  }

  /** Seconds that its collectives wait from now on. */
  set_timeout(timeout: number): void {
    call(native.group_set_timeout, connected(this), milliseconds(timeout));
  }

  [inspect.custom](): string {
    if (this._part === null) return 'GroupMember.NON_GROUP_MEMBER';
    return `ProcessGroup { name: '${this.group_name}', rank: ${this.rank()}, size: ${this.size()} }`;
  }
}

/** What stands for a group that this process is no member of. */
export const NON_GROUP_MEMBER = new ProcessGroup(null, '', '', -1, []);

/** The native group. @throws RangeError for one that this process is no member of */
export function connected(group: ProcessGroup): NativePart {
  if (group._part === null) throw new RangeError('Invalid process group specified');
  return group._part;
}

/** Connects the ranks: all members call it. */
export function connect(options: GroupOptions): ProcessGroup {
  const { store, name, description, rank, timeout, ranks, isDefault, onLoopback } = options;
  const part = call(
    native.group_make,
    store._part,
    name,
    description,
    rank,
    ranks.length,
    milliseconds(timeout),
    isDefault ? [] : ranks,
    onLoopback,
  );
  return new ProcessGroup(part, name, description, rank, ranks);
}

/** The default group's store, and how sockets of its groups are bound. */
interface World {
  readonly group: ProcessGroup;
  readonly store: Store;
  readonly onLoopback: boolean;
  readonly groups: Set<ProcessGroup>;
}

let world: World | null = null;
/** Names count from 0 up, on every rank alike. */
let count = 0;

export const nextName = (): string => String(count++);

export function setWorld(group: ProcessGroup, store: Store, onLoopback: boolean): void {
  world = { group, store, onLoopback, groups: new Set([group]) };
}

export const isInitialized = (): boolean => world !== null;

/** @throws RangeError before init_process_group */
export function theWorld(): World {
  if (world !== null) return world;
  throw new RangeError('Default process group has not been initialized, please make sure to call init_process_group.');
}

/** The group, or the default one. @throws RangeError before init_process_group */
export function groupOrWorld(group: ProcessGroup | null): ProcessGroup {
  return group ?? theWorld().group;
}

/** Whether this process is no member; before init_process_group it is an error of whoever uses the group. */
export const isOutside = (group: ProcessGroup | null): boolean => group === NON_GROUP_MEMBER;

/** The group for a collective; null, with a warning, where this process is no member. */
export function memberGroup(group: ProcessGroup | null, operation: string): ProcessGroup | null {
  const found = groupOrWorld(group);
  if (!isOutside(found)) return found;
  warn(`Running ${operation} on global rank ${theWorld().group.rank()} which does not belong to the given group.`);
  return null;
}

/** Ends one group, or, with the default one, all. @throws RangeError for one that was ended */
export function endGroup(group: ProcessGroup | null): void {
  const { groups, group: root } = theWorld();
  const ended = group ?? root;
  if (!groups.has(ended)) throw new RangeError('Invalid process group specified');
  if (ended !== root) {
    groups.delete(ended);
    call(native.group_close, connected(ended));
    return;
  }
  for (const each of [...groups].reverse()) call(native.group_close, connected(each));
  world = null;
  count = 0;
}

/** How many groups this process is a member of. */
export const countGroups = (): number => world?.groups.size ?? 0;

// ---- ranks

/** The rank in the group. @throws RangeError for one that is no member */
export function groupRankOf(group: ProcessGroup, globalRank: number): number {
  if (group === world?.group) return globalRank;
  const rank = group._ranks.indexOf(globalRank);
  if (rank < 0) throw new RangeError(`Global rank ${globalRank} is not part of group ${inspect(group)}`);
  return rank;
}

/** The rank among all. @throws RangeError for one that the group does not have */
export function globalRankOf(group: ProcessGroup, groupRank: number): number {
  const rank = group._ranks[groupRank];
  if (rank === undefined) throw new RangeError(`Group rank ${groupRank} is not part of group ${inspect(group)}`);
  return rank;
}

/** A rank that is given among all or in the group, as one in the group. @throws RangeError for neither, or both */
export function rankIn(group: ProcessGroup, globalRank: number | null, groupRank: number | null): number {
  if (groupRank === null) {
    if (globalRank === null) throw new RangeError('Must specify global_rank or group_rank');
    return groupRankOf(group, globalRank);
  }
  if (globalRank !== null) throw new RangeError("Can't specify both group_rank and global_rank");
  return groupRank;
}
