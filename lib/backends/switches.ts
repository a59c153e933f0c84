/** Properties that read and set one of libtorch's switches. */

import { Signature } from '../arguments/signature';
import { type FlagName, getFlag, setFlag } from '../context/flags';
import { type Mode, withMode } from '../context/mode';

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

/** Sets switches while a callback runs, or until the mode is disposed; those not named take Python's defaults. */
export interface Flags<Name extends string> {
  /** Sets switches until the mode is disposed; those not named take Python's defaults. */
  (flags?: { readonly [Key in Name]?: boolean }): Mode;
  /** Sets switches while the callback runs; those not named take Python's defaults. */
  <Result>(flags: { readonly [Key in Name]?: boolean }, callback: () => Result): Result;
}

/** Python's `torch.backends.….flags`, with its defaults. */
export function flagsOf<Name extends string>(
  owner: Record<Name, boolean>,
  defaults: Readonly<Record<Name, boolean>>,
): Flags<Name> {
  const names = Object.keys(defaults) as Name[];
  const assign = (values: Readonly<Record<Name, boolean>>) => {
    for (const name of names) owner[name] = values[name];
  };
  const signature = new Signature<Record<Name, boolean>>('flags', defaults);
  function flags<Result>(given: object = {}, callback?: () => Result): Result | Mode {
    const wanted = signature.read([given]) as Record<Name, boolean>;
    const enter = () => {
      const before = Object.fromEntries(names.map((name) => [name, owner[name]])) as Record<Name, boolean>;
      assign(wanted);
      return () => assign(before);
    };
    return withMode('flags', enter, callback);
  }
  return flags as Flags<Name>;
}
