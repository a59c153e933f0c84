/** Programs from their text. */
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { NativePart } from '../native/part';
import { functionOf, type ScriptFunction } from './function';
import { checkNesting } from './nesting';

/**
 * Functions from their text in TorchScript, a part of Python: `new torch.jit.CompilationUnit('def f(x):\n    return x + 1')`
 * has the function `f`. Branches and loops stay in them.
 * https://docs.pytorch.org/docs/2.13/jit_language_reference.html
 * @throws TorchError where the text is none, with its place
 */
export class CompilationUnit {
  readonly [name: string]: ScriptFunction | unknown;

  constructor(source = '') {
    checkNesting(source, 'the source');
    const unit: NativePart = call(native.script_compile, source);
    Object.defineProperties(this, {
      define: {
        value: (src: string) => {
          checkNesting(src, 'the source');
          call(native.script_unit_define, unit, src);
          show(this, unit);
        },
      },
      find_function: { value: (name: string) => find(unit, name) },
    });
    show(this, unit);
  }

  /** Adds functions, which may call each other. */
  declare readonly define: (src: string) => void;
  /** A function by its name; null when there is none. */
  declare readonly find_function: (name: string) => ScriptFunction | null;
}

function find(unit: NativePart, name: string): ScriptFunction | null {
  const found = call(native.script_functions, unit).find((each) => each[1] === name);
  return found === undefined ? null : functionOf(found);
}

/** Gives the unit its functions as properties. */
function show(target: CompilationUnit, unit: NativePart): void {
  for (const description of call(native.script_functions, unit)) {
    const fn = functionOf(description);
    Object.defineProperty(target, fn.name, { value: fn, enumerable: true, configurable: true });
  }
}
