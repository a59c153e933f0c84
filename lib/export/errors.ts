/** Errors of exporting. */
import { TorchError } from '../base/errors';

/** What of a module cannot be exported, and where in it that is. */
export class ExportError extends TorchError {
  override name = 'ExportError';
}
