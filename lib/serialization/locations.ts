/** Where loaded storages go. */
import { TorchError } from '../base/errors';
import { Device, type DeviceLike, dtypes, parseDevice } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isOptions } from '../native/kinds';
import { callOperator } from '../operators/operator';
import type { Tensor } from '../tensor/tensor';

/**
 * Where to put what was saved from elsewhere: one device for all, devices by the saved ones, or a function of the
 * storage (as a uint8 tensor) and its saved location, which gives null for the usual place.
 */
export type MapLocation =
  | DeviceLike
  | Readonly<Record<string, string>>
  | ((storage: Tensor, location: string) => Tensor | null | undefined);

function deviceCount(type: string): number {
  return call(native.device_count, new Device(type));
}

/** Moves the bytes to the device that the location names. */
function moved(bytes: Tensor, location: DeviceLike): Tensor {
  const device = parseDevice(location);
  if (device.type === 'cpu') return bytes;
  if (device.type === 'meta') return callOperator('empty.memory_format', bytes.shape, dtypes.uint8, null, device);
  const count = deviceCount(device.type);
  const upper = device.type.toUpperCase();
  if (count === 0) {
    throw new TorchError(
      `Attempting to deserialize object on a ${upper} device but torch.${device.type}.is_available() is False. ` +
        "If you are running on a CPU-only machine, please use torch.load with map_location=torch.device('cpu') " +
        'to map your storages to the CPU.',
    );
  }
  if ((device.index ?? 0) >= count) {
    throw new TorchError(
      `Attempting to deserialize object on ${upper} device ${device.index} but torch.${device.type}.device_count() ` +
        `is ${count}. Please use torch.load with map_location to map your storages to an existing device.`,
    );
  }
  return bytes.to(device);
}

/** Puts the bytes of a storage where `map_location` says. */
export function placed(bytes: Tensor, location: string, map: MapLocation | null): Tensor {
  if (map === null) return moved(bytes, location);
  if (typeof map === 'function') return map(bytes, location) ?? moved(bytes, location);
  if (isOptions(map)) return moved(bytes, (map as Record<string, string>)[location] ?? location);
  return moved(bytes, map as DeviceLike);
}
