/** The names of a graph's values. */

/** What Python's code generation does not use as a name. */
const taken = new Set(
  'abs all any bool bytes complex divmod filter float format hash id int iter len list map max min next object pow range repr reversed round set slice sorted str sum tuple type zip and as if in is not or'.split(
    ' ',
  ),
);

/** Names that nothing else has. */
export class Names {
  private readonly used = new Map<string, number>();

  unique(wish: string): string {
    const plain = wish.replace(/\W/g, '_').replace(/^(?=\d)/, '_');
    const count = this.used.get(plain);
    this.used.set(plain, (count ?? 0) + 1);
    if (count === undefined && !taken.has(plain)) return plain;
    const name = `${plain}_${count ?? 1}`;
    if (this.used.has(name)) return this.unique(wish);
    this.used.set(name, 1);
    return name;
  }
}
