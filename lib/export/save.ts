/** torch.export.save: writes a program as Python's `torch.export.load` reads it. */
import { REQUIRED, Signature } from '../arguments/signature';
import { pathOf } from '../files/places';
import { replaceFile } from '../files/replace_file';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isOptions } from '../native/kinds';
import { Parameter } from '../nn/parameter';
import { Tuple } from '../pickle/values';
import { type SaveTarget, save as saveTensors } from '../serialization/save';
import type { Tensor } from '../tensor/tensor';
import { CONSTANTS, EXTRA, MODEL, SAMPLES, WEIGHTS } from './layout';
import { ExportedProgram } from './program';
import { type JsonValue, jsonText } from './write/json_text';
import { tensorMeta } from './write/meta';

export interface SaveOptions {
  /** Texts that lie beside the program, by name. */
  extra_files?: Readonly<Record<string, string>> | null;
}

// By hand: PyTorch's takes versions of pickles and operators.
const signature = new Signature<Required<SaveOptions> & { ep: ExportedProgram; f: SaveTarget }>(
  'save',
  { ep: REQUIRED, f: REQUIRED, extra_files: null },
  1,
  {},
  ['extra_files'],
);

type ArchiveRecord = [name: string, content: Uint8Array | Tensor];

const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text));

/** Tensors in a folder, and the list of them: tensors of one storage share a file. */
class Folder {
  readonly records: ArchiveRecord[] = [];
  private readonly config: Record<string, JsonValue> = {};
  private readonly files = new Map<number, string>();

  constructor(
    private readonly place: readonly [folder: string, list: string],
    private readonly prefix: string,
  ) {}

  add(name: string, tensor: Tensor): void {
    this.config[name] = {
      path_name: this.fileOf(tensor),
      is_param: tensor instanceof Parameter,
      use_pickle: false,
      tensor_meta: tensorMeta(tensor),
    };
  }

  private fileOf(tensor: Tensor): string {
    const identity = call(native.storage_identity, tensor);
    const known = this.files.get(identity);
    if (known !== undefined) return known;
    const file = `${this.prefix}_${this.files.size}`;
    this.files.set(identity, file);
    this.records.push([this.place[0] + file, tensor.detach()]);
    return file;
  }

  all(): ArchiveRecord[] {
    return [...this.records, [this.place[1], bytesOf(jsonText({ config: this.config }))]];
  }
}

/** Arrays are tuples in the structure of a program's arguments. */
function asPython(value: unknown): unknown {
  if (Array.isArray(value)) return new Tuple(value.map(asPython));
  if (!isOptions(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, asPython(each)]));
}

function samples({ example_inputs }: ExportedProgram): ArchiveRecord[] {
  if (example_inputs === null) return [];
  const pieces: Uint8Array[] = [];
  saveTensors(asPython(example_inputs), { write: (bytes) => pieces.push(bytes) });
  return [[SAMPLES, Uint8Array.from(Buffer.concat(pieces))]];
}

function recordsOf(program: ExportedProgram, extra: Readonly<Record<string, string>>): ArchiveRecord[] {
  const [weights, constants] = [new Folder(WEIGHTS, 'weight'), new Folder(CONSTANTS, 'tensor')];
  const apart = new Set(Object.keys(program.constants));
  for (const [name, tensor] of program.tensors) (apart.has(name) ? constants : weights).add(name, tensor);
  return [
    ...weights.all(),
    ...constants.all(),
    [MODEL, bytesOf(program.text)],
    ...samples(program),
    ...Object.entries(extra).map(([name, text]): ArchiveRecord => [EXTRA + name, bytesOf(text)]),
    ['archive_format', bytesOf('pt2')],
    ['archive_version', bytesOf('0')],
    ['byteorder', bytesOf('little')],
  ];
}

/**
 * Writes a program, one that `torch.export.export` made or that was loaded, with its weights as they are now. Python's
 * `torch.export.load` reads it, and the one of here. The old file stays until the new one is whole.
 * https://docs.pytorch.org/docs/2.13/user_guide/torch_compiler/export/api_reference.html#torch.export.save
 */
export function save(ep: ExportedProgram, f: SaveTarget, options?: SaveOptions): void;
export function save(ep: ExportedProgram, f?: SaveTarget, ...more: unknown[]): void {
  const sink = typeof f === 'object' && 'write' in f ? f : undefined; // may look like named arguments
  const given = signature.read([ep, sink === undefined ? f : '', ...more]);
  if (!(given.ep instanceof ExportedProgram)) {
    throw new TypeError(
      `The 'ep' parameter must be an instance of 'ExportedProgram', got '${typeof given.ep}' instead.`,
    );
  }
  const path = pathOf(given.f);
  if (sink === undefined && path === undefined) {
    throw new TypeError("expected 'f' to be a path or an object with a 'write' method");
  }
  const records = recordsOf(given.ep, given.extra_files ?? {});
  const crc32 = true; // torch.export.load compares checksums, whatever set_crc32_options says
  if (sink === undefined) replaceFile(path!, (fresh) => call(native.write_archive, fresh, crc32, false, records));
  else sink.write(new Uint8Array(call(native.write_archive_to_memory, crc32, false, records)));
}
