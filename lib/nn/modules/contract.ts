/** What the parts of Module share: what they need to know of a module, and the types of its hooks and its state. */
import type { Tensor } from '../../tensor/tensor';
import type { IncompatibleKeys } from './incompatible_keys';

/** A module as its parts see it, which lie below the class. */
export interface AnyModule {
  // biome-ignore lint/suspicious/noExplicitAny: the arguments and the result are each subclass's own
  forward(...inputs: any[]): any;
  _get_name(): string;
  /** @internal */
  _child_deleted(): void;
  /** @internal */
  _load_from_state_dict(
    state_dict: Record<string, unknown>,
    prefix: string,
    local_metadata: LocalMetadata,
    strict: boolean,
    missing_keys: string[],
    unexpected_keys: string[],
    error_msgs: string[],
  ): void;
}

/** Tensors by their dotted names, in the order of the modules; and what modules add with `get_extra_state`. */
export type StateDict = Record<string, Tensor>;

/** What a module says about its part of the state: the version of its layout. */
export interface LocalMetadata {
  version?: number;
  assign_to_params_buffers?: boolean;
}

/** Named arguments of a call, Python's `**kwargs`: the plain object that ends it. */
export type Keywords = Record<string, unknown>;

/** Runs before forward; what it returns (a value or a list of them) replaces the arguments. */
export type ForwardPreHook<M extends AnyModule> = (module: M, args: unknown[]) => unknown;
/** With `with_kwargs`: returns null or `[args, kwargs]`. */
export type ForwardPreHookWithKeywords<M extends AnyModule> = (
  module: M,
  args: unknown[],
  kwargs: Keywords,
) => [unknown[], Keywords] | null | undefined;
/** Runs after forward; what it returns replaces the output. */
export type ForwardHook<M extends AnyModule> = (module: M, args: unknown[], output: never) => unknown;
export type ForwardHookWithKeywords<M extends AnyModule> = (
  module: M,
  args: unknown[],
  kwargs: Keywords,
  output: never,
) => unknown;

/** Runs before a state is written. */
export type StatePreHook<M extends AnyModule> = (module: M, prefix: string, keep_vars: boolean) => void;
/** Runs after a state was written. */
export type StateHook<M extends AnyModule> = (
  module: M,
  state_dict: StateDict,
  prefix: string,
  local_metadata: LocalMetadata,
) => unknown;
/** Runs before a module's part of a state is loaded. */
export type LoadStatePreHook<M extends AnyModule> = (
  module: M,
  state_dict: Record<string, unknown>,
  prefix: string,
  local_metadata: LocalMetadata,
  strict: boolean,
  missing_keys: string[],
  unexpected_keys: string[],
  error_msgs: string[],
) => void;
/** Runs after a state was loaded. */
export type LoadStatePostHook<M extends AnyModule> = (module: M, incompatible_keys: IncompatibleKeys) => void;

/** Of each tensor among the inputs or the outputs. */
export type Gradients = (Tensor | null)[];

/** Runs when the gradients of a module's inputs are known; what it returns replaces them. */
export type BackwardHook<M extends AnyModule> = (module: M, grad_input: Gradients, grad_output: Gradients) => unknown;
/** Runs before the backward pass of a module; what it returns replaces the gradients of the outputs. */
export type BackwardPreHook<M extends AnyModule> = (module: M, grad_output: Gradients) => unknown;
