/** Properties that read and set one of libtorch's switches. */
import { type FlagName, getFlag, setFlag } from '../context';

/** An object with a property for each switch. */
export function switches<Names extends Readonly<Record<string, FlagName>>>(names: Names): Record<keyof Names, boolean> {
  const object = {} as Record<keyof Names, boolean>;
  for (const [property, flag] of Object.entries(names)) {
    Object.defineProperty(object, property, {
      enumerable: true,
      get: () => getFlag(flag),
      set: (on: boolean) => setFlag(flag, on),
    });
  }
  return object;
}
