/** Calling a module: its forward, with its hooks around it. */
import type { Signature } from '../../arguments/signature';
import { TorchError } from '../../base/errors';
import { moduleCalls } from '../../context/module_calls';
import { isList, isOptions } from '../../native/kinds';
import { NativeObject } from '../../native/object';
import { BackwardCall, watchLastNode } from './backward_hook';
import type {
  AnyModule,
  BackwardHook,
  BackwardPreHook,
  Keywords,
  LoadStatePostHook,
  LoadStatePreHook,
  StateHook,
  StatePreHook,
} from './contract';
import { anyHooks, Hooks } from './hooks';

type AnyHook = (...args: unknown[]) => unknown;

interface ForwardEntry {
  readonly hook: AnyHook;
  readonly withKeywords: boolean;
  /** Runs although forward threw. */
  readonly always: boolean;
}

const hookKinds = [
  'forwardPre',
  'forward',
  'backwardPre',
  'backward',
  'lastNode',
  'statePre',
  'state',
  'loadStatePre',
  'loadStatePost',
] as const;

/** All hooks of one module. */
export class ModuleHooks<M extends AnyModule = AnyModule> {
  readonly forwardPre = new Hooks<ForwardEntry>();
  readonly forward = new Hooks<ForwardEntry>();
  readonly backwardPre = new Hooks<BackwardPreHook<M>>();
  readonly backward = new Hooks<BackwardHook<M>>();
  /** The deprecated kind, which sees one node of the graph only. */
  readonly lastNode = new Hooks<BackwardHook<M>>();
  readonly statePre = new Hooks<StatePreHook<M>>();
  readonly state = new Hooks<{ hook: StateHook<M>; replaces: boolean }>();
  readonly loadStatePre = new Hooks<{ hook: LoadStatePreHook<M>; withModule: boolean }>();
  readonly loadStatePost = new Hooks<LoadStatePostHook<M>>();

  /** Takes over the hooks of another module. */
  adopt(other: ModuleHooks): void {
    for (const kind of hookKinds) {
      for (const [id, hook] of other[kind]) (this[kind] as Hooks<unknown>).set(id, hook);
    }
  }

  /** Whether there are none, of any kind. */
  get isEmpty(): boolean {
    return hookKinds.every((kind) => this[kind].size === 0);
  }

  /** Whether a call must look at hooks at all. */
  get any(): boolean {
    const backward = this.backwardPre.size + this.backward.size + this.lastNode.size;
    return this.forwardPre.size + this.forward.size + backward > 0;
  }
}

/** The hooks that run for every module. */
export const globalHooks = new ModuleHooks();

/** The forwards whose arguments are checked, and may be given by name. One that a subclass writes anew is not meant. */
export const forwardSignatures = new WeakMap<object, Signature<object>>();

/**
 * Puts arguments given by name in their places.
 * @throws TypeError in Python's words for missing and extra ones
 */
function inOrder(module: AnyModule, forward: Forward, args: readonly unknown[]): readonly unknown[] {
  return forwardSignatures.get(forward)?.ordered(args, module._get_name()) ?? args;
}

export type Forward = AnyModule['forward'];

/** What a call needs of a module. */
interface Called {
  readonly module: AnyModule;
  readonly hooks: ModuleHooks;
  readonly forward: Forward;
  /** Whether that takes no more than one argument. */
  readonly takesOne: boolean;
}

/** Calls a module. */
export function runForward(called: Called, args: unknown[]): unknown {
  const { around } = moduleCalls;
  return around === null ? runPlain(called, args) : around(called.module, () => runPlain(called, args), args);
}

function runPlain(called: Called, args: unknown[]): unknown {
  const { module, hooks, forward } = called;
  if (anyHooks() && (hooks.any || globalHooks.any)) return new HookedCall(module, hooks, args).run();
  const [first] = args;
  const enough = args.length === 1 && called.takesOne; // without a look at what the forward's parameters are
  if (enough && (first instanceof NativeObject || !isOptions(first))) return forward.call(module, first);
  return forward.apply(module, [...inOrder(module, forward, args)]);
}

/** One call of a module that has hooks. */
class HookedCall {
  private args: unknown[];
  private kwargs: Keywords;
  private output: unknown = null;
  private readonly done = new Set<number>();

  constructor(
    private readonly module: AnyModule,
    private readonly hooks: ModuleHooks,
    args: unknown[],
  ) {
    const last = args[args.length - 1];
    this.kwargs = isOptions(last) ? last : {};
    this.args = isOptions(last) ? args.slice(0, -1) : args;
  }

  run(): unknown {
    try {
      return this.forward();
    } catch (error) {
      this.runAlways();
      throw error;
    }
  }

  private forward(): unknown {
    for (const entry of [...globalHooks.forwardPre.values(), ...this.hooks.forwardPre.values()]) this.before(entry);
    const backward = this.backwardCall();
    if (backward !== null) this.args = backward.watchInputs(this.args);
    const keywords = Object.keys(this.kwargs).length > 0 ? [this.kwargs] : [];
    const { forward } = this.module;
    this.output = forward.apply(this.module, [...inOrder(this.module, forward, [...this.args, ...keywords])]);
    for (const [id, entry] of [...globalHooks.forward, ...this.hooks.forward]) {
      this.done.add(id);
      this.output = this.after(entry, this.output) ?? this.output;
    }
    if (backward !== null) this.output = backward.watchOutput(this.output);
    const lastNode = [...globalHooks.lastNode.values(), ...this.hooks.lastNode.values()];
    if (lastNode.length > 0) watchLastNode(this.module, lastNode, this.args, this.output);
    return this.output;
  }

  private backwardCall(): BackwardCall | null {
    const hooks = [...globalHooks.backward.values(), ...this.hooks.backward.values()];
    const preHooks = [...globalHooks.backwardPre.values(), ...this.hooks.backwardPre.values()];
    return hooks.length + preHooks.length > 0 ? new BackwardCall(this.module, hooks, preHooks) : null;
  }

  private before({ hook, withKeywords }: ForwardEntry): void {
    if (!withKeywords) {
      const result = hook(this.module, this.args);
      if (result !== null && result !== undefined) this.args = isList(result) ? result : [result];
      return;
    }
    const result = hook(this.module, this.args, this.kwargs);
    if (result === null || result === undefined) return;
    if (!isList(result) || result.length !== 2) {
      throw new TorchError(
        `forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got ${String(result)}.`,
      );
    }
    [this.args, this.kwargs] = result as [unknown[], Keywords];
  }

  private after({ hook, withKeywords }: ForwardEntry, output: unknown): unknown {
    return withKeywords ? hook(this.module, this.args, this.kwargs, output) : hook(this.module, this.args, output);
  }

  /** Forward threw: the hooks that asked to run anyway do, and what they throw is lost beside the first error. */
  private runAlways(): void {
    for (const [id, entry] of [...globalHooks.forward, ...this.hooks.forward]) {
      if (!entry.always || this.done.has(id)) continue;
      try {
        this.after(entry, this.output);
      } catch (error) {
        process.emitWarning(
          `module forward hook with always_call=True raised an exception that was silenced: ${error}`,
        );
      }
    }
  }
}
