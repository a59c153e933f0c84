/** Functions and methods of programs: they are called, and show their text. */
import { inspect } from 'node:util';
import { resultOf } from '../async/recording';
import { run_async } from '../async/run';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { ScriptFunctionDescription } from '../native/functions';
import { isOptions } from '../native/kinds';
import type { NativePart } from '../native/part';
import type { SaveTarget } from '../serialization/save';
import { Graph } from './graph';
import { decoded, encoded } from './values';
import { type ExtraFiles, writeProgram } from './write';

const NONE: readonly never[] = [];

/** A parameter: its name, and its type as TorchScript writes it. */
type ParameterEntry = readonly [name: string, type: string];

/** Whether the last argument has arguments by name: an object where the parameter takes none. */
function areKeywords(parameters: readonly ParameterEntry[], args: readonly unknown[]): boolean {
  const last = args[args.length - 1];
  if (!isOptions(last)) return false;
  const type = parameters[args.length - 1]?.[1];
  return type === undefined || !/\bDict\[|^Any$|Optional\[Any\]/.test(type);
}

/** Calls a program. */
export function runScript(part: NativePart, parameters: readonly ParameterEntry[], args: readonly unknown[]): unknown {
  if (args.length === 0 || !areKeywords(parameters, args)) {
    return resultOf(call(native.script_call, part, args.map(encoded), NONE, NONE), decoded);
  }
  const keywords = args[args.length - 1] as Record<string, unknown>;
  const names = Object.keys(keywords).filter((name) => keywords[name] !== undefined);
  const named = names.map((name) => encoded(keywords[name]));
  return resultOf(call(native.script_call, part, args.slice(0, -1).map(encoded), names, named), decoded);
}

// biome-ignore lint/suspicious/noExplicitAny: what a program takes and gives, its text says
export type AnyProgram = (...args: any[]) => any;

export interface ScriptFunction extends AnyProgram {}

/**
 * A function of a program: it takes arguments by position, and by name in an object at the end, and keeps its branches
 * and loops. Errors inside have the traceback of its text.
 * https://docs.pytorch.org/docs/2.13/generated/torch.jit.ScriptFunction.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface only says that it can be called
export abstract class ScriptFunction {
  declare readonly name: string;
  /** With the module's or the unit's name in front. */
  declare readonly qualified_name: string;
  /** Its parameters and their types, as text. */
  declare readonly schema: string;
  /** @internal */
  declare readonly _part: NativePart;

  /** Calls it on a native thread while the event loop turns: see `torch.run_async`. */
  // biome-ignore lint/suspicious/noExplicitAny: what a program takes and gives, its text says
  run_async(...args: any[]): Promise<any> {
    return run_async(() => (this as AnyProgram)(...args));
  }

  /** Its text as Python, as it is saved. */
  get code(): string {
    return call(native.script_code, this._part)[0];
  }

  /** The same, and the constants that it calls `CONSTANTS.c0`, `CONSTANTS.c1`, … */
  get code_with_constants(): [code: string, constants: Record<string, unknown>] {
    const [code, constants] = call(native.script_code, this._part);
    return [code, Object.fromEntries(constants.map((value, i) => [`c${i}`, decoded(value)]))];
  }

  get graph(): Graph {
    return new Graph(this._part, false);
  }

  /** The graph with the graphs of what it calls in their places. */
  get inlined_graph(): Graph {
    return new Graph(this._part, true);
  }

  /** Writes an archive that `torch.jit.load` reads, here and in Python, as a module whose forward it is. */
  save(f: SaveTarget, options: { _extra_files?: ExtraFiles | null } = {}): void {
    writeProgram(call(native.script_function_module, this._part), f, options._extra_files ?? null);
  }

  toString(): string {
    return `<${this.constructor.name} ${this.qualified_name}>`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** A method of a ScriptModule. */
export abstract class ScriptMethod extends ScriptFunction {}

// As functions they have what functions have.
Object.setPrototypeOf(ScriptFunction.prototype, Function.prototype);

function makeCallable(prototype: ScriptFunction, description: ScriptFunctionDescription): ScriptFunction {
  const [_part, name, qualified_name, schema, parameters] = description;
  const fn = (...args: unknown[]): unknown => runScript(_part, parameters, args);
  const fields = { name, qualified_name, schema, _part };
  for (const [key, value] of Object.entries(fields)) Object.defineProperty(fn, key, { value, configurable: true });
  return Object.setPrototypeOf(fn, prototype) as ScriptFunction;
}

export function functionOf(description: ScriptFunctionDescription): ScriptFunction {
  return makeCallable(ScriptFunction.prototype, description);
}

export function methodOf(description: ScriptFunctionDescription): ScriptMethod {
  return makeCallable(ScriptMethod.prototype, description);
}

export function isScriptFunction(value: unknown): value is ScriptFunction {
  return value instanceof ScriptFunction;
}
