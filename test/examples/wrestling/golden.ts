/** Bouts of the public engine (2022), measured in Python; the file says where they come from. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

type Pair<T> = [T, T];

export interface Step {
  action: Pair<Pair<number>>;
  pos: Pair<Pair<number>>;
  vel: Pair<Pair<number>>;
  theta: Pair<number>;
  energy: Pair<number>;
  reward: Pair<number>;
  done: boolean;
  finished: Pair<boolean>;
}

export interface Trajectory {
  name: string;
  steps: Step[];
  /** By the number of steps before: 40 rows for each side. */
  obs: Record<string, Pair<string[]>>;
}

/** A file of the folder `golden` (which the compiler does not copy). */
export function goldenPath(name: string): string {
  return join(__dirname, '..', '..', '..', '..', 'test', 'examples', 'wrestling', 'golden', name);
}

export function trajectories(): Trajectory[] {
  return JSON.parse(gunzipSync(readFileSync(goldenPath('trajectories.json.gz'))).toString('utf8')).trajectories;
}
