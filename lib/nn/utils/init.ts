/** Modules without first values. */

import { refuse } from '../../arguments/checks';
import { requireGiven } from '../../arguments/keywords';
import type { DeviceLike } from '../../base/types';
import { isOptions } from '../../native/kinds';
import { Module } from '../modules/module';

/**
 * Makes a module whose parameters have memory but no values: `skip_init(nn.Linear, 5, 1)`. The class must take `device`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.skip_init.html
 */
export function skip_init<M extends Module, Args extends readonly unknown[]>(
  module_cls: new (...args: Args) => M,
  ...args: Args
): M {
  requireGiven('skip_init', { module_cls });
  if (!(module_cls?.prototype instanceof Module)) refuse('skip_init', 'module_cls', 'a class of modules', module_cls);
  const last = args[args.length - 1];
  const options = isOptions(last) ? last : {};
  const positional = isOptions(last) ? args.slice(0, -1) : args;
  const Class = module_cls as unknown as new (...all: unknown[]) => M;
  const empty = new Class(...positional, { ...options, device: 'meta' });
  return empty.to_empty({ device: (options.device ?? 'cpu') as DeviceLike });
}
