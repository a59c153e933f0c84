/** torch.jit.load and torch.jit.save. */
import { existsSync } from 'node:fs';
import { REQUIRED, Signature } from '../arguments/signature';
import { TorchError } from '../base/errors';
import { type Device, type DeviceLike, parseDevice } from '../base/types';
import { identifiedZip } from '../files/identify';
import { type FileOrBytes, pathOf, withSource } from '../files/places';
import { checkWhole } from '../files/zip/whole';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { SaveTarget } from '../serialization/save';
import { ScriptFunction } from './function';
import { ScriptModule } from './module';
import { checkParts } from './parts';
import type { ExtraFiles } from './write';

/** What loading takes beside the file. */
export interface LoadOptions {
  /** The device on which parameters and buffers come to be; where they were saved from when null. */
  map_location?: DeviceLike | null;
  /** Is filled: for each name here, the bytes of that file beside the program. */
  _extra_files?: Record<string, string | Uint8Array> | null;
}

interface LoadArguments {
  f: FileOrBytes;
  map_location: DeviceLike | null;
  _extra_files: Record<string, string | Uint8Array> | null;
}

// By hand: PyTorch's has a switch for its own use.
const signature = new Signature<LoadArguments>('load', { f: REQUIRED, map_location: null, _extra_files: null });

/** An entry that every archive of a program has. */
const PROGRAM = /(^|\/)constants\.pkl$/;

/** What an archive without a program is. */
function otherKind(names: readonly string[]): string | undefined {
  if (names.some((name) => PROGRAM.test(name))) return undefined;
  if (names.length === 0) return 'it is empty';
  return names.some((name) => /(^|\/)data\.pkl$/.test(name))
    ? 'the file is what torch.save wrote: read it with torch.load'
    : identifiedZip(names);
}

/** libtorch asserts what it expects of a program's pickles and code, and asks to report what is only a damaged file. */
const ASSERTED = /^([\s\S]*?) INTERNAL ASSERT FAILED at .*?, please report a bug to PyTorch\.\s*([\s\S]*)$/;

function loaded(f: string | Uint8Array, device: Device | null, names: readonly string[]) {
  try {
    return call(native.script_load, f, device, names);
  } catch (error) {
    const [, condition, reason] = ASSERTED.exec(error instanceof TorchError ? error.message : '') ?? [];
    if (condition === undefined) throw error;
    throw new TorchError(`the TorchScript archive is damaged: ${reason || `not ${condition}`}`);
  }
}

/**
 * Reads a program that `torch.jit.save` wrote, here or in Python: a module that was scripted, traced or frozen. The
 * program is run by libtorch's interpreter, which calls operators: a few of them read and write files, so load programs of
 * people you trust.
 * https://docs.pytorch.org/docs/2.13/generated/torch.jit.load.html
 * @throws RangeError for a path where no file is
 * @throws TorchError for a file that is no program, or is damaged
 */
export function load(f: FileOrBytes, options?: LoadOptions): ScriptModule;
export function load(f: FileOrBytes, map_location: DeviceLike | null, options?: LoadOptions): ScriptModule;
export function load(args: LoadOptions & { f: FileOrBytes }): ScriptModule;
export function load(...args: unknown[]): ScriptModule {
  const { f, map_location, _extra_files } = signature.read(args);
  const path = pathOf(f);
  if (path !== undefined && !existsSync(path)) throw new RangeError(`The provided filename ${path} does not exist`);
  withSource(f, 'f', false, (source) => {
    checkWhole(source, 'TorchScript archive', otherKind);
    checkParts(source);
  });
  const device: Device | null = map_location === null ? null : parseDevice(map_location);
  const names = Object.keys(_extra_files ?? {});
  const [module, contents] = loaded(path ?? (f as Uint8Array), device, names);
  names.forEach((name, i) => {
    _extra_files![name] = Buffer.from(contents[i]!);
  });
  return new ScriptModule(module);
}

/** What saving takes beside the program and the file. */
export interface SaveOptions {
  /** Files to put beside the program, by name. */
  _extra_files?: ExtraFiles | null;
}

/**
 * Writes a program to a file that `torch.jit.load` reads, here and in Python. The old file stays until the new one is whole.
 * https://docs.pytorch.org/docs/2.13/generated/torch.jit.save.html
 * @throws TypeError for what is no ScriptModule or ScriptFunction: trace a module first
 */
export function save(m: ScriptModule | ScriptFunction, f: SaveTarget, options: SaveOptions = {}): void {
  if (!(m instanceof ScriptModule || m instanceof ScriptFunction)) {
    throw new TypeError(
      'torch.jit.save writes ScriptModules and ScriptFunctions: torch.jit.trace makes one of a module',
    );
  }
  m.save(f, options);
}
