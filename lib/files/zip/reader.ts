/** Zip files whose entries are read as tensors. */
import { crc32 } from 'node:zlib';
import { dtypes } from '../../base/types';
import { frombuffer } from '../../tensor/creation';
import type { Tensor } from '../../tensor/tensor';
import { emptyBytes, type Source } from '../source';
import { ZipArchive, type ZipOptions } from './archive';
import { DEFLATED } from './layout';

/** Bytes that are checked at once. */
const PIECE = 1 << 20;

export class ZipReader extends ZipArchive {
  constructor(
    protected override readonly source: Source,
    options: ZipOptions = {},
  ) {
    super(source, options);
  }

  /**
   * Reads all entries and compares them with their checksums.
   * @throws BadZipFile for one that is damaged
   */
  checkAll(): void {
    for (const name of this.entries.keys()) {
      const entry = this.entry(name);
      if (entry.method === DEFLATED) {
        this.bytes(name);
        continue;
      }
      const start = this.starts.get(entry)!;
      let crc = 0;
      for (let at = 0; at < entry.size; at += PIECE) {
        crc = crc32(this.source.read(start + at, Math.min(PIECE, entry.size - at)), crc);
      }
      this.check(entry, crc);
    }
  }

  /** The content as a uint8 tensor, with no copy beside it. */
  tensor(name: string): Tensor {
    const entry = this.entry(name);
    if (entry.size === 0) return emptyBytes(0);
    if (entry.method === DEFLATED) {
      const content = this.inflate(entry);
      this.check(entry, crc32(content));
      return frombuffer(content, { dtype: dtypes.uint8 });
    }
    const start = this.starts.get(entry)!;
    if (!this.verifies) return this.source.tensor(start, entry.size);
    const content = emptyBytes(entry.size);
    let crc = 0;
    this.source.fill(content, start, (piece) => {
      crc = crc32(piece, crc);
    });
    this.check(entry, crc);
    return content;
  }
}
