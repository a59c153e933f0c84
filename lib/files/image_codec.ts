/** Image files to and from bytes, through sharp. Runs in the worker of base/blocking.ts: no tensors here. */
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
  /** Turns the image as its camera says. */
  orient: boolean;
}

/** The first and the last of four channels: what a grey image with transparency came as. */
function greyAndAlpha({ data, channels, ...rest }: Pixels): Pixels {
  const Values = rest.bits === 16 ? Uint16Array : Uint8Array;
  const values = new Values(Uint8Array.from(data).buffer);
  const picked = new Values((2 * values.length) / channels);
  for (let i = 0; i < picked.length; i += 2) {
    picked[i] = values[(i / 2) * channels]!;
    picked[i + 1] = values[(i / 2) * channels + channels - 1]!;
  }
  return { ...rest, channels: 2, data: new Uint8Array(picked.buffer) };
}

export async function decode(file: Uint8Array, { orient }: DecodeOptions): Promise<Pixels> {
  let image = sharp(bytesOf(file), { failOn: 'error' });
  const { depth, space, channels: found, format, width: columns, height: rows } = await image.metadata();
  // Memory for all pixels is taken before the first is read. No PNG packs more than 1032 bytes into one.
  if (format === 'png' && columns * rows > 8 * 1032 * file.length) {
    throw new Error(
      `the image of ${columns} by ${rows} pixels is larger than its file of ${file.length} bytes justifies`,
    );
  }
  const deep = depth === 'ushort';
  if (orient) image = image.rotate();
  const grey = found === 1 || (space === 'b-w' && found !== 2);
  if (deep) image = image.toColourspace(grey ? 'grey16' : 'rgb16');
  else if (grey) image = image.toColourspace('b-w');
  const { data, info } = await image.raw({ depth: deep ? 'ushort' : 'uchar' }).toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const pixels: Pixels = { width, height, channels, data, bits: deep ? 16 : 8 };
  return found === 2 && channels === 4 ? greyAndAlpha(pixels) : pixels;
}

function raw({ data, width, height, channels }: Pixels): Sharp {
  return sharp(bytesOf(data), { raw: { width, height, channels: channels as 1 | 2 | 3 | 4 } });
}

export async function encodePng(pixels: Pixels, compressionLevel: number): Promise<Uint8Array> {
  const image = pixels.channels === 1 ? raw(pixels).toColourspace('b-w') : raw(pixels);
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
