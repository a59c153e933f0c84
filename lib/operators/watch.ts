/** Looking at every operator that is called, before it runs: what Python does with dispatch modes. */

/** What a watcher is told of an operator. */
export interface WatchedOperator {
  readonly name: string;
  /** The places of the arguments that it writes to. */
  readonly written: readonly number[];
}

/** Is told of an operator and its arguments in the schema's order. */
export type Watcher = (operator: WatchedOperator, values: readonly unknown[]) => void;

const watchers: Watcher[] = [];

/** Whether anybody watches, looked at in each call; and who is told of changes by native code that is no operator. */
export const watching: { active: boolean; writes: ((tensors: readonly unknown[]) => void) | null } = {
  active: false,
  writes: null,
};

/** Tells `watcher` of each call until the function that comes back is called. */
export function watchOperators(watcher: Watcher): () => void {
  watchers.push(watcher);
  watching.active = true;
  return () => {
    watchers.splice(watchers.lastIndexOf(watcher), 1);
    watching.active = watchers.length > 0;
  };
}

/** Nobody is told of what a watcher calls itself. */
export function tellWatchers(operator: WatchedOperator, values: readonly unknown[]): void {
  watching.active = false;
  try {
    for (const watcher of [...watchers]) watcher(operator, values);
  } finally {
    watching.active = watchers.length > 0;
  }
}
