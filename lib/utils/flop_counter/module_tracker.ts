/** In which modules the program is: in their forward, or in their part of the backward pass. */
import type { RemovableHandle } from '../../autograd/hooks';
import { register_multi_grad_hook } from '../../autograd/multi_grad_hook';
import { watchModuleCalls } from '../../context/module_calls';
import { isList, isOptions } from '../../native/kinds';
import type { Module } from '../../nn';
import { Tensor } from '../../tensor/tensor';

/** What is always there: the program itself. */
export const GLOBAL = 'Global';

export interface Listener {
  /** The modules are about to change. */
  changing(): void;
  /** The first module was entered in a backward pass, which the modules are left at the end of. */
  backwardBegan(): void;
}

function differentiable(value: unknown, found: Tensor[] = []): Tensor[] {
  if (value instanceof Tensor) {
    if (value.requires_grad) found.push(value);
  } else if (isList(value)) for (const each of value) differentiable(each, found);
  else if (isOptions(value)) for (const each of Object.values(value)) differentiable(each, found);
  return found;
}

export class ModuleTracker {
  private readonly parents = new Set([GLOBAL]);
  private readonly names = new WeakMap<object, string>();
  private readonly seen = new WeakSet<object>();
  private hooks: RemovableHandle[] = [];
  private unwatch: (() => void) | null = null;
  private isBackward = false;

  constructor(private readonly listener: Listener) {}

  /** The names of the modules that the program is in. */
  get current(): ReadonlySet<string> {
    return this.parents;
  }

  start(): void {
    this.leaveAll();
    this.unwatch = watchModuleCalls(this.around);
  }

  stop(): void {
    this.unwatch?.();
    this.unwatch = null;
    for (const hook of this.hooks) hook.remove();
    this.hooks = [];
  }

  /** A backward pass has ended. */
  leaveAll(): void {
    this.parents.clear();
    this.parents.add(GLOBAL);
    this.isBackward = false;
  }

  private readonly around = (module: object, forward: () => unknown, args: readonly unknown[]): unknown => {
    const name = this.nameOf(module as Module);
    this.enter(name);
    this.onGradients(args, () => this.leave(name));
    let output: unknown;
    try {
      output = forward();
    } finally {
      this.leave(name);
    }
    this.onGradients(output, () => this.enterBackward(name));
    return output;
  };

  private onGradients(value: unknown, act: () => void): void {
    const tensors = differentiable(value);
    if (tensors.length > 0) this.hooks.push(register_multi_grad_hook(tensors, act));
  }

  private enter(name: string): void {
    this.listener.changing();
    this.parents.add(name);
  }

  private enterBackward(name: string): void {
    if (!this.isBackward) {
      this.isBackward = true;
      this.listener.backwardBegan();
    }
    this.enter(name);
  }

  private leave(name: string): void {
    this.listener.changing();
    this.parents.delete(name);
  }

  /** `Net.layers.0`: the class of the outermost module that was called, and the names of those below. */
  private nameOf(module: Module): string {
    const name = this.names.get(module) ?? module.constructor.name;
    this.names.set(module, name);
    if (this.seen.has(module)) return name;
    this.seen.add(module);
    for (const [child, each] of module.named_children()) {
      this.names.set(each, `${name}.${child}`);
      this.nameOf(each);
    }
    return name;
  }
}
