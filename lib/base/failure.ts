/** Errors on their way from a worker thread to the thread that it works for. */
import * as errors from './errors';

type Plain = string | number | boolean;

/** An error as plain data: `structuredClone` would lose its class. */
export interface Failure {
  readonly name: string;
  readonly stack: string;
  /** What else it tells: `code`, `path`, … */
  readonly details: Readonly<Record<string, Plain>>;
}

function isPlain(entry: [string, unknown]): entry is [string, Plain] {
  return ['string', 'number', 'boolean'].includes(typeof entry[1]);
}

export function describeFailure(error: unknown): Failure {
  if (!errors.isError(error)) return { name: 'Error', stack: String(error), details: {} };
  const { name, message, stack = `${name}: ${message}` } = error;
  const cause = error.cause === undefined ? '' : `\nCaused by ${describeFailure(error.cause).stack}`;
  const details = Object.fromEntries(Object.entries(error).filter(isPlain));
  return { name: error.constructor.name, stack: stack + cause, details };
}

const builtin = { Error, TypeError, RangeError, ReferenceError, SyntaxError, EvalError, URIError };

/** The same error for the other thread, which tells where it comes from; of a class unknown here it is a TorchError. */
export function rebuildFailure({ name, stack, details }: Failure, where: string): Error {
  const classes: Record<string, unknown> = { ...builtin, ...errors };
  const known = Object.hasOwn(classes, name) && /Error$/.test(name);
  const type = (known ? classes[name] : errors.TorchError) as new (message: string) => Error;
  const error = new type(`Caught ${name} in ${where}.\nOriginal ${stack}`);
  const { name: _, message: __, stack: ___, ...rest } = details;
  return Object.assign(error, rest);
}
