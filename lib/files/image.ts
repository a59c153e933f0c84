/** Images in files. https://docs.pytorch.org/vision/0.28/io.html */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isUint8Array } from 'node:util/types';
import { requireString, requireTensor } from '../arguments/checks';
import { REQUIRED, Signature } from '../arguments/signature';
import { runBlocking } from '../base/blocking';
import { requireInstalled } from '../base/optional';
import { dtypes } from '../base/types';
import { callOperator } from '../operators/operator';
import { frombuffer } from '../tensor/creation';
import type { Tensor } from '../tensor/tensor';
import { reading } from './failures';
import type { DecodeOptions, Pixels } from './image_codec';

/** What `decode_image` makes of an image's channels. */
export const ImageReadMode = {
  UNCHANGED: 'UNCHANGED',
  GRAY: 'GRAY',
  GRAY_ALPHA: 'GRAY_ALPHA',
  RGB: 'RGB',
  RGB_ALPHA: 'RGB_ALPHA',
} as const;

export type ImageReadMode = (typeof ImageReadMode)[keyof typeof ImageReadMode];

export interface DecodeImageOptions {
  mode?: ImageReadMode;
  /** Turns a photo as its camera says. */
  apply_exif_orientation?: boolean;
}

const codec = join(__dirname, 'image_codec.js');

/** The argument lists of a function that reads an image. */
type DecodeArgs<Input> = [
  input: Input,
  mode?: ImageReadMode | DecodeImageOptions,
  apply_exif_orientation?: boolean | DecodeImageOptions,
];

function decoder(name: string, input: string) {
  const parameters = { [input]: REQUIRED, mode: 'UNCHANGED', apply_exif_orientation: false };
  return new Signature<DecodeImageOptions, [input: unknown, mode: ImageReadMode, oriented: boolean]>(name, parameters);
}

const ofDecodeImage = decoder('decode_image', 'input');
const ofDecodeJpeg = decoder('decode_jpeg', 'input');
const ofDecodePng = decoder('decode_png', 'input');
const ofReadImage = decoder('read_image', 'path');

/** Calls a function of codec.ts. */
export function runCodec<Result>(user: string, name: keyof typeof import('./image_codec'), ...args: unknown[]): Result {
  requireInstalled('sharp', user);
  return reading(() => runBlocking<Result>(codec, name, ...args));
}

/** The raw bytes of a file, as a uint8 tensor of one dimension. */
export function read_file(path: string): Tensor {
  requireString('read_file', 'path', path); // a number would be a file that is open already
  return frombuffer(readFileSync(path), { dtype: dtypes.uint8 });
}

/** Writes a uint8 tensor of one dimension to a file. */
export function write_file(filename: string, data: Tensor): void {
  requireString('write_file', 'filename', filename);
  writeFileSync(filename, bytesOf('write_file', 'data', data));
}

function bytesOf(user: string, argument: string, data: Tensor): Uint8Array {
  requireTensor(user, argument, data);
  if (data.dtype !== dtypes.uint8) throw new TypeError(`Input tensor dtype should be uint8, got ${data.dtype}`);
  return data.contiguous().typed_array() as Uint8Array;
}

const aliases: Record<string, ImageReadMode> = { RGBA: 'RGB_ALPHA', LA: 'GRAY_ALPHA', L: 'GRAY' };

function modeOf(mode: string): ImageReadMode {
  const name = String(mode).toUpperCase();
  const found = aliases[name] ?? (name in ImageReadMode ? (name as ImageReadMode) : undefined);
  if (found === undefined) throw new RangeError(`Invalid mode: ${mode}`);
  return found;
}

/** ITU-R 601 luma, as libpng and PIL compute it. */
function luma(rgb: Tensor): Tensor {
  const [r, g, b] = rgb.to(dtypes.int64).unbind(0) as [Tensor, Tensor, Tensor];
  const sum = r.mul(19595).add(g.mul(38470)).add(b.mul(7471)).add(0x8000);
  return sum.bitwise_right_shift(16).to(rgb.dtype).unsqueeze(0);
}

