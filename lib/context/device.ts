/** `torch.device`, and the device that new tensors are made on. */

import { isInteger } from '../arguments/integers';
import { REQUIRED, Signature } from '../arguments/signature';
import { Device, type DeviceLike, parseDevice } from '../base/types';
import { typeName } from '../native/kinds';
import { defaultDevice, setDefaultDevice } from './default_device';
import { type Mode, withMode } from './mode';

const signature = new Signature<{ type?: DeviceLike; index?: number | null }>('device', { type: 'cpu', index: null });

/** Whether the last argument is the body of a `with torch.device(…):`. */
type Body<Result> = () => Result;

function enter(place: Device): () => () => void {
  return () => {
    const before = defaultDevice();
    setDefaultDevice(place);
    return () => setDefaultDevice(before);
  };
}

function makeDevice(...args: unknown[]): unknown {
  const last = args.at(-1);
  const callback = typeof last === 'function' ? (last as Body<unknown>) : undefined;
  if (args.length === 0) {
    throw new TypeError(
      'device() received an invalid combination of arguments - got (), but expected one of:\n' +
        ' * (torch.device device)\n * (str type, int index = -1)\n',
    );
  }
  const { type, index } = signature.read(callback === undefined ? args : args.slice(0, -1));
  if (typeof type !== 'string' && !isInteger(type) && !(type instanceof Device)) {
    throw new TypeError(`device(): argument 'type' (position 1) must be str, not ${typeName(type)}`);
  }
  if (index !== null && !isInteger(index)) {
    throw new TypeError(`device(): argument 'index' (position 2) must be int, not ${typeName(index)}`);
  }
  const place = parseDevice(type, index ?? undefined);
  return callback === undefined ? place : withMode('device', enter(place), callback);
}

/** What `torch.device` takes; it is also the class of devices, for `instanceof`. */
export interface DeviceFunction {
  /** Where a tensor is: a type of device, `'cuda'` or `'cuda:0'`, and which one of them. */
  (type: DeviceLike, index?: number | null): Device;
  /** Where a tensor is: a type of device and which one of them. */
  (options: { type: string; index?: number | null }): Device;
  /** Where a tensor is: a type of device, `'cuda'` or `'cuda:0'`, and which one of them. */
  new (type: DeviceLike, index?: number | null): Device;
  /**
   * Makes tensors on this device while the callback runs, where they are given no other.
   * https://docs.pytorch.org/docs/2.13/tensor_attributes.html#torch-device
   */
  <Result>(type: DeviceLike, callback: Body<Result>): Result;
  /** Makes tensors on this device while the callback runs, where they are given no other. */
  <Result>(type: DeviceLike, index: number, callback: Body<Result>): Result;
}

/**
 * `torch.device('cuda:0')`, `torch.device('cuda', 0)`; with a callback, Python's `with torch.device('cuda'):`.
 * https://docs.pytorch.org/docs/2.13/tensor_attributes.html#torch-device
 */
export const device = Object.defineProperty(makeDevice, Symbol.hasInstance, {
  value: (value: unknown) => value instanceof Device,
}) as DeviceFunction;

const ofDefault = new Signature<{ device: DeviceLike | null }>('set_default_device', { device: REQUIRED });

/**
 * The device that functions like `torch.zeros` use when they are given none; null goes back to the CPU.
 * https://docs.pytorch.org/docs/2.13/generated/torch.set_default_device.html
 */
export function set_default_device(device: DeviceLike | null | { device: DeviceLike | null }): void {
  const { device: place } = ofDefault.read([device]);
  setDefaultDevice(place === null ? null : parseDevice(place));
}

/**
 * The device that new tensors are made on when none is said.
 * https://docs.pytorch.org/docs/2.13/generated/torch.get_default_device.html
 */
export function get_default_device(): Device {
  return defaultDevice() ?? new Device('cpu');
}

/**
 * Makes new tensors on another device inside a callback, or until it is disposed (`using _ = torch.device_scope('cuda')`):
 * Python's `with torch.device('cuda')`.
 * @throws TypeError when the callback returns a promise
 */
export function device_scope(place: DeviceLike): Mode;
export function device_scope<Result>(place: DeviceLike, callback: () => Result): Result;
export function device_scope<Result>(place: DeviceLike, callback?: () => Result): Result | Mode {
  return withMode('device_scope', enter(parseDevice(place)), callback);
}
