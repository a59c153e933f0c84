/** A module's state as a plain object, and back. */
import { no_grad } from '../../autograd/grad_mode';
import { AssertionError, TorchError, warn } from '../../base/errors';
import { get_swap_module_params_on_conversion } from '../../context/future';
import { swap_tensors } from '../../tensor/swap_tensors';
import { Tensor } from '../../tensor/tensor';
import { is_lazy, Parameter } from '../parameter';
import type { AnyModule, LocalMetadata, StateDict } from './contract';
import { IncompatibleKeys } from './incompatible_keys';
import { propertiesOf, stateOf } from './registry';

const METADATA = '_metadata';

/** Per module path, what it said when the state was written. Not one of the state's keys. */
export function metadataOf(state: object): Record<string, LocalMetadata> {
  return (state as { [METADATA]?: Record<string, LocalMetadata> })[METADATA] ?? {};
}

/** An empty state. */
export function newStateDict(): StateDict {
  const state: StateDict = {};
  Object.defineProperty(state, METADATA, { value: {}, writable: true, configurable: true });
  return state;
}

/** The key of what `get_extra_state` gives. */
export const EXTRA_STATE = '_extra_state';

const NOTHING = new IncompatibleKeys([], []);

/** @throws TorchError that lists the names which only one side has, and what else went wrong */
export function checkLoaded(
  module: AnyModule,
  { missing_keys, unexpected_keys }: IncompatibleKeys,
  errors: readonly string[] = [],
): void {
  const lines = [...errors];
  if (unexpected_keys.length > 0) lines.unshift(`Unexpected key(s) in state_dict: ${quoted(unexpected_keys)}. `);
  if (missing_keys.length > 0) lines.unshift(`Missing key(s) in state_dict: ${quoted(missing_keys)}. `);
  if (lines.length === 0) return;
  throw new TorchError(`Error(s) in loading state_dict for ${module._get_name()}:\n\t${lines.join('\n\t')}`);
}

/** Copies one state into a module and its children, and gathers what does not fit. */
export class Loader {
  readonly missing: string[] = [];
  readonly unexpected: string[] = [];
  readonly errors: string[] = [];
  private readonly metadata: Record<string, LocalMetadata>;

  constructor(
    private readonly source: Record<string, unknown>,
    private readonly strict: boolean,
    private readonly assign: boolean,
  ) {
    this.metadata = metadataOf(source);
  }

  /** Loads a whole module; the report is complete afterwards. */
  load(module: AnyModule): IncompatibleKeys {
    this.loadTree(module, { ...this.source }, '');
    const incompatible = new IncompatibleKeys(this.missing, this.unexpected);
    checkLoaded(module, this.strict ? incompatible : NOTHING, this.errors);
    return incompatible;
  }

  private loadTree(module: AnyModule, state: Record<string, unknown>, prefix: string): void {
    const local: LocalMetadata = { ...this.metadata[prefix.slice(0, -1)] };
    if (this.assign) local.assign_to_params_buffers = true;
    module._load_from_state_dict(state, prefix, local, true, this.missing, this.unexpected, this.errors);
    for (const name of stateOf(module).modules) {
      const child = propertiesOf(module)[name] as AnyModule | null;
      if (child === null || child === undefined) continue;
      const inner = `${prefix}${name}.`;
      this.loadTree(child, Object.fromEntries(Object.entries(state).filter(([key]) => key.startsWith(inner))), inner);
    }
    const incompatible = new IncompatibleKeys(this.missing, this.unexpected);
    for (const hook of stateOf(module).hooks.loadStatePost.values()) {
      if ((hook(module, incompatible) ?? null) !== null) {
        throw new AssertionError(
          'Hooks registered with ``register_load_state_dict_post_hook`` are not expected to return new values, if incompatible_keys need to be modified, it should be done inplace.',
        );
      }
    }
  }
}

