/** What goes wrong between a forward pass and its recomputation. */
import { TorchError } from '../../base/errors';

/** The recomputation of a checkpointed function did not do what its forward pass did. */
export class CheckpointError extends TorchError {
  override name = 'CheckpointError';
}
