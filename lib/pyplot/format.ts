/** matplotlib's format strings: `'r--'` is a dashed red line, `'go'` green circles. */
import { letters } from './colors';

export type LineStyle = '-' | '--' | ':' | '-.' | '';
export type Marker = 'o' | '.' | 's' | '^' | 'D' | 'x' | '+' | '*' | '';

export interface Format {
  color?: string;
  linestyle?: LineStyle;
  marker?: Marker;
}

const styles: readonly LineStyle[] = ['--', '-.', '-', ':'];
const markers: readonly Marker[] = ['o', '.', 's', '^', 'D', 'x', '+', '*'];

export function parseFormat(text: string): Format {
  if (/^(C\d|tab:\w+)$/.test(text)) return { color: text };
  const format: Format = {};
  let rest = text;
  while (rest !== '') {
    const style = styles.find((name) => rest.startsWith(name));
    const marker = markers.find((name) => rest.startsWith(name));
    const color = rest[0]! in letters ? rest[0]! : undefined;
    if (style !== undefined) format.linestyle = style;
    else if (color !== undefined) format.color = color;
    else if (marker !== undefined) format.marker = marker;
    else throw new RangeError(`'${text}' is not a valid format string`);
    rest = rest.slice((style ?? color ?? marker)!.length);
  }
  if (format.marker !== undefined && format.linestyle === undefined) format.linestyle = '';
  return format;
}
