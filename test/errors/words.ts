/** Python's names of types in messages become JavaScript's: `not str` is `not string`. */

const types: Readonly<Record<string, string>> = {
  NoneType: 'null',
  bool: 'boolean',
  builtin_function_or_method: 'function',
  complex: 'Complex',
  dict: 'Object',
  float: 'number',
  int: 'number',
  list: 'Array',
  str: 'string',
  tuple: 'Array',
};

const names = `(${Object.keys(types).join('|')})`;

/** Where a message names the type of a value that was given. */
const before = 'not|type|got:?|Got|a Tensor, but|and|params is|assign|dtype of|expected a';

const single = new RegExp(`\\b(${before}|can't assign a) ('?)${names}\\b(?!\\()`, 'g');
const list = new RegExp(`\\b${names}\\b(?!=)`, 'g');

function inList(text: string): string {
  return text.replace(list, (name) => types[name]!);
}

export function inJavaScript(message: string): string {
  return message
    .replace(single, (_, words, quote, name) => `${words} ${quote}${types[name]}`)
    .replace(new RegExp(`^${names} is not an?\\b`), (text) => inList(text))
    .replace(new RegExp(`'${names}' object`), (text) => inList(text))
    .replace("too many dimensions 'str'", "too many dimensions 'string'")
    .replace(new RegExp(`; is${names}$`), (_, name) => `; is${types[name]}`)
    .replace(/<class '(?:\w+\.)*(\w+)'>/g, (_, name) => types[name] ?? name)
    .replace(/(got|have invalid types:) \(.*\)/g, (text) => inList(text))
    .replace(/!Array of \(([^()]*)\)!/g, '!Array of [$1]!');
}
