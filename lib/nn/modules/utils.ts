/** torch.nn.modules.utils. */
import { metadataOf } from './state_dict';

/**
 * Takes a prefix off the keys of a state, in place: `'module.'` off one that a `DataParallel` wrote.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.modules.utils.consume_prefix_in_state_dict_if_present.html
 */
export function consume_prefix_in_state_dict_if_present(state_dict: Record<string, unknown>, prefix: string): void {
  rename(state_dict, (key) => (key.startsWith(prefix) ? key.slice(prefix.length) : null));
  const module = prefix.replaceAll('.', '');
  rename(metadataOf(state_dict), (key) => {
    return key !== '' && (key === module || key.startsWith(prefix)) ? key.slice(prefix.length) : null;
  });
}

function rename(object: Record<string, unknown>, newName: (key: string) => string | null): void {
  for (const key of Object.keys(object)) {
    const name = newName(key);
    if (name === null) continue;
    const value = object[key];
    delete object[key];
    object[name] = value;
  }
}
