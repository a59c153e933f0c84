/** torch.jit.trace and torch.jit.trace_module. */
import { REQUIRED, Signature } from '../arguments/signature';
import { TorchError } from '../base/errors';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isOptions, typeName } from '../native/kinds';
import type { NativePart } from '../native/part';
import { isModule, type Module } from '../nn/modules/module';
import { Tensor } from '../tensor/tensor';
import { type Call, checkTrace, cloned } from './check';
import { functionOf, type ScriptFunction } from './function';
import { hierarchyOf, scopesOf } from './hierarchy';
import { ScriptModule } from './module';
import { argumentNames } from './parameters';
import { Recording } from './tracing';
import { decoded, encoded } from './values';

/** What a traced function may take: tensors, in arrays (tuples) and plain objects (dicts) too. */
export type Example = Tensor | readonly Example[] | { readonly [name: string]: Example };

/** One input, or the list of all. */
export type Examples = Tensor | readonly Example[];

export interface TraceOptions {
  example_inputs?: Examples | null;
  /** Traces again, and compares the graphs and the results. */
  check_trace?: boolean;
  /** Further inputs to compare the results with: a list of what `example_inputs` may be. */
  check_inputs?: readonly Examples[] | null;
  /** How far results may differ. */
  check_tolerance?: number;
  /** Refuses dictionaries among the results, whose keys a graph takes to be always the same. */
  strict?: boolean;
  /** Inputs by name, for a call with an object at its end. */
  example_kwarg_inputs?: Readonly<Record<string, Example>> | null;
}

interface TraceArguments extends Required<TraceOptions> {
  func: Module | ((...inputs: never[]) => unknown);
}

export interface TraceModuleOptions {
  check_trace?: boolean;
  /** Further inputs, by method. */
  check_inputs?: readonly Readonly<Record<string, Examples>>[] | null;
  check_tolerance?: number;
  strict?: boolean;
  /** Whether the inputs of each method are given by name. */
  example_inputs_is_kwarg?: boolean;
}

interface TraceModuleArguments extends Required<TraceModuleOptions> {
  mod: Module;
  inputs: Readonly<Record<string, Examples | Readonly<Record<string, Example>>>>;
}

// By hand: PyTorch's have parameters for its own use.
const traceSignature = new Signature<TraceArguments>(
  'trace',
  {
    func: REQUIRED,
    example_inputs: null,
    check_trace: true,
    check_inputs: null,
    check_tolerance: 1e-5,
    strict: true,
    example_kwarg_inputs: null,
  },
  5,
);

const traceModuleSignature = new Signature<TraceModuleArguments>(
  'trace_module',
  {
    mod: REQUIRED,
    inputs: REQUIRED,
    check_trace: true,
    check_inputs: null,
    check_tolerance: 1e-5,
    strict: true,
    example_inputs_is_kwarg: false,
  },
  5,
);

type Callee = (...args: unknown[]) => unknown;

export function callOf(fn: Callee, forward: object, examples: unknown, keywords: boolean): Call {
  if (keywords && isOptions(examples)) {
    const names = Object.keys(examples);
    const run = (inputs: readonly unknown[]) => fn(Object.fromEntries(names.map((name, i) => [name, inputs[i]])));
    return { values: Object.values(examples), names, run };
  }
  const values = Array.isArray(examples) ? (examples as readonly unknown[]) : [examples];
  return { values, names: argumentNames(forward, values.length), run: (inputs) => fn(...inputs) };
}

/** @throws TypeError for what a graph cannot take */
function checkExamples(values: readonly unknown[]): void {
  for (const value of values) {
    if (value instanceof Tensor) continue;
    if (Array.isArray(value)) checkExamples(value);
    else if (isOptions(value)) checkExamples(Object.values(value));
    else {
      throw new TorchError(
        `Type '${typeName(value)}' cannot be traced. Only Tensors and (possibly nested) Lists, Dicts, and Tuples of Tensors can be traced`,
      );
    }
  }
}

/** The native function or method that a call becomes. */
function record(part: NativePart | null, name: string, request: Call, strict: boolean, recording: Recording) {
  checkExamples(request.values);
  const run = (...inputs: unknown[]) => recording.during(() => encoded(request.run(inputs.map(decoded))));
  const values = request.values.map(encoded);
  return call(native.script_trace, part, name, values, strict, false, request.names, run);
}

/** The name of a function, as a program can have it. */
function nameOf(fn: { readonly name: string }): string {
  return /^[A-Za-z_]\w*$/.test(fn.name) ? fn.name : '_lambda';
}

function traceFunction(fn: Callee, request: Call, strict: boolean, quiet = false): ScriptFunction {
  const unit = record(null, nameOf(fn), request, strict, new Recording(new Map(), quiet));
  return functionOf(call(native.script_functions, unit as NativePart)[0]!);
}

/** What each method of a module is called with. */
type Calls = ReadonlyMap<string, Call>;

