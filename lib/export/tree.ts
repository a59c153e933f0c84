/** The structure of what a program takes and gives: lists, tuples and dicts around the leaves, as Python writes them. */
import { isOptions } from '../native/kinds';
import { namedTuple } from '../operators/named_tuple';
import { BadProgram, Json } from './json';

type Children = readonly Tree[];

/** One level of a structure. */
export class Tree {
  private constructor(
    /** Python's type, such as `builtins.dict`; null for a leaf. */
    private readonly type: string | null,
    readonly children: Children,
    /** Of a dict and of a class with fields. */
    readonly keys: readonly string[] | null,
  ) {}

  static parse(text: string, fields: ReadonlyMap<string, readonly string[]>): Tree {
    const [version, spec] = Json.parse(text, 'the structure').list();
    if (version?.integer() !== 1 || spec === undefined)
      throw new BadProgram(`the structure '${text}' is not known here`);
    return Tree.from(spec, fields);
  }

  private static from(json: Json, fields: ReadonlyMap<string, readonly string[]>): Tree {
    const type = json.at('type').given?.text() ?? null;
    const children = json
      .at('children_spec')
      .list()
      .map((child) => Tree.from(child, fields));
    const tree = new Tree(type, children, type === null ? null : keysOf(json, type, fields));
    if (tree.keys !== null && tree.keys.length !== children.length)
      throw new BadProgram(`the structure ${type} has ${children.length} values for ${tree.keys.length} keys`);
    return tree;
  }

  /** The structure of a value: arrays are tuples, plain objects and Maps dicts, all else is a leaf. */
  static of(value: unknown): Tree {
    if (Array.isArray(value)) return Tree.tuple(value.map(Tree.of));
    if (!isOptions(value) && !(value instanceof Map)) return new Tree(null, [], null);
    const entries: [unknown, unknown][] = value instanceof Map ? [...value] : Object.entries(value);
    const keys = entries.map(([key]) => {
      if (typeof key !== 'string') throw new TypeError('the keys of a dict that is exported are texts');
      return key;
    });
    return new Tree(
      'builtins.dict',
      entries.map(([, each]) => Tree.of(each)),
      keys,
    );
  }

  static tuple(children: Children): Tree {
    return new Tree('builtins.tuple', children, null);
  }

  static dict(keys: readonly string[], children: Children): Tree {
    return new Tree('builtins.dict', children, keys);
  }

  /** The text that a file has for it. */
  dump(): string {
    return JSON.stringify([1, this.plain()]);
  }

  private plain(): object {
    const context = this.isLeaf ? null : JSON.stringify(this.keys);
    return { type: this.type, context, children_spec: this.children.map((child) => child.plain()) };
  }

  /** How many leaves there are. */
  get leaves(): number {
    return this.isLeaf ? 1 : this.children.reduce((count, child) => count + child.leaves, 0);
  }

  get isLeaf(): boolean {
    return this.type === null;
  }

  private get isTuple(): boolean {
    return this.type === 'collections.namedtuple';
  }

  /** As Python prints it. */
  toString(indent = 0): string {
    if (this.isLeaf) return '*';
    const name = this.type!.split('.').at(-1)!;
    const keys = this.keys === null ? 'None' : `[${this.keys.map((key) => `'${key}'`).join(', ')}]`;
    const pad = ' '.repeat(indent + 2);
    const children = this.children.map((child) => child.toString(indent + 2)).join(`,\n${pad}`);
    return `TreeSpec(${name}, ${keys}, [${children}])`;
  }

  /**
   * The leaves of a value of this structure, in order.
   * @throws RangeError where the value differs from it
   */
  flatten(value: unknown, where: string): unknown[] {
    if (this.isLeaf) return [value];
    const parts = this.keys === null || (this.isTuple && Array.isArray(value)) ? listOf(value) : this.dictOf(value);
    if (parts === undefined || parts.length !== this.children.length) {
      throw new RangeError(`${where} should be as when the program was exported, ${this}, and is ${describe(value)}`);
    }
    return this.children.flatMap((child, i) => child.flatten(parts[i], `${where}[${this.keys?.[i] ?? i}]`));
  }

  private dictOf(value: unknown): unknown[] | undefined {
    if (typeof value !== 'object' || value === null) return undefined;
    const names = value instanceof Map ? [...value.keys()] : Object.keys(value);
    if (names.length !== this.keys!.length || !this.keys!.every((key) => names.includes(key))) return undefined;
    return this.keys!.map((key) => (value instanceof Map ? value.get(key) : (value as Record<string, unknown>)[key]));
  }

  /** A value of this structure: arrays for lists and tuples, objects for dicts. */
  unflatten(leaves: readonly unknown[]): unknown {
    const rest = [...leaves];
    const value = this.build(rest);
    if (rest.length > 0) throw new BadProgram(`the program gives ${leaves.length} values, more than ${this}`);
    return value;
  }

  private build(leaves: unknown[]): unknown {
    if (this.isLeaf) return leaves.shift();
    const values = this.children.map((child) => child.build(leaves));
    if (this.isTuple) return namedTuple(this.type!, this.keys!)(values);
    return this.keys === null ? values : Object.fromEntries(this.keys.map((key, i) => [key, values[i]]));
  }
}

function listOf(value: unknown): unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `an object with ${Object.keys(value).join(', ') || 'no keys'}`;
}

const lists = new Set(['builtins.tuple', 'builtins.list', 'collections.deque', 'torch.Size']);

/** The keys in a structure's context, a JSON text; null for lists. */
function keysOf(json: Json, type: string, fields: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  if (lists.has(type)) return null;
  const context = json.at('context');
  if (type === 'collections.namedtuple') {
    const known = fields.get(context.text());
    if (known === undefined) throw json.unknown(`a named tuple ${context.text()}, whose fields are not in the file`);
    return known;
  }
  if (type === 'collections.defaultdict') return context.at('dict_context').list().map(keyFrom);
  // classes of other packages mostly write their fields, dataclasses those that have a value and those that have none
  const list = Json.parse(context.text(), `the keys of a ${type}`).list();
  return (list[0]?.isList ? list[0].list() : list).map(keyFrom);
}

/** Keys of JavaScript's objects are texts. */
function keyFrom(json: Json): string {
  return json.isText ? json.text() : String(json.integer());
}
