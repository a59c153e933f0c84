/** Modules without first values. */

import { refuse } from '../../arguments/checks';
import type { DeviceLike } from '../../base/types';
import * as signatures from '../generated/nn_utils';
import { Module } from '../modules/module';

/**
 * Makes a module whose parameters have memory but no values: `skip_init(nn.Linear, 5, 1)`. The class must take `device`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.skip_init.html
 */
export function skip_init<M extends Module, Args extends readonly unknown[]>(
  module_cls: new (...args: Args) => M,
  ...args: Args
): M;
export function skip_init<M extends Module>(...args: unknown[]): M {
  const { own, args: positional, kwargs } = signatures.skip_init.split(args);
  const [module_cls] = own;
  if (!(module_cls?.prototype instanceof Module)) refuse('skip_init', 'module_cls', 'a class of modules', module_cls);
  const Class = module_cls as new (...all: unknown[]) => M;
  const empty = new Class(...positional, { ...kwargs, device: 'meta' });
  return empty.to_empty({ device: (kwargs.device ?? 'cpu') as DeviceLike });
}
