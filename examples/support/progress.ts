/** A progress bar for a loop; silent where nobody watches. */
import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  /** Counts `count` more, and shows the texts that the bar's format names. */
  add(count: number, texts: Record<string, string>): void;
  stop(): void;
}

/** `format` has `{bar}`, `{value}`, `{total}`, `{percentage}`, `{eta}`, and names of texts. */
export function progress(format: string, total: number, texts: Record<string, string>): Progress {
  if (!process.stderr.isTTY) return { add: () => {}, stop: () => {} };
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_classic);
  bar.start(total, 0, texts);
  return {
    add: (count, texts) => bar.increment(count, texts),
    stop: () => bar.stop(),
  };
}
