/** Modules of programs. */
import { run_async } from '../async/run';
import { NotImplementedError, TorchError } from '../base/errors';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { ScriptDescription } from '../native/functions';
import { NativePart } from '../native/part';
import { Module } from '../nn/modules/module';
import { stateOf, typename } from '../nn/modules/registry';
import { Parameter } from '../nn/parameter';
import type { SaveTarget } from '../serialization/save';
import type { Copier } from '../tensor/copy';
import { Tensor } from '../tensor/tensor';
import { type AnyProgram, methodOf, type ScriptMethod } from './function';
import type { Graph } from './graph';
import { checkNesting } from './nesting';
import { decoded, encoded, partOf, rememberPart, useModules } from './values';
import { type ExtraFiles, programBytes, writeProgram } from './write';

/** Modules by their addresses, while a hierarchy is made: one that is reached twice is one object. */
type Made = Map<number | bigint, ScriptModule>;

/** `__torch__.nets.___torch_mangle_3.Net` → `Net`. */
function lastName(qualified: string): string {
  return qualified.slice(qualified.lastIndexOf('.') + 1);
}

/**
 * A module of a program: called, trained, moved and saved as any module. Its parameters, buffers, attributes and
 * submodules are properties, its methods too. An assignment reaches the program, and what the program assigns shows here.
 * https://docs.pytorch.org/docs/2.13/generated/torch.jit.ScriptModule.html
 */
export class ScriptModule extends Module {
  readonly #part: NativePart;
  readonly #original_name: string;
  /** Its class's name where it was traced here; null where it was loaded or made from text. */
  readonly #traced: string | null;
  readonly #methods = new Map<string, ScriptMethod>();
  readonly #slots = new Set<string>();

  /** Without a program it is empty: give it parameters, buffers and submodules, and then methods with `define`. */
  constructor();
  /** @internal */
  constructor(part: NativePart, made?: Made, traced?: boolean);
  constructor(part?: NativePart, made: Made = new Map(), traced = false) {
    super();
    this.#part = part ?? call(native.script_new_module, `__torch__.${new.target.name}`, null);
    if (part === undefined) call(native.script_register, this.#part, 'training', 'attribute', true);
    rememberPart(this, this.#part);
    const description = call(native.script_describe, this.#part);
    made.set(description[1], this);
    this.#original_name = lastName(description[0]);
    this.#traced = traced ? this.#original_name : null;
    this.#adopt(description, made, traced);
  }

  /** Takes over what the program has. */
  #adopt([, , attributes, methods]: ScriptDescription, made: Made, traced: boolean): void {
    attributes.forEach(([name, kind], slot) => {
      if (this.#slots.has(name)) return;
      this.#slots.add(name);
      if (kind === 'module') this.#adoptModule(name, slot, made, traced);
      else if (kind === 'attribute') this.#adoptAttribute(name, slot);
      else this.#adoptTensor(name, slot, kind);
    });
    for (const description of methods) {
      const method = methodOf(description);
      this.#methods.set(method.name, method);
      if (!(method.name in ScriptModule.prototype)) {
        Object.defineProperty(this, method.name, { value: method, configurable: true, writable: true });
      }
    }
  }

  #adoptModule(name: string, slot: number, made: Made, traced: boolean): void {
    const part = call(native.script_get, this.#part, slot);
    if (!(part instanceof NativePart)) return; // a submodule that the program has optimized away
    const child = made.get(call(native.script_describe, part)[1]) ?? new ScriptModule(part, made, traced);
    stateOf(this).modules.add(name);
    this.#define(
      name,
      () => child,
      (value) => this.#write(slot, value),
    );
  }

  #adoptTensor(name: string, slot: number, kind: 'parameter' | 'buffer'): void {
    let held = call(native.script_get, this.#part, slot);
    if (kind === 'parameter' && held instanceof Tensor && !(held instanceof Parameter)) {
      // The same tensor, since other attributes of the program may be it too: an LSTM's list of its weights.
      Object.setPrototypeOf(held, Parameter.prototype);
    }
    stateOf(this)[`${kind}s`].add(name);
    // The property holds the object: a Parameter is one for as long as somebody has it.
    this.#define(
      name,
      () => {
        held = call(native.script_get, this.#part, slot);
        return held;
      },
      (value) => {
        this.#write(slot, value);
        held = value;
      },
    );
  }

  #adoptAttribute(name: string, slot: number): void {
    if (name in ScriptModule.prototype) return;
    this.#define(
      name,
      () => decoded(call(native.script_get, this.#part, slot)),
      (value) => this.#write(slot, value),
    );
  }

  #write(slot: number, value: unknown): void {
    call(native.script_set, this.#part, slot, encoded(value));
  }

  #define(name: string, get: () => unknown, set: (value: unknown) => void): void {
    Object.defineProperty(this, name, { get, set, enumerable: true, configurable: true });
  }

  #method(name: string): ScriptMethod {
    const method = this.#methods.get(name);
    if (method === undefined) throw new NotImplementedError(`Module '${this.#original_name}' has no method '${name}'`);
    return method;
  }

