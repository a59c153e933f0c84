/** Archives that libtorch's own readers open: they trust what they read. */
import { TorchError } from '../../base/errors';
import { identified } from '../identify';
import type { Source } from '../source';
import { ZipReader } from './reader';

/**
 * Compares all checksums of an archive of some kind, and gives the names in it.
 * @param otherKind says what an archive with these names is, where it is none of the kind
 * @throws TorchError for a file that is none, or is damaged
 */
export function checkWhole(
  source: Source,
  kind: string,
  otherKind: (names: readonly string[]) => string | undefined,
): readonly string[] {
  const what = identified(source);
  if (!what.includes('a zip archive')) throw new TorchError(`this is no ${kind}: ${what || 'no zip archive'}`);
  const zip = new ZipReader(source, { verify: true });
  const names = [...zip.entries.keys()];
  const other = otherKind(names);
  if (other !== undefined) throw new TorchError(`this is no ${kind}: ${other}`);
  zip.checkAll();
  return names;
}
