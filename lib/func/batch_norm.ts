/** Batch norm without state, which vmap needs. https://docs.pytorch.org/docs/2.13/func.batch_norm.html */

import { _BatchNorm } from '../nn/modules/batchnorm';
import type { Module } from '../nn/modules/module';
import { requireModule } from '../nn/require';
import * as signatures from './generated/func';

/**
 * Takes the running statistics away from all batch norm layers of a module, in place: they use those of the batch.
 * https://docs.pytorch.org/docs/2.13/generated/torch.func.replace_all_batch_norm_modules_.html
 */
export function replace_all_batch_norm_modules_<M extends Module>(
  ...args: signatures.ReplaceAllBatchNormModules_Args<M>
): M {
  const [root] = signatures.replace_all_batch_norm_modules_.list(args);
  requireModule('replace_all_batch_norm_modules_', 'root', root);
  for (const module of root.modules()) {
    if (!(module instanceof _BatchNorm) || !module.track_running_stats) continue;
    Object.assign(module, { running_mean: null, running_var: null, num_batches_tracked: null });
    module.track_running_stats = false;
  }
  return root as M;
}
