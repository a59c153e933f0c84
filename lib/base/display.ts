/** How values show themselves in notebooks: what Deno's kernel for Jupyter asks them for. */

/** https://docs.deno.com/runtime/reference/cli/jupyter/ */
export const display: unique symbol = Symbol.for('Jupyter.display');

/** The same thing in several formats, by MIME type. The richest that a notebook knows is shown. Bytes are base64. */
export interface MimeBundle {
  'text/plain': string;
  [type: string]: string;
}

export const plain = (value: unknown): MimeBundle => ({ 'text/plain': String(value) });

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escaped = (value: unknown) => String(value).replace(/[&<>"]/g, (character) => ENTITIES[character]!);

/** A table as HTML, numbers on the right, with `text` for where there is no HTML. */
export function tableBundle(
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
  text: string,
): MimeBundle {
  const cell = (value: unknown) => {
    const align = typeof value === 'number' || typeof value === 'bigint' ? 'right' : 'left';
    return `<td style="text-align:${align}">${escaped(value)}</td>`;
  };
  const head = columns.map((name) => `<th>${escaped(name)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n');
  return {
    'text/plain': text,
    'text/html': `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>`,
  };
}

/** What Deno's kernel offers to programs that it runs. */
export interface Kernel {
  display(value: unknown, options?: { display_id?: string; update?: boolean }): Promise<void>;
}

/** The kernel that runs this program, if one does. Outside of one, Deno refuses to be asked. */
export function kernel(): Kernel | undefined {
  const { Deno } = globalThis as { Deno?: { jupyter?: Kernel } };
  try {
    return Deno?.jupyter;
  } catch {
    return undefined;
  }
}
