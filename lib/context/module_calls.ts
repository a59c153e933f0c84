/** Who wants to know of each call of a module: traces, profiles, counters. It lies low, since modules look here. */

/** Runs a module's forward, with what is to be done before and after. */
export type AroundCall = (module: object, forward: () => unknown, args: readonly unknown[]) => unknown;

const watchers: AroundCall[] = [];

/** What runs each forward; null when nobody looks. */
export const moduleCalls: { around: AroundCall | null } = { around: null };

function inside(outer: AroundCall | null, watcher: AroundCall): AroundCall {
  if (outer === null) return watcher;
  return (module, forward, args) => outer(module, () => watcher(module, forward, args), args);
}

/** Has a watcher run the forwards of this thread's modules, inside of the earlier ones; the result ends it. */
export function watchModuleCalls(watcher: AroundCall): () => void {
  watchers.push(watcher);
  moduleCalls.around = watchers.reduce(inside, null as AroundCall | null);
  return () => {
    const at = watchers.lastIndexOf(watcher);
    if (at >= 0) watchers.splice(at, 1);
    moduleCalls.around = watchers.reduce(inside, null as AroundCall | null);
  };
}
