/** Python's text of values, as modules print them. */
import { argumentText as repr } from '../../base/python_text';

/** A float as Python prints it (`2.0`, `1e-05`), and any other value: `True`, `None`, `'zeros'`, `(2, 2)`. */
export { argumentText as repr, floatText as float } from '../../base/python_text';

/** `name=value` pairs joined as in a call. */
export function fields(values: Record<string, unknown>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${repr(value)}`)
    .join(', ');
}

/** Indents all lines but the first. */
export function indent(text: string, spaces: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(spaces)}`);
}
