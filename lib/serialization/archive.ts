/** PyTorch's zip archives. */
import { identifiedZip } from '../files/identify';
import { emptyBytes, type Source } from '../files/source';
import { ZipReader } from '../files/zip/reader';
import { UnpicklingError } from '../pickle/unpickler';
import type { Tensor } from '../tensor/tensor';
import { skipsData } from './config';

/** The records of an archive: PyTorch puts them into a folder, whatever its name. */
export class Archive {
  private readonly zip: ZipReader;
  private readonly folder: string;

  /** Whether a file begins as an archive does. */
  static is(source: Source): boolean {
    return source.read(0, Math.min(4, source.size)).toString('latin1') === 'PK\x03\x04';
  }

  constructor(source: Source, mmap: boolean) {
    this.zip = new ZipReader(source, { verify: !mmap });
    const [first = ''] = this.zip.entries.keys();
    this.folder = first.slice(0, first.indexOf('/') + 1);
  }

  has(name: string): boolean {
    return this.zip.entries.has(this.folder + name);
  }

  /** The records in a folder, without its name. */
  names(folder: string): string[] {
    const prefix = this.folder + folder;
    return [...this.zip.entries.keys()].flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
  }

  private check(name: string): string {
    if (!this.has(name)) throw new UnpicklingError(`the file has no record '${name}'`);
    return this.folder + name;
  }

  /** @throws UnpicklingError that names the file, when it is none of torch.save's */
  checkKind(): void {
    const names = [...this.zip.entries.keys()];
    const holdsCode = this.has('constants.pkl') || this.has('archive_format');
    if (!holdsCode && this.has('data.pkl')) return;
    throw new UnpicklingError(`cannot load: ${identifiedZip(names)}`);
  }

  /** The record's bytes, which are not read where data is to be skipped. */
  tensor(name: string): Tensor {
    const entry = this.check(name);
    return skipsData() ? emptyBytes(this.zip.entries.get(entry)!.size) : this.zip.tensor(entry);
  }

  bytes(name: string): Buffer {
    return this.zip.bytes(this.check(name));
  }
}