  // biome-ignore lint/suspicious/noExplicitAny: what a program takes and gives, its text says
  override forward(...args: any[]): any {
    return this.#method('forward')(...args);
  }

  /**
   * Calls it on a native thread while the event loop turns: `const y = await model.run_async(x)`. See `torch.run_async`; other
   * methods have the same: `model.encode.run_async(x)`.
   */
  // biome-ignore lint/suspicious/noExplicitAny: what a program takes and gives, its text says
  run_async(...args: any[]): Promise<any> {
    return run_async(() => (this as AnyProgram)(...args));
  }

  /** Its forward as a function, with its `graph`, `code` and `schema`; other methods are properties. */
  get_method(name: string): ScriptMethod {
    return this.#method(name);
  }

  /** The name of the class that it was made from. */
  get original_name(): string {
    return this.#original_name;
  }

  /** The text of `forward` as Python. https://docs.pytorch.org/docs/2.13/generated/torch.jit.ScriptModule.html#torch.jit.ScriptModule.code */
  get code(): string {
    return this.#method('forward').code;
  }

  /** The same, and the constants that it calls `CONSTANTS.c0`, `CONSTANTS.c1`, … */
  get code_with_constants(): [code: string, constants: Record<string, unknown>] {
    return this.#method('forward').code_with_constants;
  }

  /** The graph of `forward`. */
  get graph(): Graph {
    return this.#method('forward').graph;
  }

  /** The graph of `forward` with the graphs of what it calls in their places. */
  get inlined_graph(): Graph {
    return this.#method('forward').inlined_graph;
  }

  /**
   * Adds methods from their text, in TorchScript: `m.define('def forward(self, x):\n    return x + self.bias')`. They may
   * use the parameters, buffers and submodules that the module has by then.
   * @throws TorchError where the text is none, with its place
   */
  define(src: string): void {
    this.#register();
    checkNesting(src, 'the source');
    call(native.script_define, this.#part, src);
    this.#adopt(call(native.script_describe, this.#part), new Map(), false);
  }

  /** Gives the program what was assigned to an empty module. */
  #register(): void {
    const { parameters, buffers, modules } = stateOf(this).names;
    const values = new Map<string, unknown>();
    for (const [names, kind] of [
      [parameters, 'parameter'],
      [buffers, 'buffer'],
      [modules, 'module'],
    ] as const) {
      for (const name of names) {
        if (this.#slots.has(name)) continue;
        const value = Reflect.get(this, name) as Tensor | ScriptModule | null;
        const part = kind === 'module' && value !== null ? partOf(value) : value;
        if (part === undefined) throw new TorchError(`'${name}' is no ScriptModule: trace ${typename(value)} first`);
        call(native.script_register, this.#part, name, kind, part as Tensor | NativePart | null);
        values.set(name, value);
      }
    }
    for (const name of values.keys()) stateOf(this).remove(name);
  }

  /** Writes an archive that `torch.jit.load` reads, here and in Python. */
  save(f: SaveTarget, options: { _extra_files?: ExtraFiles | null } = {}): void {
    writeProgram(this.#part, f, options._extra_files ?? null);
  }

  /** The bytes of that archive. */
  save_to_buffer(options: { _extra_files?: ExtraFiles | null } = {}): Buffer {
    return programBytes(this.#part, options._extra_files ?? null);
  }

  /** @internal */
  override _copied({ memo, remember }: Copier): Module {
    const part = memo === null ? this.#part : call(native.script_copy, this.#part);
    return remember(new ScriptModule(part, new Map(), this.#traced !== null));
  }

  override extra_repr(): string {
    return `original_name=${this.#original_name}`;
  }

  override _get_name(): string {
    return this.#traced ?? 'RecursiveScriptModule';
  }
}

useModules((part) => new ScriptModule(part));
