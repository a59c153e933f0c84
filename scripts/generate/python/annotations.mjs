// Python's annotations and defaults, as TypeScript's types and values.

/** What a name of Python's is here. @type {Record<string, string>} */
const names = {
  int: 'number',
  float: 'number',
  SupportsFloat: 'number | Tensor',
  bool: 'boolean',
  str: 'string',
  None: 'null',
  NoneType: 'null',
  Any: 'unknown',
  object: 'unknown',
  Size: 'readonly number[]',
  'torch.dtype': 'DType',
  'torch.device': 'DeviceLike',
  'torch.layout': 'Layout',
  'torch.memory_format': 'MemoryFormat',
  'torch._C.Generator': 'Generator',
  _size: 'Size',
  _bool: 'boolean',
  _dtype: 'DType',
  _int: 'number',
  _layout: 'Layout',
  DeviceLikeType: 'DeviceLike',
  BaseException: 'unknown',
};

/** Unions of sizes have names of their own. @type {Record<string, string>} */
const sizes = {
  'number | readonly [number]': 'Size1',
  'number | readonly [number, number]': 'Size2',
  'number | readonly [number, number, number]': 'Size3',
  'number | readonly [number, number, number, number]': 'Size4',
  'number | readonly [number, number, number, number, number, number]': 'Size6',
  'number | readonly number[]': 'Size',
};

/** @param {string} text */
function tokens(text) {
  return text.match(/'[^']*'|\.\.\.|[\w.~]+|[[\],|]/g) ?? [];
}

class Reader {
  /** @param {string} text */
  constructor(text) {
    this.tokens = tokens(text);
    this.at = 0;
  }

  /** `A | B`. @returns {string[]} its members */
  members() {
    const found = this.one();
    while (this.tokens[this.at] === '|') {
      this.at++;
      found.push(...this.one());
    }
    return found;
  }

  /** @returns {string} */
  type() {
    return union(this.members());
  }

  /** What stands between brackets. @returns {string[][]} each as members */
  list() {
    const found = [];
    this.at++;
    while (this.tokens[this.at] !== ']') {
      found.push(this.members());
      if (this.tokens[this.at] === ',') this.at++;
    }
    this.at++;
    return found;
  }

  /** @returns {string[]} members of a union, mostly one */
  one() {
    const token = this.tokens[this.at];
    if (token === '[') return [`[${this.list().map(union).join(', ')}]`];
    this.at++;
    if (token === '...') return ['...'];
    if (token.startsWith('~') || (token.startsWith('_') && names[token] === undefined) || token.startsWith('+'))
      return ['unknown']; // a type variable
    if (token.startsWith("'")) return [token];
    if (this.tokens[this.at] !== '[') return members(names[token] ?? token.split('.').at(-1));
    if (token === 'Callable') return [this.callable()];
    return generic(token, this.list());
  }

  /** `Callable[[A, B], R]`. */
  callable() {
    this.at++;
    /** @type {string[]} */
    let parameters = [];
    if (this.tokens[this.at] === '[') parameters = this.list().map(union);
    else this.members();
    this.at++;
    const result = this.type();
    this.at++;
    const rest = parameters.length === 1 && parameters[0] === '...';
    const list = rest ? '...args: never[]' : parameters.map((type, i) => `${'abcdef'[i]}: ${type}`).join(', ');
    return `(${list}) => ${result === 'null' ? 'void' : result}`;
  }
}

/** @param {string} type */
const members = (type) => type.split(' | ');

/** @param {string} token @param {string[][]} args */
function generic(token, args) {
  switch (token) {
    case 'Union':
      return args.flat();
    case 'Optional':
      return [...args[0], 'null'];
    case 'Literal':
      return args.flat();
    case 'tuple':
      if (args.at(-1)?.[0] === '...') return [`readonly ${element(args[0])}[]`];
      return [`readonly [${args.map(union).join(', ')}]`];
    case 'list':
    case 'Sequence':
      return [`readonly ${element(args[0])}[]`];
    case 'Iterable':
    case 'Iterator':
      return [`Iterable<${union(args[0])}>`];
    case 'dict':
    case 'Mapping':
      return [`Record<string, ${union(args[1])}>`];
    case 'type':
      return ['abstract new (...args: never[]) => unknown'];
    default:
      return ['unknown'];
  }
}

/** @param {string[]} found */
function element(found) {
  const type = union(found);
  return found.length > 1 || type.includes('=>') || type.startsWith('readonly') ? `(${type})` : type;
}

/** null comes last; a function needs parentheses beside others. @param {string[]} found */
function union(found) {
  const unique = [...new Set(found)];
  if (unique.includes('unknown')) return 'unknown';
  const others = unique.filter((type) => type !== 'null');
  const shown = others.map((type) => (unique.length > 1 && type.includes('=>') ? `(${type})` : type)).join(' | ');
  const sized = sizes[shown] ?? shown;
  return [...(sized ? [sized] : []), ...(unique.includes('null') ? ['null'] : [])].join(' | ');
}

/** @param {string} annotation */
export function typeOf(annotation) {
  return new Reader(annotation).type();
}

/**
 * The JavaScript of a default as Python writes it; undefined when it has none.
 * @param {string} text
 * @returns {string | undefined}
 */
export function valueOf(text) {
  if (text === 'None') return 'null';
  if (text === 'True') return 'true';
  if (text === 'False') return 'false';
  if (/^-?[\d.]+(e[-+]?\d+)?$/.test(text)) return String(Number(text));
  if (text === 'torch.Size([])') return '[]';
  if (text === 'inf') return 'Infinity';
  const interpolation = /^InterpolationMode\.(\w+)$/.exec(text)?.[1];
  if (interpolation !== undefined) return `'${interpolation.toLowerCase()}'`;
  const constant = /^torch\.(\w+)$/.exec(text)?.[1];
  if (constant === 'strided') return `layouts.${constant}`;
  if (constant?.endsWith('_format')) return `memoryFormats.${constant}`;
  if (constant !== undefined) return `dtypes.${constant}`;
  if (/^'[^'\\]*'$/.test(text)) return text;
  const list = /^[([](.*?),?[)\]]$/.exec(text);
  if (list) return `[${list[1] === '' ? '' : list[1].split(/,\s*/).map(valueOf).join(', ')}]`;
  return undefined;
}

/**
 * The type that a default tells of a parameter without an annotation.
 * @param {string | undefined} text
 */
export function typeOfDefault(text) {
  const value = text === undefined ? undefined : valueOf(text);
  if (value === 'true' || value === 'false') return 'boolean';
  if (value === undefined || value === 'null') return undefined;
  if (value.startsWith("'")) return 'string';
  return value.startsWith('[') ? undefined : 'number';
}
