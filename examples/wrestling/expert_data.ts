/**
 * The course's demonstrations: 10,000 observations and actions of an expert, as two numpy arrays in a zip file
 * (`course1/dataset/wrestling/expert_obs_actions.zip` of the public course repository).
 */
import torch, { type Tensor } from 'tsorch';
import yauzl from 'yauzl';
import type { Demonstrations } from './recorder';

const MAGIC = '\x93NUMPY';

/** Reads an array of doubles in numpy's format, version 1: magic, version, length of the header, header, values. */
export function readDoubles(file: Buffer): Tensor {
  if (file.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Error('this is not a numpy array');
  const start = 10 + file.readUInt16LE(8);
  const header = file.toString('latin1', 10, start);
  const shape = /'shape': \(([\d, ]*)\)/.exec(header)?.[1];
  if (shape === undefined || !header.includes("'descr': '<f8'") || !header.includes("'fortran_order': False"))
    throw new Error(`numpy array of another kind: ${header.trim()}`);
  const sizes = shape.split(',').filter((size) => size.trim() !== '');
  return torch.frombuffer(file, { dtype: torch.float64, offset: start }).reshape(sizes.map(Number));
}

/** The files of a zip archive by name. */
async function unzip(path: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const archive = await yauzl.openPromise(path);
  for await (const entry of archive.eachEntry())
    files.set(entry.fileName, Buffer.concat(await (await archive.openReadStreamPromise(entry)).toArray()));
  return files;
}

export async function readDemonstrations(path: string): Promise<Demonstrations> {
  const files = await unzip(path);
  const array = (start: string): Tensor => {
    const name = [...files.keys()].find((name) => name.startsWith(start) && name.endsWith('.npy'));
    if (name === undefined) throw new Error(`${path} has no array ${start}*.npy`);
    return readDoubles(files.get(name)!);
  };
  return { observations: array('obs').to(torch.uint8), actions: array('actions').float() };
}
