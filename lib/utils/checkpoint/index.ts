/** torch.utils.checkpoint: recomputing activations instead of keeping them. https://docs.pytorch.org/docs/2.13/checkpoint.html */

export {
  type CheckpointOptions,
  checkpoint,
  checkpoint_sequential,
  set_checkpoint_debug_enabled,
  set_checkpoint_early_stop,
} from './checkpoint';
export { CheckpointError } from './errors';
