/**
 * How deeply a program's code is nested: libtorch's parser and compiler call themselves for each level, and end the process
 * when their stack does.
 */

import { TorchError } from '../base/errors';

/** Deeper than any program that torch.jit.save writes, and less than half of what the stack of a worker thread holds. */
export const DEEPEST = 1000;

/** Texts, comments that declare no type, names, numbers, line ends (those of code with their indentation), and signs. */
const token =
  /"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\\\n]*(?:\\[\s\S][^"\\\n]*)*"|'[^'\\\n]*(?:\\[\s\S][^'\\\n]*)*'|#(?!\s*type:).*|[A-Za-z_]\w*|\d[\w.]*|\\\n|\n[ \t]*|[^\s\w]/g;

/** Words that make an expression of the one behind them. */
const prefixes = new Set(['not', 'and', 'or', 'if', 'else', 'in', 'is', 'lambda']);

const isWord = (text: string) => /^\w/.test(text);

/**
 * At most how many levels there are at any place: brackets that are open, operators before it in the same statement or
 * list element, as each may have the next for its operand, blocks, and the `elif` of a function.
 */
function nestingOf(code: string): number {
  let [deepest, depth, block, branches] = [0, 0, 0, 0];
  const parts = [0]; // the operators of the elements that are open, innermost last
  const start = () => {
    depth -= parts[parts.length - 1]!;
    parts[parts.length - 1] = 0;
  };
  for (const [text] of code.matchAll(token)) {
    if (text.startsWith('\n')) {
      if (parts.length > 1) continue;
      start();
      block = text.length - 1;
    } else if (text === 'def') branches = 0;
    else if (text === 'elif') branches++;
    else if (text === ',') start();
    else if (')]}'.includes(text)) {
      if (parts.length > 1) depth -= parts.pop()!;
    } else if (isWord(text) ? prefixes.has(text) : !/^["'#\\]/.test(text)) {
      depth++;
      parts[parts.length - 1]!++;
      if ('([{'.includes(text)) parts.push(0);
    }
    deepest = Math.max(deepest, depth + block + branches);
  }
  return deepest;
}

/** @throws TorchError for code or a type that is nested too deeply for libtorch */
export function checkNesting(code: string, what: string): void {
  if (code.length > DEEPEST && nestingOf(code) > DEEPEST) {
    throw new TorchError(`${what} is nested more than ${DEEPEST} deep`);
  }
}
