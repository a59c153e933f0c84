/** What runs when something is registered with any module. */

import type { AnyModule } from './contract';
import { Hooks } from './hooks';

type RegistrationHook = (module: AnyModule, name: string, value: unknown) => unknown;

export const registrationHooks = {
  parameter: new Hooks<RegistrationHook>(),
  buffer: new Hooks<RegistrationHook>(),
  module: new Hooks<RegistrationHook>(),
} as const;

/** The value to register: what the last hook that returned one wants. */
export function throughHooks(
  kind: keyof typeof registrationHooks,
  module: AnyModule,
  name: string,
  value: unknown,
): unknown {
  let current = value;
  for (const hook of registrationHooks[kind].values()) current = hook(module, name, current) ?? current;
  return current;
}
