/** The regular files of a tar archive. https://www.gnu.org/software/tar/manual/html_node/Standard.html */
import { writeEntry } from './paths';

const BLOCK = 512;

interface Header {
  name: string;
  size: number;
  isFile: boolean;
}

function headerOf(block: Buffer): Header {
  const text = (from: number, length: number) => block.toString('utf8', from, from + length).replace(/\0.*$/s, '');
  const prefix = text(257, 5) === 'ustar' ? text(345, 155) : '';
  const size = Number.parseInt(text(124, 12).trim(), 8);
  if (!(size >= 0)) throw new Error('the tar archive is damaged');
  const type = text(156, 1);
  return {
    name: prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`,
    size,
    isFile: type === '' || type === '0',
  };
}

/** Reads a stream in pieces of the sizes asked for. */
class Pieces {
  private chunks: Buffer[] = [];
  private available = 0;

  constructor(private readonly source: AsyncIterator<Buffer>) {}

  /** The next `size` bytes; undefined at the end. */
  async take(size: number): Promise<Buffer | undefined> {
    while (this.available < size) {
      const { done, value } = await this.source.next();
      if (done) return undefined;
      this.chunks.push(value);
      this.available += value.length;
    }
    const all = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks);
    this.chunks = [all.subarray(size)];
    this.available -= size;
    return all.subarray(0, size);
  }
}

export async function extractTar(stream: AsyncIterable<Buffer>, folder: string): Promise<void> {
  const pieces = new Pieces(stream[Symbol.asyncIterator]());
  for (let block = await pieces.take(BLOCK); block?.some((byte) => byte !== 0); block = await pieces.take(BLOCK)) {
    const { name, size, isFile } = headerOf(block);
    const content = await pieces.take(Math.ceil(size / BLOCK) * BLOCK);
    if (content === undefined) throw new Error('the tar archive ends too early');
    if (isFile) writeEntry(folder, name, content.subarray(0, size));
  }
}
