/** torch._inductor.aoti_load_package. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REQUIRED, Signature } from '../arguments/signature';
import { TorchError } from '../base/errors';
import { identifiedZip } from '../files/identify';
import { type FileOrBytes, pathOf, withSource } from '../files/places';
import type { Source } from '../files/source';
import { checkWhole } from '../files/zip/whole';
import { native } from '../native/addon';
import { call } from '../native/frame';
import '../native/part'; // whose objects calls give
import type { NativePart } from '../native/part';
import { type AOTICompiledModel, modelOf } from './model';

/** What loading takes beside the file. */
export interface PackageOptions {
  /** Runs the model without locks: for one call at a time. */
  run_single_threaded?: boolean;
  /** Which device of its kind; the current one for -1. */
  device_index?: number;
  /** Which of the package's models. */
  model_name?: string;
  /** How many calls may run at once. */
  num_runners?: number;
}

const signature = new Signature<PackageOptions & { path: FileOrBytes }>(
  'aoti_load_package',
  { path: REQUIRED, run_single_threaded: false, device_index: -1, model_name: 'model', num_runners: 1 },
  2,
);

const MODEL = /(?:^|\/)data\/aotinductor\/([^/]+)\/.*\.(?:so|dylib|dll|pyd)$/;

const modelsOf = (names: readonly string[]) => names.flatMap((name) => MODEL.exec(name)?.[1] ?? []);

/** @throws TorchError for a file that is no package, is damaged, or lacks the model: whatever is in it will run */
function checkPackage(source: Source, model_name: string): void {
  const otherKind = (names: readonly string[]) => (modelsOf(names).length === 0 ? identifiedZip(names) : undefined);
  const models = new Set(modelsOf(checkWhole(source, 'package of AOTInductor', otherKind)));
  if (models.has(model_name)) return;
  throw new TorchError(`Model ${model_name} not found in package, which has ${[...models].join(', ')}`);
}

/** Calls a function with the path of the file, for the time of the call. */
function withPath<Result>(place: FileOrBytes, use: (path: string) => Result): Result {
  const path = pathOf(place);
  if (path !== undefined) return use(path);
  const folder = mkdtempSync(join(tmpdir(), 'tsorch-'));
  try {
    const file = join(folder, 'package.pt2');
    writeFileSync(file, place as Uint8Array);
    return use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Loads a model that Python's `torch._inductor.aoti_compile_and_package` compiled, from its path or its bytes.
 *
 * **A package holds machine code, and loading it runs that code in this process**, with all that the process may do. Load
 * packages of people you trust. It trusts its inputs' dtypes and sizes, unless AOTI_RUNTIME_CHECK_INPUTS is 1. Nothing else in this library loads one: `torch.load` and `torch.export.load` refuse them.
 * https://docs.pytorch.org/docs/2.13/torch.compiler_aot_inductor.html
 * @throws TorchError for a file that is none, or is damaged, and for a package of another kind of machine
 */
export function aoti_load_package(path: FileOrBytes, options?: PackageOptions): AOTICompiledModel;
export function aoti_load_package(
  path: FileOrBytes,
  run_single_threaded: boolean,
  device_index?: number | PackageOptions,
  options?: PackageOptions,
): AOTICompiledModel;
export function aoti_load_package(args: PackageOptions & { path: FileOrBytes }): AOTICompiledModel;
export function aoti_load_package(...args: unknown[]): AOTICompiledModel {
  const { path, run_single_threaded, device_index, model_name, num_runners } = signature.read(args);
  withSource(path, 'path', false, (source) => checkPackage(source, model_name));
  const part: NativePart = withPath(path, (file) =>
    call(native.package_load, file, model_name, run_single_threaded, num_runners, device_index),
  );
  return modelOf(part);
}
