/** Names of files by patterns, as Python's fnmatch reads them: `*` and `?` stand for slashes too. */

function regular(pattern: string): RegExp {
  const whole = pattern.endsWith('/') ? `${pattern}*` : pattern;
  const parts = whole.replace(/\[!?\]?[^\]]*\]|[*?]|[^*?[]+|\[/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    if (part.length < 2 || part[0] !== '[') return part.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
    const inside = part.slice(1, -1).replace(/\\/g, '\\\\').replace(/^!/, '^');
    return `[${inside.replace(/^(\^?)\]/, '$1\\]')}]`;
  });
  return new RegExp(`^${parts}$`, 's');
}

type Patterns = string | readonly string[] | null;

function matcher(patterns: string | readonly string[]): (path: string) => boolean {
  const all = (typeof patterns === 'string' ? [patterns] : patterns).map(regular);
  return (path) => all.some((each) => each.test(path));
}

/** Whether a file is one of those allowed, and none of those to be left out. */
export function fnmatch(allow: Patterns, ignore: Patterns): (path: string) => boolean {
  const isAllowed = allow === null ? () => true : matcher(allow);
  const isIgnored = ignore === null ? () => false : matcher(ignore);
  return (path) => isAllowed(path) && !isIgnored(path);
}
