/** SVG pictures as PNG files, and as one animated GIF. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

/** `frame-000.png` and so on, in a folder that then holds nothing else. */
export async function writeFrames(folder: string, pictures: readonly string[]): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [i, picture] of pictures.entries()) {
    const name = `frame-${String(i).padStart(3, '0')}.png`;
    await sharp(Buffer.from(picture)).png().toFile(join(folder, name));
  }
}

/** Each picture for `delay` milliseconds, the last for a second, over and over. All are of the same size. */
export async function writeAnimation(file: string, pictures: readonly string[], delay: number): Promise<void> {
  const frames = pictures.map((picture) => sharp(Buffer.from(picture)).flatten().raw());
  const parts = [];
  for (const frame of frames) parts.push(await frame.toBuffer({ resolveWithObject: true }));
  const { width, height, channels } = parts[0]!.info;
  const raw = { width, height: height * parts.length, channels, pageHeight: height };
  const delays = parts.map((_, i) => (i === parts.length - 1 ? 1000 : delay));
  await sharp(Buffer.concat(parts.map(({ data }) => data)), { raw })
    .gif({ delay: delays, loop: 0, colors: 64 })
    .toFile(file);
}
