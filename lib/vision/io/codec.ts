/** Image files to and from bytes, through sharp. Runs in the worker of utils/blocking.ts: no tensors here. */
import type { Sharp } from 'sharp';

type SharpModule = typeof import('sharp');
const sharp: SharpModule = require('sharp');

sharp.cache(false);
sharp.concurrency(1); // as many threads as data loader workers, not that times the number of cores

export interface Pixels {
  width: number;
  height: number;
  channels: number;
  /** Rows of pixels, their channels side by side. */
  data: Uint8Array;
  /** Of one value: 8 or 16. */
  bits: 8 | 16;
}

function bytesOf(view: Uint8Array): Buffer {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

export interface DecodeOptions {
  alpha: 'keep' | 'drop' | 'add';
  orient: boolean;
}

export async function decode(file: Uint8Array, { alpha, orient }: DecodeOptions): Promise<Pixels> {
  let image = sharp(bytesOf(file), { failOn: 'error' });
  const { depth, space, channels: found } = await image.metadata();
  const deep = depth === 'ushort';
  if (orient) image = image.rotate();
  if (alpha === 'drop') image = image.removeAlpha();
  if (alpha === 'add') image = image.ensureAlpha();
  const grey = found !== undefined && found <= 2;
  if (deep) image = image.toColourspace(grey ? 'grey16' : 'rgb16');
  else if (grey || space === 'b-w') image = image.toColourspace('b-w');
  const { data, info } = await image.raw({ depth: deep ? 'ushort' : 'uchar' }).toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { width, height, channels, data, bits: deep ? 16 : 8 };
}

function raw({ data, width, height, channels }: Pixels): Sharp {
  return sharp(bytesOf(data), { raw: { width, height, channels: channels as 1 | 2 | 3 | 4 } });
}

export async function encodePng(pixels: Pixels, compressionLevel: number): Promise<Uint8Array> {
  const image = pixels.channels <= 2 ? raw(pixels).toColourspace('b-w') : raw(pixels);
  return image.png({ compressionLevel, adaptiveFiltering: false }).toBuffer();
}

export async function encodeJpeg(pixels: Pixels, quality: number): Promise<Uint8Array> {
  const image = pixels.channels === 1 ? raw(pixels).toColourspace('b-w') : raw(pixels);
  return image.jpeg({ quality, chromaSubsampling: '4:2:0' }).toBuffer();
}

/** Draws an SVG picture as PNG, `scale` pixels for each of its units. */
export async function rasterize(svg: string, scale: number): Promise<Uint8Array> {
  return sharp(Buffer.from(svg), { density: 72 * scale })
    .png()
    .toBuffer();
}
