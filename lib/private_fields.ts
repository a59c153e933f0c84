/** Fields that nothing outside of their class can see, and so nothing can copy. */
const found = new WeakMap<object, string | null>();

/** A private field, method or accessor where a member of a class can begin. */
const declaration = /(?:^|[{};\n])\s*(?:(?:get|set|async|accessor)\s+|\*\s*)*#([A-Za-z_$][\w$]*)/;
const comments = /\/\*[\s\S]*?\*\/|\/\/.*$/gm;

function declaredIn(Class: object): string | null {
  const known = found.get(Class);
  if (known !== undefined) return known;
  const source = Function.prototype.toString.call(Class);
  const name = declaration.exec(source.replace(comments, ''))?.[1] ?? null;
  found.set(Class, name);
  return name;
}

/**
 * Refuses an object of a class with `#private` fields that is to be copied.
 * @throws TypeError that names the class and the field
 */
export function refusePrivateFields(value: object): void {
  let prototype = Object.getPrototypeOf(value);
  for (; prototype !== null && prototype !== Object.prototype; prototype = Object.getPrototypeOf(prototype)) {
    const Class: unknown = prototype.constructor;
    const field = typeof Class === 'function' ? declaredIn(Class) : null;
    if (field === null) continue;
    throw new TypeError(
      `cannot copy an object of ${(Class as { name: string }).name}: its private field #${field} cannot be read from outside. Make the field a plain property, or give the class a method __deepcopy__(memo) that makes the copy.`,
    );
  }
}
