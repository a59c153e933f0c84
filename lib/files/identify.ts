/** What a file is that somebody took for another: said by its first bytes, with what to do about it. */
import type { Source } from './source';

const LONGEST_START = 512;

const tools = "convert it in Python and save a state_dict with torch.save or safetensors' save_file";
const unpack = 'unpack it first';

/** The first bytes of formats that have some, what such a file is, and the remedy. */
const starts: readonly (readonly [start: string, what: string, remedy: string])[] = [
  ['version https://git-lfs', 'a Git LFS pointer, which stands for the file', 'fetch the file itself: `git lfs pull`'],
  ['\x89HDF\r\n\x1a\n', 'an HDF5 file (.h5)', `read it with h5py in Python: ${tools}`],
  ['\x93NUMPY', 'a NumPy array (.npy)', "read it with np.load of 'tsorch/numpy'"],
  ['GGUF', 'a GGUF file, of llama.cpp', tools],
  ['PK\x03\x04', 'a zip archive, such as torch.save makes', 'read it with torch.load'],
  ['\x1f\x8b', 'compressed with gzip', unpack],
  ['BZh', 'compressed with bzip2', unpack],
  ['\xfd7zXZ\0', 'compressed with xz', unpack],
  ['\x28\xb5\x2f\xfd', 'compressed with zstd', unpack],
  ['7z\xbc\xaf\x27\x1c', 'a 7z archive', unpack],
  ['Rar!', 'a RAR archive', unpack],
  ['\x89PNG\r\n\x1a\n', 'a PNG image', "read it with decode_image of 'tsorch/vision'"],
  ['\xff\xd8\xff', 'a JPEG image', "read it with decode_image of 'tsorch/vision'"],
  ['%PDF', 'a PDF document', 'look where the right file is'],
  ['\x7fELF', 'a compiled program or library', 'look where the weights are'],
];

const web = 'a web page, no file of weights: the download went wrong, or needs a login';

function startOf(source: Source): string {
  return source.read(0, Math.min(LONGEST_START, source.size)).toString('latin1');
}

function isSafetensors(start: string, size: number): boolean {
  const length = Buffer.from(start.slice(0, 8), 'latin1');
  return length.length === 8 && start[8] === '{' && length.readBigUInt64LE() <= BigInt(size);
}

/** A protobuf that begins with its version, and then has a text or a message. */
function isOnnx(start: string): boolean {
  const [field, version = 0, next = 0] = Buffer.from(start.slice(0, 3), 'latin1');
  return field === 0x08 && version > 0 && version < 0x20 && [0x12, 0x1a, 0x22, 0x3a, 0x42].includes(next);
}

function legacyOf(start: string): [string, string] {
  return ['sys_info', 'pickle', 'tensors', 'storages'].some((name) => start.startsWith(`${name}\0`))
    ? [
        'in the .tar format of before PyTorch 0.1.10, which cannot be read safely (weights_only)',
        'load it in Python with weights_only=False and save it again',
      ]
    : ['a tar archive', unpack];
}

function described(source: Source): readonly [what: string, remedy: string] | undefined {
  if (source.size === 0) return ['empty', 'the download or the save that made it broke off'];
  const start = startOf(source);
  const found = starts.find(([bytes]) => start.startsWith(bytes));
  if (found !== undefined) return [found[1], found[2]];
  if (start.slice(257, 262) === 'ustar') return legacyOf(start);
  if (/^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body|!--)/i.test(start))
    return [web, 'open its address in a browser'];
  if (/^\s*<(?:\?xml|error)/i.test(start))
    return ['an XML document, such as a server answers errors with', 'read it to see why'];
  if (isSafetensors(start, source.size))
    return ['a safetensors file', "read it with load_file of 'tsorch/safetensors'"];
  if (/^\s*[{[]\s*["\d[{\]}]/.test(start)) return ['a JSON text', 'look where the weights are'];
  if (isOnnx(start)) return ['an ONNX model, a graph for other runtimes', `run it with onnxruntime-node, or ${tools}`];
  return undefined;
}

/** What the file is, and what to do, for the end of an error's message; '' when that cannot be told. */
export function identified(source: Source): string {
  const found = described(source);
  return found === undefined ? '' : `the file is ${found[0]}: ${found[1]}`;
}

/** Names of entries by which zip files of other makers are known. */
const zips: readonly (readonly [entry: RegExp, what: string, remedy: string])[] = [
  [/(^|\/)(constants\.pkl|code\/.*\.py)$/, 'a TorchScript archive, which holds code', 'run it with torch.jit.load'],
  [
    /aotinductor\//,
    'a compiled package of AOTInductor (.pt2), which holds machine code',
    'torch._inductor.aoti_load_package runs it, if you trust who made it',
  ],
  [
    /(^|\/)(archive_format|serialized_exported_program\.json|models\/.*\.json)$/,
    'a program of torch.export (.pt2), which holds a graph',
    'read it with torch.export.load',
  ],
  [/\.npy$/, 'NumPy arrays (.npz)', "read it with np.load of 'tsorch/numpy'"],
  [/(^|\/)model\.weights\.h5$/, 'a Keras model (.keras)', tools],
  [/\.(pt|pth|bin|ckpt|safetensors)$/, 'a zip archive around files of weights', unpack],
];

/** The same for a zip file that is none of PyTorch's. */
export function identifiedZip(names: readonly string[]): string {
  const found = zips.find(([entry]) => names.some((name) => entry.test(name)));
  return found === undefined
    ? "the file is a zip archive, but has no record 'data.pkl': torch.save did not make it"
    : `the file is ${found[1]}: ${found[2]}`;
}
