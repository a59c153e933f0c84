/** torch.cpu: the interface of devices, for the CPU. https://docs.pytorch.org/docs/2.13/cpu.html */

import { Device, type DeviceLike } from '../base/types';
import type { Mode } from '../context/mode';
import { currentStream, type Stream, streamMode } from '../context/streams';

export { Event, Stream } from '../context/streams';
export * as amp from './amp';

/** Always. */
export function is_available(): boolean {
  return true;
}

/** Always. */
export function is_initialized(): boolean {
  return true;
}

/** Does nothing: work on the CPU is done when a call returns. */
export function synchronize(_device: DeviceLike | null = null): void {}

/** There is one CPU. */
export function device_count(): number {
  return 1;
}

/** Does nothing: there is one CPU. */
export function set_device(_device: DeviceLike): void {}

/** The one CPU there is. */
export function current_device(): string {
  return 'cpu';
}

/** The stream of the CPU, on which calls wait for each other. */
export function current_stream(_device: DeviceLike | null = null): Stream {
  return currentStream(new Device('cpu'));
}

/** Does nothing but run the callback. */
export function stream(stream: Stream | null): Mode;
export function stream<Result>(stream: Stream | null, callback: () => Result): Result;
export function stream<Result>(_stream: Stream | null, callback?: () => Result): Result | Mode {
  return streamMode('stream', null, callback);
}
