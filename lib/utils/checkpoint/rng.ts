/** The random streams at a moment, to be run again. */
import { isTensor } from '../../arguments/checks';
import type { Device } from '../../base/types';
import { default_generator } from '../../tensor/generator';
import type { Tensor } from '../../tensor/tensor';

type States = [device: Device | 'cpu', state: Tensor][];

/** The states of the CPU's stream and of those of the arguments' devices. */
export function randomStates(args: readonly unknown[]): States {
  const devices = new Map<string, Device>();
  for (const arg of args) if (isTensor(arg) && !arg.is_cpu && !arg.is_meta) devices.set(String(arg.device), arg.device);
  const all: (Device | 'cpu')[] = ['cpu', ...devices.values()];
  return all.map((device) => [device, default_generator(device).get_state()]);
}

function restore(states: States): void {
  for (const [device, state] of states) default_generator(device).set_state(state);
}

/** Runs a callback from these states and leaves the streams as they were. */
export function withRandomStates<Result>(
  states: States | undefined,
  args: readonly unknown[],
  body: () => Result,
): Result {
  if (states === undefined) return body();
  const before = randomStates(args);
  restore(states);
  try {
    return body();
  } finally {
    restore(before);
  }
}
