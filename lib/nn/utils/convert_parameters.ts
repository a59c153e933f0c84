/** Parameters as one vector, and back. */

import { requireIterable, requireTensors } from '../../arguments/checks';
import { callOperator } from '../../operators/operator';
import { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_utils';
import { typename } from '../modules/registry';

function listOf(name: string, parameters: Iterable<Tensor>): Tensor[] {
  requireIterable(name, 'parameters', parameters);
  const list = [...parameters];
  requireTensors(name, 'parameters', list);
  return list;
}

function checkDevice(parameter: Tensor, first: Tensor): void {
  if (parameter.device.equals(first.device)) return;
  throw new TypeError('Found two parameters on different devices, this is currently not supported.');
}

/**
 * One vector of all parameters, one after the other.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.parameters_to_vector.html
 */
export function parameters_to_vector(...args: signatures.ParametersToVectorArgs): Tensor {
  const [parameters] = signatures.parameters_to_vector.list(args);
  const list = listOf('parameters_to_vector', parameters);
  for (const parameter of list) checkDevice(parameter, list[0]!);
  return callOperator(
    'cat',
    list.map((parameter) => parameter.view(-1)),
  );
}

/**
 * Gives the parameters the parts of a vector, whose memory they share from then on.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.vector_to_parameters.html
 */
export function vector_to_parameters(...args: signatures.VectorToParametersArgs): void {
  const [vec, parameters] = signatures.vector_to_parameters.list(args);
  if (!(vec instanceof Tensor)) throw new TypeError(`expected torch.Tensor, but got: ${typename(vec)}`);
  const list = listOf('vector_to_parameters', parameters);
  let start = 0;
  for (const parameter of list) {
    checkDevice(parameter, list[0]!);
    const count = parameter.numel();
    parameter.data = vec.narrow(0, start, count).view_as(parameter).data;
    start += count;
  }
}
