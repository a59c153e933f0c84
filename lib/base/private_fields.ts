/** Fields that nothing outside of their class can see, and so nothing can copy. */
const fields = new WeakMap<object, string | null>();

/** A private field, method or accessor where a member of a class can begin. */
const declaration = /(?:^|[{};\n])\s*(?:(?:get|set|async|accessor)\s+|\*\s*)*#([A-Za-z_$][\w$]*)/;
const comments = /\/\*[\s\S]*?\*\/|\/\/.*$/gm;

function declaredIn(Class: object): string | null {
  const known = fields.get(Class);
  if (known !== undefined) return known;
  const source = Function.prototype.toString.call(Class);
  const name = declaration.exec(source.replace(comments, ''))?.[1] ?? null;
  fields.set(Class, name);
  return name;
}

/** The first of an object's classes with a private field, and the field's name. */
export function privateFieldOf(value: object): { type: string; field: string } | undefined {
  let prototype = Object.getPrototypeOf(value);
  for (; prototype !== null && prototype !== Object.prototype; prototype = Object.getPrototypeOf(prototype)) {
    const Class: unknown = prototype.constructor;
    const field = typeof Class === 'function' ? declaredIn(Class) : null;
    if (field !== null) return { type: (Class as { name: string }).name, field };
  }
  return undefined;
}

/**
 * Refuses an object of a class with `#private` fields that is to be copied.
 * @throws TypeError that names the class and the field
 */
export function refusePrivateFields(value: object): void {
  const found = privateFieldOf(value);
  if (found === undefined) return;
  throw new TypeError(
    `cannot copy an object of ${found.type}: its private field #${found.field} cannot be read from outside. Make the field a plain property, or give the class a method __deepcopy__(memo) that makes the copy.`,
  );
}
