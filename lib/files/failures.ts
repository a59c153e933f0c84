/** What fails in another thread comes back as a plain Error. */
import { TorchError } from '../base/errors';

/** An error without a code, or with one of zlib's, is about a file's content; those of the system stay as they are. */
function isAboutContent(error: unknown): error is Error {
  const { name, code } = error as NodeJS.ErrnoException;
  return name === 'Error' && (code === undefined || code.startsWith('Z_'));
}

/** Calls a function that reads a file. @throws TorchError for one that is damaged */
export function reading<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw isAboutContent(error) ? new TorchError(error.message, { cause: error }) : error;
  }
}
