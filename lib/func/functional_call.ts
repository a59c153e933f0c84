/** Modules as functions of their parameters. */
import { TorchError } from '../base/errors';
import { isList, isOptions, typeName } from '../native/kinds';
import { isModule, type Module } from '../nn/modules/module';
import { callWith, type NamedTensors } from '../nn/utils/functional_call';
import { callOperator } from '../operators/operator';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/func';

/** One dictionary of several, none of whose names occurs twice. */
function merged(dicts: unknown): NamedTensors {
  if (isOptions(dicts)) return dicts as NamedTensors;
  if (!isList(dicts)) {
    throw new RangeError(
      `Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got ${typeName(dicts)}`,
    );
  }
  if (!dicts.every(isOptions)) {
    throw new RangeError('Expected all elements of parameter_and_buffer_dicts to be dictionaries');
  }
  const keys = dicts.flatMap((dict) => Object.keys(dict));
  const repeated = [...new Set(keys.filter((key, i) => keys.indexOf(key) !== i))];
  if (repeated.length > 0) {
    throw new RangeError(
      `[${repeated.map((key) => `'${key}'`).join(', ')}] appeared in multiple dictionaries; behavior of functional call is ambiguous`,
    );
  }
  return Object.assign({}, ...dicts) as NamedTensors;
}

/**
 * Calls a module with these parameters and buffers in place of its own, which stay as they are. Several arguments come as
 * a list.
 * https://docs.pytorch.org/docs/2.13/generated/torch.func.functional_call.html
 */
export function functional_call<M extends Module>(...args: signatures.FunctionalCallArgs<M>): ReturnType<M['forward']> {
  const [module, dicts, ...rest] = signatures.functional_call.list(args);
  if (!isModule(module))
    throw new TypeError(`functional_call(): argument 'module' must be Module, not ${typeName(module)}`);
  return callWith<M>(module, merged(dicts), ...rest);
}

function stacked(tensors: readonly Tensor[], name: string): Tensor {
  const follow = tensors.map((tensor) => tensor.requires_grad);
  if (follow.some((each) => each !== follow[0])) {
    throw new TorchError(`Expected ${name} from each model to have the same .requires_grad`);
  }
  const result = callOperator<Tensor>('stack', tensors, 0);
  return follow[0] ? result.detach().requires_grad_() : result;
}

/**
 * The parameters and the buffers of several models of one class, stacked by name, for `vmap` over the models.
 * https://docs.pytorch.org/docs/2.13/generated/torch.func.stack_module_state.html
 */
export function stack_module_state(
  ...args: signatures.StackModuleStateArgs
): [params: Record<string, Tensor>, buffers: Record<string, Tensor>] {
  const [models] = signatures.stack_module_state.list(args);
  if (typeof (models as Partial<Iterable<Module>> | null)?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`stack_module_state(): argument 'models' must be a list of Modules, not ${typeName(models)}`);
  }
  const list = [...models];
  const index = list.findIndex((model) => !isModule(model));
  if (index >= 0) {
    const other: unknown = list[index];
    throw new TypeError(`stack_module_state(): argument 'models' must be a list of Modules, not of ${typeName(other)}`);
  }
  if (list.length === 0) throw new TorchError('stack_module_state: Expected at least one model, got 0.');
  if (list.some((model) => model.training !== list[0]!.training)) {
    throw new TorchError('stack_module_state: Expected all models to have the same training/eval mode.');
  }
  if (list.some((model) => Object.getPrototypeOf(model) !== Object.getPrototypeOf(list[0]))) {
    throw new TorchError('stack_module_state: Expected all models to be of the same class.');
  }
  const stack = (parts: NamedTensors[]): Record<string, Tensor> =>
    Object.fromEntries(
      Object.keys(parts[0]!).map((name) => [
        name,
        stacked(
          parts.map((part) => part[name]!),
          name,
        ),
      ]),
    );
  return [
    stack(list.map((model) => Object.fromEntries(model.named_parameters()))),
    stack(list.map((model) => Object.fromEntries(model.named_buffers()))),
  ];
}
