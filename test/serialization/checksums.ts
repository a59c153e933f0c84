/** The archive with no checksums, as PyTorch writes it after `set_crc32_options(False)`: what is changed is read then. */
export function withoutChecksums(archive: Uint8Array): Buffer {
  const bytes = Buffer.from(archive);
  const CENTRAL = 'PK\x01\x02';
  for (let at = bytes.indexOf(CENTRAL, 0, 'latin1'); at >= 0; at = bytes.indexOf(CENTRAL, at + 1, 'latin1')) {
    bytes.writeUInt32LE(0, at + 16);
  }
  return bytes;
}
