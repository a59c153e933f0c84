/** Tensors that share memory, which the format has no way to say. */

import { layouts } from '../base/types';
import { call, native } from '../face/tensors';
import type { Tensor } from '../tensor/tensor';

export type Tensors = Readonly<Record<string, Tensor>>;

interface Area {
  name: string;
  begin: number;
  end: number;
  isComplete: boolean;
}

function areaOf(name: string, x: Tensor): { storage: string; area: Area } | undefined {
  if (x.is_meta || x.layout !== layouts.strided) return undefined;
  const [begin, , address, bytes] = call(native.tensor_storage, x);
  if (address === 0 || bytes === 0) return undefined;
  const area = { name, begin, end: begin + x.nbytes, isComplete: begin === address && x.nbytes === bytes };
  return { storage: `${x.device} ${address}`, area };
}

/** Groups of tensors whose memory overlaps. */
function sharedAreas(tensors: Tensors): Area[][] {
  const storages = new Map<string, Area[]>();
  for (const [name, x] of Object.entries(tensors)) {
    const found = areaOf(name, x);
    if (found === undefined) continue;
    const areas = storages.get(found.storage);
    if (areas === undefined) storages.set(found.storage, [found.area]);
    else areas.push(found.area);
  }
  return [...storages.values()].flatMap(overlapping).filter((group) => group.length > 1);
}

function overlapping(areas: Area[]): Area[][] {
  const groups: Area[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const area of areas.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (area.begin >= end) groups.push([]);
    groups[groups.length - 1]!.push(area);
    end = Math.max(end, area.end);
  }
  return groups;
}

/** The names in each group of tensors that share memory. */
export function sharedNames(tensors: Tensors): string[][] {
  return sharedAreas(tensors).map((group) => group.map(({ name }) => name));
}

/**
 * Which names to leave out, each with the name of the tensor that has all of its memory.
 * @throws Error when no tensor of a group has all
 */
export function duplicates(tensors: Tensors, preferred: readonly string[] = []): Map<string, string> {
  const left = new Map<string, string>();
  for (const group of sharedAreas(tensors)) {
    const complete = group.filter(({ isComplete }) => isComplete).map(({ name }) => name);
    const kept = complete.filter((name) => preferred.includes(name)).sort()[0] ?? complete.sort()[0];
    if (kept === undefined) {
      const names = group.map(({ name }) => `'${name}'`).join(', ');
      throw new Error(
        `Error while trying to find names to remove to save state dict, but found no suitable name to keep for saving amongst: ${names}. None is covering the entire storage.`,
      );
    }
    for (const { name } of group) if (name !== kept) left.set(name, kept);
  }
  return left;
}
