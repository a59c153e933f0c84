/** Making a module's parameters. */
import { chosenDevice } from '../../context/default_device';
import { typeName } from '../../native/kinds';
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';
import type { Factory } from '../arguments';
import * as init from '../init';
import { Parameter } from '../parameter';

function filled(name: string, values: readonly unknown[], { device, dtype }: Factory): Tensor {
  return callOperator(name, ...values, dtype, null, chosenDevice(device));
}

export function empty(shape: readonly number[], factory: Factory): Tensor {
  const wrong = shape.findIndex((size) => !Number.isInteger(size));
  if (wrong >= 0) {
    throw new TypeError(
      "empty(): argument 'size' (position 1) must be tuple of ints, but found element of type " +
        `${typeName(shape[wrong])} at pos ${wrong}`,
    );
  }
  return filled('empty.memory_format', [shape], factory);
}

export function zeros(shape: readonly number[], factory: Factory): Tensor {
  return filled('zeros', [shape], factory);
}

export function ones(shape: readonly number[], factory: Factory): Tensor {
  return filled('ones', [shape], factory);
}

/** A parameter whose values are not set yet. */
export function emptyParameter(shape: readonly number[], factory: Factory): Parameter {
  return new Parameter(empty(shape, factory));
}

/** The bias of linear maps and convolutions: even within ±1/√fan_in of their weight. */
export function uniformByFan(bias: Tensor, weight: Tensor): void {
  const [fanIn] = init._calculate_fan_in_and_fan_out(weight);
  const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0;
  init.uniform_(bias, -bound, bound);
}
