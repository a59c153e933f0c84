/** Hooks that can be found again on a module: by their class and the parameter they work on. */
import type { Module } from '../modules/module';
import { stateOf } from '../modules/registry';

/** Something that runs before a module's forward, for one of its tensors. */
export abstract class TensorHook {
  constructor(
    /** The property of the module. */
    public name: string,
  ) {}

  abstract run(module: Module): void;
}

/** The object behind each hook function. */
const objects = new WeakMap<object, TensorHook>();

/** Runs `hook` before every forward of the module. */
export function attach(module: Module, hook: TensorHook): void {
  const run = (called: Module): null => {
    hook.run(called);
    return null;
  };
  objects.set(run, hook);
  module.register_forward_pre_hook(run);
}

/** The hooks of a class on a module's tensor, with the ids they are registered under. */
export function attached<Hook extends TensorHook>(
  module: Module,
  Class: abstract new (...args: never[]) => Hook,
  name?: string,
): [id: number, hook: Hook][] {
  return [...stateOf(module).hooks.forwardPre]
    .map(([id, entry]): [number, TensorHook | undefined] => [id, objects.get(entry.hook)])
    .filter(
      (pair): pair is [number, Hook] => pair[1] instanceof Class && (name === undefined || pair[1].name === name),
    );
}

/** Takes a hook off. */
export function detach(module: Module, id: number): void {
  stateOf(module).hooks.forwardPre.delete(id);
}
