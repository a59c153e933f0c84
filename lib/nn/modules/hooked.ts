/** What runs around a module: before and after its calls, its backward pass, and the writing and reading of its state. */

import { TorchError } from '../../base/errors';
import * as signatures from '../generated/nn';
import type { ModuleHooks } from './call';
import type {
  ForwardHook,
  ForwardHookWithKeywords,
  ForwardPreHook,
  ForwardPreHookWithKeywords,
  StateHook,
} from './contract';
import type { RemovableHandle } from './hooks';
import type { Module } from './module';
import { Callable, stateOf } from './registry';

/** The part of Module that keeps hooks. */
export abstract class HookedModule extends Callable {
  /** Runs `hook(module, args)` before every forward; what it returns replaces the arguments. */
  register_forward_pre_hook(
    hook: ForwardPreHook<Module>,
    options?: { prepend?: boolean; with_kwargs?: false },
  ): RemovableHandle;
  register_forward_pre_hook(
    hook: ForwardPreHookWithKeywords<Module>,
    options: { prepend?: boolean; with_kwargs: true },
  ): RemovableHandle;
  register_forward_pre_hook(
    args:
      | { hook: ForwardPreHook<Module>; prepend?: boolean; with_kwargs?: false }
      | { hook: ForwardPreHookWithKeywords<Module>; prepend?: boolean; with_kwargs: true },
  ): RemovableHandle;
  register_forward_pre_hook(...args: unknown[]): RemovableHandle {
    const [hook, prepend, with_kwargs] = signatures.Module_register_forward_pre_hook.list(args);
    const entry = { hook: hook as never, withKeywords: with_kwargs, always: false };
    return hooksOf(this).forwardPre.add(entry, prepend);
  }

  /** Runs `hook(module, args, output)` after every forward; what it returns replaces the output. */
  register_forward_hook(
    hook: ForwardHook<Module>,
    options?: { prepend?: boolean; with_kwargs?: false; always_call?: boolean },
  ): RemovableHandle;
  register_forward_hook(
    hook: ForwardHookWithKeywords<Module>,
    options: { prepend?: boolean; with_kwargs: true; always_call?: boolean },
  ): RemovableHandle;
  register_forward_hook(
    args:
      | { hook: ForwardHook<Module>; prepend?: boolean; with_kwargs?: false; always_call?: boolean }
      | { hook: ForwardHookWithKeywords<Module>; prepend?: boolean; with_kwargs: true; always_call?: boolean },
  ): RemovableHandle;
  register_forward_hook(...args: unknown[]): RemovableHandle {
    const [hook, prepend, with_kwargs, always_call] = signatures.Module_register_forward_hook.list(args);
    const entry = { hook: hook as never, withKeywords: with_kwargs, always: always_call };
    return hooksOf(this).forward.add(entry, prepend);
  }

  /**
   * Runs `hook(module, grad_input, grad_output)` when the gradients of the module's inputs are computed; what it returns
   * replaces them.
   * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.register_full_backward_hook
   */
  register_full_backward_hook(...args: signatures.ModuleRegisterFullBackwardHookArgs): RemovableHandle {
    const [hook, prepend] = signatures.Module_register_full_backward_hook.list(args);
    const hooks = hooksOf(this);
    if (hooks.lastNode.size > 0) throw new TorchError(mixedBackwardHooks);
    return hooks.backward.add(hook, prepend);
  }

  /** Runs `hook(module, grad_output)` before the module's backward pass; what it returns replaces the gradients. */
  register_full_backward_pre_hook(...args: signatures.ModuleRegisterFullBackwardPreHookArgs): RemovableHandle {
    const [hook, first] = signatures.Module_register_full_backward_pre_hook.list(args);
    return hooksOf(this).backwardPre.add(hook, first);
  }

  /** Deprecated: `register_full_backward_hook`. Sees the gradients of the last operation only. */
  register_backward_hook(...args: signatures.ModuleRegisterBackwardHookArgs): RemovableHandle {
    const [hook] = signatures.Module_register_backward_hook.list(args);
    const hooks = hooksOf(this);
    if (hooks.backward.size > 0) throw new TorchError(mixedBackwardHooks);
    return hooks.lastNode.add(hook);
  }

  /** Runs `hook(module, prefix, keep_vars)` before the state is written. */
  register_state_dict_pre_hook(...args: signatures.ModuleRegisterStateDictPreHookArgs): RemovableHandle {
    const [hook] = signatures.Module_register_state_dict_pre_hook.list(args);
    return hooksOf(this).statePre.add(hook);
  }

  /** Runs `hook(module, state_dict, prefix, local_metadata)` after the state was written; it may change it in place. */
  register_state_dict_post_hook(...args: signatures.ModuleRegisterStateDictPostHookArgs): RemovableHandle {
    const [hook] = signatures.Module_register_state_dict_post_hook.list(args);
    return hooksOf(this).state.add({ hook, replaces: false });
  }

  /** @internal Likewise; what the hook returns replaces the state. */
  _register_state_dict_hook(hook: StateHook<Module>): RemovableHandle {
    return hooksOf(this).state.add({ hook, replaces: true });
  }

  /** Runs before this module's part of a state is loaded. */
  register_load_state_dict_pre_hook(...args: signatures.ModuleRegisterLoadStateDictPreHookArgs): RemovableHandle {
    const [hook] = signatures.Module_register_load_state_dict_pre_hook.list(args);
    return hooksOf(this).loadStatePre.add({ hook, withModule: true });
  }

  /** @internal Likewise, without the module as the first argument unless asked. */
  _register_load_state_dict_pre_hook(hook: (...args: never[]) => void, with_module = false): RemovableHandle {
    return hooksOf(this).loadStatePre.add({ hook: hook as never, withModule: with_module });
  }

  /** Runs `hook(module, incompatible_keys)` after a state was loaded; it may change the lists in place. */
  register_load_state_dict_post_hook(...args: signatures.ModuleRegisterLoadStateDictPostHookArgs): RemovableHandle {
    const [hook] = signatures.Module_register_load_state_dict_post_hook.list(args);
    return hooksOf(this).loadStatePost.add(hook);
  }

  /** The hooks that run before `forward`, by number. */
  get _forward_pre_hooks(): Map<number, unknown> {
    return hooksOf(this).forwardPre.view(({ hook }) => hook);
  }

  /** The hooks that run after `forward`, by number. */
  get _forward_hooks(): Map<number, unknown> {
    return hooksOf(this).forward.view(({ hook }) => hook);
  }

  get _backward_pre_hooks(): Map<number, unknown> {
    return hooksOf(this).backwardPre.view();
  }

  get _backward_hooks(): Map<number, unknown> {
    const { backward, lastNode } = hooksOf(this);
    return lastNode.size > 0 ? lastNode.view() : backward.view();
  }

  get _state_dict_hooks(): Map<number, unknown> {
    return hooksOf(this).state.view(({ hook }) => hook);
  }

  get _state_dict_pre_hooks(): Map<number, unknown> {
    return hooksOf(this).statePre.view();
  }

  get _load_state_dict_pre_hooks(): Map<number, unknown> {
    return hooksOf(this).loadStatePre.view(({ hook }) => hook);
  }

  get _load_state_dict_post_hooks(): Map<number, unknown> {
    return hooksOf(this).loadStatePost.view();
  }
}

/** A module's hooks, as those who register them see it: they are given a whole Module. */
function hooksOf(module: HookedModule): ModuleHooks<Module> {
  return stateOf(module).hooks;
}

const mixedBackwardHooks =
  'Cannot use both regular backward hooks and full backward hooks on a single Module. Please use only one of them.';