function traceMethods(module: Module, calls: Calls, strict: boolean, quiet = false): ScriptModule {
  const part = hierarchyOf(module);
  const recording = new Recording(scopesOf(module), quiet);
  for (const [name, request] of calls) record(part, name, request, strict, recording);
  return new ScriptModule(part, new Map(), true);
}

/** A method of a module as a function; its forward is called with the module's hooks. */
function methodOf(module: Module, name: string): [run: Callee, text: object] {
  const method = Reflect.get(module, name) as unknown;
  if (typeof method !== 'function') throw new TypeError(`'${module._get_name()}' object has no method '${name}'`);
  return [name === 'forward' ? (module as Callee) : (...args) => Reflect.apply(method, module, args), method];
}

/**
 * Runs a module or a function with example inputs, and makes a program of the operators that it calls: it can be saved,
 * and is run by Python and here without JavaScript. The graph has what was called this time: branches and loops of
 * JavaScript are decided, numbers are constants, sizes (`x.shape`) too, and a TracerWarning tells of those that are read.
 * https://docs.pytorch.org/docs/2.13/generated/torch.jit.trace.html
 * @throws TracingCheckError when a second trace differs from the first (see `check_trace`)
 */
export function trace(
  func: Module,
  example_inputs?: Examples | null | TraceOptions,
  options?: TraceOptions,
): ScriptModule;
export function trace(
  func: (...inputs: never[]) => unknown,
  example_inputs?: Examples | null | TraceOptions,
  options?: TraceOptions,
): ScriptFunction;
export function trace(...args: unknown[]): ScriptModule | ScriptFunction {
  const given = traceSignature.read(args);
  const { func, example_inputs, example_kwarg_inputs, check_trace, check_tolerance, strict } = given;
  if (isProgram(func)) return alreadyTraced(func);
  const keywords = example_inputs === null;
  const examples = example_inputs ?? example_kwarg_inputs;
  if (examples === null) throw new TorchError('trace() needs example_inputs or example_kwarg_inputs');
  const more = given.check_inputs ?? [];
  if (isModule(func)) {
    const checks = more.map((forward) => ({ forward }));
    const options = { check_inputs: checks, check_trace, check_tolerance, strict, example_inputs_is_kwarg: keywords };
    return trace_module(func, { forward: examples as Examples }, options);
  }
  if (typeof func !== 'function') throw new TypeError(`trace() takes a module or a function, not ${typeName(func)}`);
  const fn = func as Callee;
  const callWith = (inputs: unknown) => callOf(fn, fn, inputs, keywords);
  const traced = traceFunction(fn, callWith(examples), strict);
  if (check_trace) {
    checkTrace({
      traced,
      original: callWith(examples),
      retrace: () => traceFunction(fn, callWith(cloned(examples)), strict, true),
      more: more.map(callWith),
      tolerance: check_tolerance,
      keywords,
    });
  }
  return traced;
}

function isProgram(value: unknown): value is ScriptModule | ScriptFunction {
  return value instanceof ScriptModule || (typeof value === 'function' && '_part' in value);
}

function alreadyTraced<Program>(program: Program): Program {
  process.emitWarning(
    'The input to trace is already a ScriptModule, tracing it is a no-op. Returning the object as is.',
    'UserWarning',
  );
  return program;
}

/**
 * Traces several methods of a module: `torch.jit.trace_module(net, { forward: x, encode: [x, mask] })`. Parameters,
 * buffers and submodules have their names in the program, and share their memory with those of the module.
 * https://docs.pytorch.org/docs/2.13/generated/torch.jit.trace_module.html
 * @throws TracingCheckError when a second trace differs from the first (see `check_trace`)
 */
export function trace_module(
  mod: Module,
  inputs: Readonly<Record<string, Examples | Readonly<Record<string, Example>>>>,
  options: TraceModuleOptions = {},
): ScriptModule {
  const given = traceModuleSignature.read([mod, inputs, options]);
  if (!isModule(mod)) throw new TypeError('expected torch.nn.Module as the first argument');
  if (isProgram(mod)) return alreadyTraced(mod);
  if (!isOptions(inputs)) throw new TypeError('expected a dictionary of (method_name, input) pairs');
  const { strict, example_inputs_is_kwarg: keywords } = given;
  const callsOf = (examples: object): Calls =>
    new Map(
      Object.entries(examples).map(([name, each]) => [name, callOf(...methodOf(mod, name), each, keywords)] as const),
    );
  const calls = callsOf(inputs);
  const traced = traceMethods(mod, calls, strict);
  if (!given.check_trace) return traced;
  for (const [name, original] of calls) {
    checkTrace({
      traced: traced.get_method(name),
      original,
      retrace: () => traceMethods(mod, callsOf(cloned(inputs) as object), strict, true).get_method(name),
      more: (given.check_inputs ?? []).flatMap((examples) => callsOf(examples).get(name) ?? []),
      tolerance: given.check_tolerance,
      keywords,
    });
  }
  return traced;
}
