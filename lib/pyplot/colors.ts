/** Colours by matplotlib's names. https://matplotlib.org/stable/users/explain/colors/colors.html */

export type RGB = [red: number, green: number, blue: number];

const tab = {
  'tab:blue': '#1f77b4',
  'tab:orange': '#ff7f0e',
  'tab:green': '#2ca02c',
  'tab:red': '#d62728',
  'tab:purple': '#9467bd',
  'tab:brown': '#8c564b',
  'tab:pink': '#e377c2',
  'tab:gray': '#7f7f7f',
  'tab:olive': '#bcbd22',
  'tab:cyan': '#17becf',
};

/** What lines without a colour get, one after the other. */
export const cycle: readonly string[] = Object.values(tab);

export const letters: Readonly<Record<string, string>> = {
  b: '#0000ff',
  g: '#008000',
  r: '#ff0000',
  c: '#00bfbf',
  m: '#bf00bf',
  y: '#bfbf00',
  k: '#000000',
  w: '#ffffff',
};

/** A colour as SVG has it: a letter, `C0` to `C9`, `tab:blue`, a share of grey as text, else CSS's own names. */
export function css(color: string): string {
  if (color in letters) return letters[color]!;
  if (color in tab) return tab[color as keyof typeof tab];
  if (/^C\d+$/.test(color)) return cycle[Number(color.slice(1)) % cycle.length]!;
  if (/^(0?\.\d+|[01](\.0*)?)$/.test(color)) {
    const grey = Math.round(255 * Number(color));
    return `rgb(${grey},${grey},${grey})`;
  }
  return color;
}

/** Colours at equal distances; between them they are mixed. */
const maps: Readonly<Record<string, string>> = {
  gray: '000000 ffffff',
  Greys: 'ffffff f0f0f0 d9d9d9 bdbdbd 969696 737373 525252 252525 000000',
  Blues: 'f7fbff deebf7 c6dbef 9ecae1 6baed6 4292c6 2171b5 08519c 08306b',
  Reds: 'fff5f0 fee0d2 fcbba1 fc9272 fb6a4a ef3b2c cb181d a50f15 67000d',
  RdBu: '67001f b2182b d6604d f4a582 fddbc7 f7f7f7 d1e5f0 92c5de 4393c3 2166ac 053061',
  viridis: '440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725',
  plasma: '0d0887 46039f 7201a8 9c179e bd3786 d8576b ed7953 fb9f3a fdca26 f0f921',
  magma: '000004 180f3d 440f76 721f81 9e2f7f cd4071 f1605d fd9668 feca8d fcfdbf',
};

const otherNames: Readonly<Record<string, string>> = { grey: 'gray', binary: 'Greys' };

/** The colour of a share from 0 to 1 in a map; `_r` turns one round. */
export function colormap(name: string): (share: number) => RGB {
  const reversed = name.endsWith('_r');
  const plain = reversed ? name.slice(0, -2) : name;
  const stops = maps[otherNames[plain] ?? plain]?.split(' ').map(rgb);
  if (stops === undefined) {
    throw new RangeError(`'${name}' is not a known value for cmap; there are ${Object.keys(maps).join(', ')}`);
  }
  if (reversed) stops.reverse();
  return (share) => {
    const place = Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share)) * (stops.length - 1);
    const below = Math.min(Math.floor(place), stops.length - 2);
    const [from, to] = [stops[below]!, stops[below + 1]!];
    return from.map((value, i) => Math.round(value + (to[i]! - value) * (place - below))) as RGB;
  };
}

function rgb(hex: string): RGB {
  const value = Number.parseInt(hex, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
