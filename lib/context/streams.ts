/** Streams and events: the order of work on a device. https://docs.pytorch.org/docs/2.13/torch.html#accelerators */

import { inspect } from 'node:util';
import { Signature } from '../arguments/signature';
import { TorchError } from '../base/errors';
import { type Device, type DeviceLike, parseDevice } from '../base/types';
import { native } from '../native/addon';
import { call, callForHandle, registerWrap } from '../native/frame';
import { typeName } from '../native/kinds';
import { enroll } from '../native/nursery';
import { NativeObject, Tag, withHandle } from '../native/object';
import { type Mode, withMode } from './mode';

interface StreamOptions {
  device?: DeviceLike | null;
  priority?: number;
}

const ofStream = new Signature<StreamOptions>('Stream', { device: null, priority: 0 }, 1);

/** What native code gives for a stream. */
type Written = [device: Device, stream_id: number];

/** The device an argument of a stream or an event names: the accelerator's current one, or the CPU without one. */
function placeOf(device: DeviceLike | null): Device {
  if (device !== null) return parseDevice(device);
  return call(native.current_accelerator, true) ?? parseDevice('cpu');
}

/**
 * A queue of work on a device, which is done in order: `new torch.Stream({ device: 'cuda' })`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.Stream.html
 * @throws TorchError when libtorch was built without that kind of device
 */
export class Stream {
  readonly device: Device;
  readonly stream_id: number;

  constructor(...args: [device?: DeviceLike | StreamOptions | null, options?: StreamOptions]) {
    const { device, priority } = ofStream.read(args);
    const [place, id] = call(native.make_stream, placeOf(device), priority);
    this.device = place;
    this.stream_id = id;
  }

  /** The object of a stream that exists. @internal */
  static of([device, stream_id]: Written): Stream {
    return Object.assign(Object.create(Stream.prototype) as Stream, { device, stream_id });
  }

  get device_index(): number {
    return this.device.index ?? -1;
  }

  /** Whether all its work is done. */
  query(): boolean {
    return call(native.query_stream, this.device, this.stream_id);
  }

  /** Waits until all its work is done. */
  synchronize(): void {
    call(native.synchronize_stream, this.device, this.stream_id);
  }

  /** Marks this place in the stream with an event, a new one by default. */
  record_event(event: Event = new Event({ device: this.device })): Event {
    event.record(this);
    return event;
  }

  /** Lets the work given to this stream from now on wait for an event. */
  wait_event(event: Event): void {
    event.wait(this);
  }

  /** Lets the work given to this stream from now on wait for the work that another has now. */
  wait_stream(stream: Stream): void {
    this.wait_event(stream.record_event());
  }

  /** Whether both are the same stream of one device. */
  equals(other: Stream): boolean {
    return this.device.equals(other.device) && this.stream_id === other.stream_id;
  }

  toString(): string {
    return `torch.Stream device_type=${this.device.type}, device_index=${this.device_index}, stream_id=${this.stream_id}`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

export function currentStream(device: Device): Stream {
  return Stream.of(call(native.current_stream, device));
}

export function defaultStream(device: Device): Stream {
  return Stream.of(call(native.default_stream, device));
}

/** Makes a stream the current one of its device, and gives the one before. */
export function exchangeStream(stream: Stream): Stream {
  return Stream.of(call(native.exchange_stream, stream.device, stream.stream_id));
}

/** Runs a callback with another current stream, or until the mode is disposed; null changes nothing. */
export function streamMode<Result>(name: string, stream: Stream | null, callback?: () => Result): Result | Mode {
  if (!(stream === null || stream instanceof Stream)) {
    throw new TypeError(`${name}(): argument 'stream' must be a Stream, not ${typeName(stream)}`);
  }
  const enter = () => {
    if (stream === null) return () => {};
    const before = exchangeStream(stream);
    return () => {
      exchangeStream(before);
    };
  };
  return withMode(name, enter, callback);
}

interface EventOptions {
  device?: DeviceLike | null;
  /** Whether `elapsed_time` can be asked. */
  enable_timing?: boolean;
  /** How waiting is done; the device's own way here. */
  blocking?: boolean;
  interprocess?: boolean;
}

const ofEvent = new Signature<EventOptions>(
  'Event',
  { device: null, enable_timing: false, blocking: false, interprocess: false },
  3,
);

declare module '../native/object' {
  interface NativeClasses {
    readonly Event: Event;
  }
}

/**
 * A mark in a stream, that other streams and the program can wait for.
 * https://docs.pytorch.org/docs/2.13/generated/torch.Event.html
 * @throws TorchError when libtorch was built without that kind of device
 */
export class Event extends NativeObject {
  constructor(...args: [device?: DeviceLike | EventOptions | null, options?: EventOptions]) {
    const { device, enable_timing, interprocess } = ofEvent.read(args);
    if (interprocess) throw new TorchError('events cannot be shared between processes here');
    super(callForHandle(native.make_event, placeOf(device), enable_timing));
    enroll(this);
  }

  private get facts(): [device: Device, flag: number, id: number] {
    return call(native.event_facts, this);
  }

  get device(): Device {
    return this.facts[0];
  }

  get event_id(): number {
    return this.facts[2];
  }

  /** Marks the place where a stream is now; the current stream by default. */
  record(stream: Stream = currentStream(this.device)): void {
    call(native.record_event, this, stream.device, stream.stream_id);
  }

  /** Lets the work given to a stream from now on wait for this event. */
  wait(stream: Stream = currentStream(this.device)): void {
    call(native.block_on_event, this, stream.device, stream.stream_id);
  }

  /** Whether everything before the mark is done. */
  query(): boolean {
    return call(native.query_event, this);
  }

  /** Waits until everything before the mark is done. */
  synchronize(): void {
    call(native.synchronize_event, this);
  }

  /** Milliseconds from this event to a later one; both made with `enable_timing`. */
  elapsed_time(end_event: Event): number {
    return call(native.event_elapsed_time, this, end_event);
  }

  override toString(): string {
    const [device, flag, id] = this.facts;
    return `torch.Event device_type=${device.type}, device_index=${device.index ?? -1}, event_flag=${flag}, event_id=${id}`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

Object.defineProperty(Event.prototype, '_tag', { value: Tag.Event });
registerWrap(Tag.Event, (handle) => withHandle(Object.create(Event.prototype) as Event, handle));
