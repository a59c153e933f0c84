/** Streams and events of CUDA. https://docs.pytorch.org/docs/2.13/cuda.html#streams-and-events */

import { refuse } from '../arguments/checks';
import { TorchError } from '../base/errors';
import type { DeviceLike } from '../base/types';
import { hasFeature } from '../context/flags';
import type { Mode } from '../context/mode';
import {
  Event as AnyEvent,
  Stream as AnyStream,
  currentStream,
  defaultStream,
  exchangeStream,
  streamMode,
} from '../context/streams';
import { placeOf } from './device';

/** A new stream of a CUDA device. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.Stream.html */
export class Stream extends AnyStream {
  constructor(options: { device?: DeviceLike | null; priority?: number } = {}) {
    if (!hasFeature('cuda')) throw new TorchError('torch.cuda.Stream requires CUDA support');
    super({ device: placeOf(options.device ?? null), priority: options.priority ?? 0 });
  }
}

/** An event of the current CUDA device. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.Event.html */
export class Event extends AnyEvent {
  constructor(options: { enable_timing?: boolean; blocking?: boolean; interprocess?: boolean } = {}) {
    if (!hasFeature('cuda')) throw new TorchError('Tried to instantiate dummy base class Event');
    super({ device: 'cuda', ...options });
  }
}

/** The stream that work is given to. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.current_stream.html */
export function current_stream(device: DeviceLike | null = null): AnyStream {
  return currentStream(placeOf(device));
}

/** The stream that work is given to when nothing else was said. */
export function default_stream(device: DeviceLike | null = null): AnyStream {
  return defaultStream(placeOf(device));
}

/** Gives work to another stream from now on; null changes nothing. */
export function set_stream(stream: AnyStream | null): void {
  if (!(stream === null || stream instanceof AnyStream)) refuse('set_stream', 'stream', 'a Stream', stream);
  if (stream !== null) exchangeStream(stream);
}

/** Gives work to another stream while a callback runs, or until it is disposed. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.stream.html */
export function stream(stream: AnyStream | null): Mode;
export function stream<Result>(stream: AnyStream | null, callback: () => Result): Result;
export function stream<Result>(stream: AnyStream | null, callback?: () => Result): Result | Mode {
  return streamMode('stream', stream, callback);
}