function quoted(keys: readonly string[]): string {
  return keys.map((key) => `"${key}"`).join(', ');
}

function size(x: Tensor): string {
  return `torch.Size([${x.shape.join(', ')}])`;
}

/** The tensors that a module itself has in its state. */
export function localState(module: AnyModule): [name: string, value: Tensor][] {
  const { parameters, buffers, transient } = stateOf(module);
  const names = [...parameters, ...[...buffers].filter((name) => !transient.has(name))];
  const values = names.map((name): [string, Tensor | null] => [name, propertiesOf(module)[name] as Tensor | null]);
  return values.filter((pair): pair is [string, Tensor] => pair[1] !== null && pair[1] !== undefined);
}

/** The keys of a state that neither the module itself nor a child of it has. */
export function findUnexpected(module: AnyModule, state: Record<string, unknown>, prefix: string): string[] {
  const { modules } = stateOf(module);
  const local = new Set(localState(module).map(([name]) => name));
  return Object.keys(state).filter((key) => {
    if (!key.startsWith(prefix) || key === prefix + EXTRA_STATE) return false;
    const [first, ...rest] = key.slice(prefix.length).split('.');
    return !(rest.length > 0 ? modules.has(first!) : local.has(first!));
  });
}

/** Copies or assigns one tensor; returns what is wrong, if anything is. */
export function loadTensor(
  module: AnyModule,
  name: string,
  key: string,
  given: unknown,
  assign: boolean,
): string | undefined {
  const current = propertiesOf(module)[name] as Tensor;
  if (!(given instanceof Tensor)) {
    return `While copying the parameter named "${key}", expected torch.Tensor or Tensor-like object from checkpoint but received ${typeof given}`;
  }
  let value = given;
  const lazy = is_lazy(current);
  if (!lazy) {
    if (current.dim() === 0 && value.dim() === 1) value = value.index(0); // files older than 0-dim tensors
    if (String(current.shape) !== String(value.shape)) {
      return `size mismatch for ${key}: copying a param with shape ${size(value)} from checkpoint, the shape in current model is ${size(current)}.`;
    }
    if (current.is_meta && !value.is_meta && !assign) {
      warn(
        `for ${key}: copying from a non-meta parameter in the checkpoint to a meta parameter in the current model, which is a no-op. (Did you mean to pass \`assign=True\` to assign items in the state dictionary to their corresponding key in the module instead of copying them in place?)`,
      );
    }
  }
  try {
    no_grad(() => {
      const swaps = get_swap_module_params_on_conversion();
      if (assign && !swaps) return assignTensor(module, name, current, value);
      if (lazy && !is_lazy(value)) current.materialize(value.shape);
      if (swaps) swapTensor(current, value, assign);
      else current.copy_(value);
    });
  } catch (error) {
    return `While copying the parameter named "${key}", whose dimensions in the model are ${size(current)} and whose dimensions in the checkpoint are ${size(value)}, an exception occurred : ('${(error as Error).message}',).`;
  }
  return undefined;
}

/** Puts what `module_load` makes of a value in the place of a parameter or buffer, whose object stays. */
function swapTensor(current: Tensor, value: Tensor, assign: boolean): void {
  let next = current.module_load(value, { assign });
  if (next === value || next === current) {
    throw new TorchError(
      'module_load returned one of self or other, please .detach() the result if returning one of the inputs in module_load',
    );
  }
  if (current instanceof Parameter) {
    if (next instanceof Parameter) next.requires_grad_(current.requires_grad);
    else next = new Parameter(next, current.requires_grad);
  }
  swap_tensors(current, next);
}

function assignTensor(module: AnyModule, name: string, current: Tensor, value: Tensor): void {
  let next = value;
  if (current instanceof Parameter) {
    if (value instanceof Parameter) value.requires_grad_(current.requires_grad);
    else next = new Parameter(value, current.requires_grad);
  }
  propertiesOf(module)[name] = next;
}
