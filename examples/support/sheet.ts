/** A sheet of small grey images with captions, as SVG text. */
import torch, { type Tensor } from 'tsorch';
import { escaped } from './chart';

export interface Caption {
  text: string;
  color: string;
}

const CELL = 72;
const CAPTION = 20;
const COLUMNS = 10;

/** `images` are [n, height, width] from 0 (black) to 1 (white); one caption for each. */
export async function imageSheet(title: string, images: Tensor, captions: Caption[]): Promise<string> {
  const { encode } = await import('fast-png');
  const [count, height, width] = images.shape as [number, number, number];
  const bytes = images.mul(255).round().to(torch.uint8);
  const cells = captions.map(({ text, color }, i) => {
    const data = bytes.index(i).contiguous().typed_array() as Uint8Array;
    const png = Buffer.from(encode({ width, height, data, channels: 1 })).toString('base64');
    const x = CELL * (i % COLUMNS);
    const y = 40 + (CELL + CAPTION) * Math.floor(i / COLUMNS);
    const place = `x="${x + 4}" y="${y}" width="${CELL - 8}" height="${CELL - 8}"`;
    return [
      `<image ${place} image-rendering="pixelated" href="data:image/png;base64,${png}"/>`,
      `<text x="${x + CELL / 2}" y="${y + CELL + 6}" fill="${color}" text-anchor="middle">${escaped(text)}</text>`,
    ].join('');
  });
  const size = [CELL * COLUMNS, 48 + (CELL + CAPTION) * Math.ceil(count / COLUMNS)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.join(' ')}" font-family="sans-serif" font-size="13">`,
    `<rect width="${size[0]}" height="${size[1]}" fill="white"/>`,
    `<text x="${size[0]! / 2}" y="24" font-size="16" text-anchor="middle">${escaped(title)}</text>`,
    ...cells,
    '</svg>',
  ].join('\n');
}