/** Brings [channels, height, width] to the channels of a mode. */
function withMode(image: Tensor, mode: ImageReadMode): Tensor {
  if (mode === 'UNCHANGED') return image;
  const channels = image.shape[0]!;
  const hasAlpha = channels === 2 || channels === 4;
  const alpha = hasAlpha ? image.narrow(0, channels - 1, 1) : undefined;
  let colours = hasAlpha ? image.narrow(0, 0, channels - 1) : image;
  if (mode.startsWith('GRAY') && colours.shape[0] === 3) colours = luma(colours);
  if (mode.startsWith('RGB') && colours.shape[0] === 1) colours = colours.expand(3, -1, -1);
  if (!mode.endsWith('ALPHA')) return colours.contiguous();
  const opaque = image.dtype === dtypes.uint8 ? 255 : 65535;
  const full = alpha ?? callOperator<Tensor>('full_like', image.narrow(0, 0, 1), opaque);
  return callOperator<Tensor>('cat', [colours, full], 0);
}

/**
 * The image in a file's bytes (PNG, JPEG, WebP, GIF, AVIF, TIFF): uint8 [channels, height, width]; uint16 for PNGs with
 * 16 bits. Needs the package `sharp`. https://docs.pytorch.org/vision/0.28/generated/torchvision.io.decode_image.html
 */
export function decode_image(...args: DecodeArgs<Tensor | Uint8Array | string>): Tensor {
  const [input, mode, oriented] = ofDecodeImage.list(args);
  return decoded(typeof input === 'string' ? readFileSync(input) : bytesIn('decode_image', input), mode, oriented);
}

function bytesIn(user: string, input: unknown): Uint8Array {
  return isUint8Array(input) ? input : bytesOf(user, 'input', input as Tensor);
}

function decoded(file: Uint8Array, mode: string, orient: boolean): Tensor {
  const wanted = modeOf(mode);
  const decoding: DecodeOptions = { orient };
  const { data, width, height, channels, bits } = runCodec<Pixels>('decode_image', 'decode', file, decoding);
  const dtype = bits === 16 ? dtypes.uint16 : dtypes.uint8;
  const pixels = frombuffer(data, { dtype }).view(height, width, channels);
  return withMode(pixels.permute(2, 0, 1).contiguous(), wanted);
}

/** `decode_image` of a file. https://docs.pytorch.org/vision/0.28/generated/torchvision.io.read_image.html */
export function read_image(...args: DecodeArgs<string>): Tensor {
  const [path, mode, oriented] = ofReadImage.list(args);
  requireString('read_image', 'path', path);
  return decoded(readFileSync(path), mode, oriented);
}

/** `decode_image` for JPEG files. */
export function decode_jpeg(...args: DecodeArgs<Tensor | Uint8Array>): Tensor {
  const [input, mode, oriented] = ofDecodeJpeg.list(args);
  return decoded(bytesIn('decode_jpeg', input), mode, oriented);
}

/** `decode_image` for PNG files. */
export function decode_png(...args: DecodeArgs<Tensor | Uint8Array>): Tensor {
  const [input, mode, oriented] = ofDecodePng.list(args);
  return decoded(bytesIn('decode_png', input), mode, oriented);
}

/** The pixels of a uint8 [channels, height, width]. */
function pixelsOf(image: Tensor, allowed: readonly number[]): Pixels {
  if (image.dtype !== dtypes.uint8) throw new TypeError(`Input tensor dtype should be uint8, got ${image.dtype}`);
  if (image.ndim !== 3) throw new RangeError(`Input data should be a 3-dimensional tensor, got ${image.ndim}`);
  const [channels, height, width] = image.shape as [number, number, number];
  if (!allowed.includes(channels)) {
    throw new RangeError(`The number of channels should be ${allowed.join(' or ')}, got: ${channels}`);
  }
  const view = image.detach().cpu().permute(1, 2, 0).contiguous().typed_array() as Uint8Array;
  // A message carries all memory of a view, which may be that of a whole dataset.
  const data = view.byteLength === view.buffer.byteLength ? view : Uint8Array.from(view);
  return { data, width, height, channels, bits: 8 };
}

