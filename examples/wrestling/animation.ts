/** Writes pictures: single ones as PNG, a sequence as an animated GIF. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Canvas } from './canvas';

export async function png({ width, height, data }: Canvas): Promise<Uint8Array> {
  const { encode } = await import('fast-png');
  return encode({ width, height, data, channels: 3 });
}

/** `frame-000.png` and so on in `folder`. */
export async function writeFrames(folder: string, frames: readonly Canvas[]): Promise<void> {
  for (const [i, frame] of frames.entries())
    writeFileSync(join(folder, `frame-${String(i).padStart(3, '0')}.png`), await png(frame));
}

function withAlpha({ width, height, data }: Canvas): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) pixels.set(data.subarray(3 * i, 3 * i + 3), 4 * i);
  return pixels;
}

/** Every frame for `delay` milliseconds, the last one for a second, over and over. */
export async function gif(frames: readonly Canvas[], delay: number): Promise<Uint8Array> {
  const { encode } = await import('modern-gif');
  const [{ width, height }] = frames as readonly [Canvas, ...Canvas[]];
  const pictures = frames.map((frame, i) => ({
    width,
    height,
    data: withAlpha(frame),
    delay: i === frames.length - 1 ? 1000 : delay,
  }));
  return new Uint8Array(await encode({ width, height, maxColors: 64, frames: pictures }));
}
