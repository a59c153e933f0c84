/** The names of a function's parameters, which a graph's inputs get. */

/** What stands between the first parentheses; undefined for a function whose text does not show it. */
function parameterList(text: string): string | undefined {
  const open = text.indexOf('(');
  if (open < 0) return undefined;
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if ('([{'.includes(text[i]!)) depth++;
    else if (')]}'.includes(text[i]!) && --depth === 0) return text.slice(open + 1, i);
  }
  return undefined;
}

/** Splits at commas that lie in no parentheses. */
function split(list: string): string[] {
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let i = 0; i < list.length; i++) {
    if ('([{'.includes(list[i]!)) depth++;
    else if (')]}'.includes(list[i]!)) depth--;
    else if (list[i] === ',' && depth === 0) {
      parts.push(list.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, list.slice(start)];
}

/** As many names as there are inputs; none where the function's text does not give them. */
export function argumentNames(fn: object, count: number): string[] {
  const text = Function.prototype.toString.call(fn);
  const arrow = /^(?:async\s+)?([\w$]+)\s*=>/.exec(text);
  const list = arrow === null ? parameterList(text) : arrow[1];
  const names = split(list ?? '').map((part) => /^\s*([A-Za-z_]\w*)\s*(?:=|$)/.exec(part)?.[1]);
  const given = names.slice(0, count);
  const usable = given.length === count && given.every((name) => name !== undefined) && new Set(given).size === count;
  return usable ? (given as string[]) : [];
}
