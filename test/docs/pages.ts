/**
 * The examples in README.md and docs/*.md: fenced blocks, and tables with the columns PyTorch and tsorch.
 *
 * A block is a module of its own; one that does not import 'tsorch' gets the usual lines (PRELUDE). Comments in HTML change that:
 *
 *     <!-- snippet: continues -->            it goes on where the block before it ended
 *     <!-- snippet: given CODE -->           CODE stands before it, unseen; before a table, before each of its rows
 *     <!-- snippet: compiled only: WHY -->   it is not run
 *     <!-- snippet: left out: WHY -->        not even compiled
 *
 * Comments beside and right below `console.log(…);` are what it prints; `…` in them stands for anything. A block whose
 * last line says `// throws TypeError: …` ends so. A block without such comments only has to run.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

export const root = join(__dirname, '..', '..', '..');

const PRELUDE = `import torch, { nn, optim, type Tensor } from 'tsorch';
import * as F from 'tsorch/nn/functional';
`;

export interface Block {
  /** Where it begins in its page. */
  line: number;
  code: string;
  /** The lines it must print; null when it says nothing about them. */
  output: string[] | null;
  runs: boolean;
}

/** A row of a table: the same in Python and here. */
export interface Row {
  line: number;
  python: string;
  code: string;
}

export interface Page {
  name: string;
  blocks: Block[];
  rows: Row[];
}

export function readPages(): Page[] {
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', 'CONTRIBUTING.md', ...docs.sort().map((name) => join('docs', name))].map((path) =>
    readPage(basename(path), readFileSync(join(root, path), 'utf8')),
  );
}

/** How the next block or table is treated. */
interface Directive {
  continues?: boolean;
  given?: string;
  runs?: boolean;
  leftOut?: boolean;
}

function readDirective(comment: string): Directive {
  const [, kind, rest] = /^\s*snippet: (continues|given|compiled only:|left out:)\s*([\s\S]*?)\s*$/.exec(comment) ?? [];
  if (kind === undefined) return {};
  if (kind === 'continues') return { continues: true };
  if (rest === '') throw new Error(`no reason or code: ${comment}`);
  if (kind === 'given') return { given: rest };
  return kind === 'left out:' ? { leftOut: true } : { runs: false };
}

const element = /<!--([\s\S]*?)-->|^( *)```(\w*)\n([\s\S]*?)^ *```$|^\| PyTorch \| tsorch \|.*\n((?:\|.*\n)*)/gm;

export function readPage(name: string, text: string): Page {
  const page: Page = { name, blocks: [], rows: [] };
  let directive: Directive = {};
  for (const match of text.matchAll(element)) {
    const [, comment, indent, language, body, table] = match;
    const line = text.slice(0, match.index).split('\n').length;
    if (comment !== undefined) {
      directive = { ...directive, ...readDirective(comment) };
      continue;
    }
    if (table !== undefined) page.rows.push(...readRows(table, line + 1, directive.given));
    else if (language === 'ts' || language === 'js') addBlock(page, line, unindented(body!, indent!), directive);
    else if (language === 'python') continue; // beside the block that the comment is about
    directive = {};
  }
  return page;
}

function unindented(code: string, indent: string): string {
  return code.replace(new RegExp(`^${indent}`, 'gm'), '');
}

function addBlock(page: Page, line: number, code: string, { continues, given, runs = true, leftOut }: Directive): void {
  if (leftOut) return;
  const output = outputOf(code);
  const last = page.blocks.at(-1);
  if (continues && last !== undefined) {
    last.code += code;
    last.output = output === null && last.output === null ? null : [...(last.output ?? []), ...(output ?? [])];
    return;
  }
  const prelude = /from 'tsorch'/.test(code) ? '' : PRELUDE;
  page.blocks.push({ line, code: `${prelude}${given ?? ''}\n${code}`, output, runs });
}

/** What the comments of a block say it prints. */
function outputOf(code: string): string[] | null {
  const output: string[] = [];
  let where: 'elsewhere' | 'in the call' | 'after it' = 'elsewhere';
  for (const line of code.split('\n')) {
    const alone = /^\s*\/\/ ?(.*)$/.exec(line);
    if (alone !== null) {
      if (where === 'after it' && !alone[1]!.startsWith('@ts-')) output.push(alone[1]!);
      continue;
    }
    const thrown = / \/\/ (throws .*)$/.exec(line);
    if (thrown !== null) output.push(thrown[1]!);
    if (line.includes('console.log(')) where = 'in the call';
    else if (where === 'after it') where = 'elsewhere';
    const end = /[;}]\s*(?:\/\/ ?(.*))?$/.exec(line);
    if (where === 'in the call' && end !== null) {
      if (end[1] !== undefined) output.push(end[1]);
      where = 'after it';
    }
  }
  return output.length === 0 ? null : output;
}

/** The rows whose first two cells are code and nothing else. */
function readRows(table: string, firstLine: number, given = ''): Row[] {
  return table.split('\n').flatMap((text, i) => {
    const [python, code] = text
      .split(/(?<!\\)\|/)
      .slice(1, 3)
      .map(codeOf);
    return python && code ? [{ line: firstLine + i, python, code: `${given}\n/* row */\n${code}` }] : [];
  });
}

/** The code of a cell, lines divided by <br>; empty for a cell that says more. */
function codeOf(cell: string): string {
  const spans = cell.trim().split('<br>');
  if (!spans.every((span) => /^`[^`]+`$/.test(span.trim()))) return '';
  return spans.map((span) => span.trim().slice(1, -1).replaceAll('\\|', '|')).join('\n');
}

/** Whether lines printed are those that the comments show; `…` stands for anything, alone for any lines. */
export function fits(output: readonly string[], printed: readonly string[]): boolean {
  const escaped = (text: string) => text.trimEnd().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = output.map((line) =>
    line.trim() === '…' ? '(?:.*\\n)*?' : `${line.split('…').map(escaped).join('.*')} *\\n`,
  );
  return new RegExp(`^${pattern.join('')}$`).test(`${printed.join('\n')}\n`);
}

/** The module a block is compiled as. */
export function blockModule({ code }: Block): string {
  return `${code}\nexport {};\n`;
}

/** All rows of a page's tables, a function each; `kinds` says which are expressions, as Python sees them. */
export function rowsModule(rows: readonly Row[], isExpression: (row: Row) => boolean): string {
  const functions = rows.map((row) => {
    const [given, code] = row.code.split('/* row */\n');
    const state = /\bx\b/.test(given!) ? 'x' : 'null';
    const body = isExpression(row) ? `return [(${code}), ${state}];` : `${code};\nreturn [null, ${state}];`;
    return `export async function row${row.line}(): Promise<unknown[]> {\n${given}${body}\n}\n`;
  });
  return `${PRELUDE}${functions.join('')}`;
}