function fileBytes(user: string, name: 'encodePng' | 'encodeJpeg', pixels: Pixels, setting: number): Uint8Array {
  return runCodec<Uint8Array>(user, name, pixels, setting);
}

/** PNG's bytes of a uint8 image of 1, 3 or 4 channels; see `encode_png` for a tensor. */
export function pngBytes(image: Tensor, compression_level = 6, user = 'encode_png'): Uint8Array {
  requireTensor(user, 'input', image);
  if (compression_level < 0 || compression_level > 9) {
    throw new RangeError(`Compression level should be between 0 and 9, got ${compression_level}`);
  }
  return fileBytes(user, 'encodePng', pixelsOf(image, [1, 3, 4]), compression_level);
}

/** JPEG's bytes of a uint8 image of 1 or 3 channels. */
export function jpegBytes(image: Tensor, quality = 75): Uint8Array {
  requireTensor('encode_jpeg', 'input', image);
  if (quality < 1 || quality > 100) {
    throw new RangeError(`Image quality should be a positive number between 1 and 100, got ${quality}`);
  }
  return fileBytes('encode_jpeg', 'encodeJpeg', pixelsOf(image, [1, 3]), quality);
}

interface PngOptions {
  /** From 0, not at all, to 9. */
  compression_level?: number;
}

interface JpegOptions {
  /** From 1 to 100. */
  quality?: number;
}

/** The argument lists of a function that encodes an image. */
type EncodeArgs<Option, Options> = [input: Tensor, option?: Option | Options] | [args: Options & { input: Tensor }];

/** The argument lists of a function that writes an image to a file. */
type WriteArgs<Option, Options> =
  | [input: Tensor, filename: string | (Options & { filename: string }), option?: Option | Options]
  | [args: Options & { input: Tensor; filename: string }];

function encoder<Options extends object>(name: string, options: Options) {
  const parameters = { input: REQUIRED, ...options };
  return new Signature<Options & { input: Tensor }>(name, parameters, 0, { input: 'Tensor' });
}

function writer<Options extends object>(name: string, options: Options) {
  const parameters = { input: REQUIRED, filename: REQUIRED, ...options };
  return new Signature<Options & { input: Tensor; filename: string }>(name, parameters, 0, { input: 'Tensor' });
}

const ofEncodePng = encoder<PngOptions>('encode_png', { compression_level: 6 });
const ofEncodeJpeg = encoder<JpegOptions>('encode_jpeg', { quality: 75 });
const ofWritePng = writer<PngOptions>('write_png', { compression_level: 6 });
const ofWriteJpeg = writer<JpegOptions>('write_jpeg', { quality: 75 });

/**
 * A uint8 [channels, height, width] as the bytes of a PNG file: a uint8 tensor of one dimension.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.io.encode_png.html
 */
export function encode_png(...args: EncodeArgs<number, PngOptions>): Tensor {
  const { input, compression_level } = ofEncodePng.read(args);
  return frombuffer(pngBytes(input, compression_level), { dtype: dtypes.uint8 });
}

/** Likewise for JPEG. https://docs.pytorch.org/vision/0.28/generated/torchvision.io.encode_jpeg.html */
export function encode_jpeg(...args: EncodeArgs<number, JpegOptions>): Tensor {
  const { input, quality } = ofEncodeJpeg.read(args);
  return frombuffer(jpegBytes(input, quality), { dtype: dtypes.uint8 });
}

/** Writes a uint8 [channels, height, width] as a PNG file. https://docs.pytorch.org/vision/0.28/generated/torchvision.io.write_png.html */
export function write_png(...args: WriteArgs<number, PngOptions>): void {
  const { input, filename, compression_level } = ofWritePng.read(args);
  requireString('write_png', 'filename', filename);
  writeFileSync(filename, pngBytes(input, compression_level));
}

/** Likewise for JPEG. https://docs.pytorch.org/vision/0.28/generated/torchvision.io.write_jpeg.html */
export function write_jpeg(...args: WriteArgs<number, JpegOptions>): void {
  const { input, filename, quality } = ofWriteJpeg.read(args);
  requireString('write_jpeg', 'filename', filename);
  writeFileSync(filename, jpegBytes(input, quality));
}
