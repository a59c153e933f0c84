type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `same<Expected>()(value, true)` compiles only where the value has this type, no wider and no narrower one. */
export function same<Expected>(): <Value>(value: Value, _: Same<Value, Expected>) => void {
  return () => {};
}
