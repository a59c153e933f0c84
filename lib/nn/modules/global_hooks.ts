/** Hooks for all modules at once, for debugging and profiling. https://docs.pytorch.org/docs/2.13/nn.html#global-hooks-for-module */

import { TorchError } from '../../base/errors';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_modules_module';
import type { Parameter } from '../parameter';
import { globalHooks, type ModuleHooks } from './call';
import type { BackwardHook, BackwardPreHook, ForwardPreHook } from './contract';
import type { RemovableHandle } from './hooks';
import type { Module } from './module';
import { registrationHooks } from './registration_hooks';

const hooks: ModuleHooks<Module> = globalHooks;

/**
 * Runs `hook(module, args)` before the forward of every module; what it returns replaces the arguments.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.modules.module.register_module_forward_pre_hook.html
 */
export function register_module_forward_pre_hook(hook: ForwardPreHook<Module>): RemovableHandle {
  return hooks.forwardPre.add({ hook: hook as never, withKeywords: false, always: false });
}

/**
 * Runs `hook(module, args, output)` after the forward of every module; what it returns replaces the output.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.modules.module.register_module_forward_hook.html
 */
export function register_module_forward_hook(...args: signatures.RegisterModuleForwardHookArgs): RemovableHandle {
  const [hook, with_kwargs, always_call] = signatures.register_module_forward_hook.list(args);
  return hooks.forward.add({ hook: hook as never, withKeywords: with_kwargs, always: always_call });
}

const mixed =
  'Cannot use both regular backward hooks and full backward hooks as a global Module hook. Please use only one of them.';

/**
 * Runs `hook(module, grad_input, grad_output)` in the backward pass of every module; what it returns replaces the gradients of the inputs.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.modules.module.register_module_full_backward_hook.html
 */
export function register_module_full_backward_hook(hook: BackwardHook<Module>): RemovableHandle {
  if (hooks.lastNode.size > 0) throw new TorchError(mixed);
  return hooks.backward.add(hook);
}

/**
 * Runs `hook(module, grad_output)` before the backward pass of every module; what it returns replaces the gradients.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.modules.module.register_module_full_backward_pre_hook.html
 */
export function register_module_full_backward_pre_hook(hook: BackwardPreHook<Module>): RemovableHandle {
  return hooks.backwardPre.add(hook);
}

/** Deprecated: `register_module_full_backward_hook`. */
export function register_module_backward_hook(hook: BackwardHook<Module>): RemovableHandle {
  if (hooks.backward.size > 0) throw new TorchError(mixed);
  return hooks.lastNode.add(hook);
}

/** Runs `hook(module, name, buffer)` when a buffer is registered; what it returns is registered instead. */
export function register_module_buffer_registration_hook(
  hook: (module: Module, name: string, buffer: Tensor | null) => Tensor | null | undefined,
): RemovableHandle {
  return registrationHooks.buffer.add(hook as never);
}

/** Runs `hook(module, name, child)` when a child is registered; what it returns is registered instead. */
export function register_module_module_registration_hook(
  hook: (module: Module, name: string, child: Module | null) => Module | null | undefined,
): RemovableHandle {
  return registrationHooks.module.add(hook as never);
}

/** Runs `hook(module, name, parameter)` when a parameter is registered; what it returns is registered instead. */
export function register_module_parameter_registration_hook(
  hook: (module: Module, name: string, parameter: Parameter | null) => Parameter | null | undefined,
): RemovableHandle {
  return registrationHooks.parameter.add(hook as never);
}
