/** Weights that change while a model serves. */
import { TorchError } from '../base/errors';
import type { StateDict } from '../face/tensors';
import { torch } from '../torch';

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

/** What keeps one state from being written into another, in the words of `load_state_dict`. */
function differences(target: StateDict, source: StateDict): string[] {
  const [missing, unexpected] = [except(target, source), except(source, target)];
  const shapes = Object.keys(target).flatMap((name) => {
    const [to, from] = [target[name]?.shape, source[name]?.shape];
    if (to === undefined || from === undefined || String(to) === String(from)) return [];
    return [`size mismatch for ${name}: the new one has shape [${from.join(', ')}], the model's [${to.join(', ')}].`];
  });
  return [
    ...(missing.length > 0 ? [`Missing key(s) in state_dict: ${quoted(missing)}.`] : []),
    ...(unexpected.length > 0 ? [`Unexpected key(s) in state_dict: ${quoted(unexpected)}.`] : []),
    ...shapes,
  ];
}

function except(one: StateDict, other: StateDict): string[] {
  return Object.keys(one).filter((name) => !Object.hasOwn(other, name));
}

/** @throws TorchError when names or shapes differ */
export function checkFits(target: StateDict, source: StateDict): void {
  const found = differences(target, source);
  if (found.length > 0) throw new TorchError(`Error(s) in updating the service's state:\n\t${found.join('\n\t')}`);
}

/** Writes one state into another. */
export function overwrite(target: StateDict, source: StateDict): void {
  torch.no_grad(() => {
    for (const [name, tensor] of Object.entries(target)) tensor.copy_(source[name]!);
  });
}
