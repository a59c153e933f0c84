/** Python's literals, as far as the headers of .npy files have them: dicts, tuples, lists, text, ints, booleans. */

export type Literal = string | number | boolean | Literal[] | Map<string, Literal>;

const TOKEN = /\s*(?:('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(\d+)L?|(True|False)|([{}()[\]:,]))/y;
/** Deeper than any dtype. */
const DEEPEST = 32;

/** Reads one literal that is the whole text. */
export class LiteralParser {
  private at = 0;
  private depth = 0;

  /** `fail` makes the error for anything else. */
  constructor(
    private readonly text: string,
    private readonly fail: (what: string) => Error,
  ) {}

  parse(): Literal {
    const value = this.value(this.token());
    if (this.text.slice(this.at).trim() !== '') throw this.unexpected();
    return value;
  }

  private unexpected(): Error {
    return this.fail(`cannot parse header at character ${this.at}: ${JSON.stringify(this.text.slice(0, 80))}`);
  }

  private token(): string {
    TOKEN.lastIndex = this.at;
    const match = TOKEN.exec(this.text);
    if (match === null) throw this.unexpected();
    this.at = TOKEN.lastIndex;
    return match[0].trim();
  }

  private value(token: string): Literal {
    if (token === '{') return this.nested(() => this.dict());
    if (token === '(') return this.nested(() => this.items(')'));
    if (token === '[') return this.nested(() => this.items(']'));
    if (token === 'True' || token === 'False') return token === 'True';
    if (/^\d/.test(token)) return Number(token.replace('L', ''));
    if (/^['"]/.test(token)) return token.slice(1, -1).replace(/\\(.)/g, '$1');
    throw this.unexpected();
  }

  private nested<Value>(read: () => Value): Value {
    this.depth++;
    if (this.depth > DEEPEST) throw this.unexpected();
    const value = read();
    this.depth--;
    return value;
  }

  private items(end: string): Literal[] {
    const items: Literal[] = [];
    for (let token = this.token(); token !== end; token = this.token()) {
      items.push(this.value(token));
      const next = this.token();
      if (next === end) break;
      if (next !== ',') throw this.unexpected();
    }
    return items;
  }

  private dict(): Map<string, Literal> {
    const dict = new Map<string, Literal>();
    for (let token = this.token(); token !== '}'; token = this.token()) {
      const key = this.value(token);
      if (typeof key !== 'string' || dict.has(key) || this.token() !== ':') throw this.unexpected();
      dict.set(key, this.value(this.token()));
      const next = this.token();
      if (next === '}') break;
      if (next !== ',') throw this.unexpected();
    }
    return dict;
  }
}
