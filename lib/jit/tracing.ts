/** What happens while a function is traced: modules become scopes of the graph, and values that leave it are told. */
import { dirname, sep } from 'node:path';
import { type Tracing, tracing } from '../context/tracing';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { partOf } from './values';

/** The folder of this package's code: what it reads of its tensors is none of the user's doing. */
const OURS = dirname(__dirname) + sep;

const constant =
  "We can't record the data flow of JavaScript values, so this value will be treated as a constant in the future. " +
  'This means that the trace might not generalize to other inputs!';

const texts = {
  number: `Converting a tensor to a JavaScript number might cause the trace to be incorrect. ${constant}`,
  list: `Converting a tensor to a JavaScript list might cause the trace to be incorrect. ${constant}`,
  array: `Converting a tensor to a typed array might cause the trace to be incorrect. ${constant}`,
  size: `Using a size of a tensor as a JavaScript number might cause the trace to be incorrect. ${constant} Operators that take the shape from their input, such as flatten(1), unflatten and view(-1, n), are recorded.`,
};

/** Who asked: the first line of the stack that is none of Tensor's own. */
function caller(): string | undefined {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 12;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = before;
  const lines = stack.split('\n').slice(1);
  const own = [`${OURS}jit${sep}tracing.`, `${OURS}tensor${sep}tensor.`];
  return lines.find((line) => !own.some((path) => line.includes(path)));
}

/** The trace of one function. */
export class Recording implements Tracing {
  private readonly told = new Set<string>();
  #quiet: boolean;

  /** `scopes` are the paths of the modules that become parts of the graph. */
  constructor(
    private readonly scopes: ReadonlyMap<object, string>,
    quiet = false,
  ) {
    this.#quiet = quiet;
  }

  call(module: object, forward: () => unknown): unknown {
    const scope = this.scopes.get(module);
    if (scope === undefined || partOf(module) !== undefined) return forward();
    call(native.script_push_scope, scope);
    const result = forward();
    call(native.script_pop_scope); // after an error the graph is given up as a whole
    return result;
  }

  left(what: keyof typeof texts): void {
    if (this.#quiet) return;
    const place = caller();
    if (place === undefined || place.includes(OURS)) return;
    const key = what + place;
    if (this.told.has(key)) return;
    this.told.add(key);
    process.emitWarning(`${texts[what]}\n${place.trim()}`, 'TracerWarning');
  }

  /** Runs a function while this is the thread's trace. */
  during<Result>(run: () => Result): Result {
    const before = tracing.current;
    tracing.current = this;
    try {
      return run();
    } finally {
      tracing.current = before;
    }
  }
}

/** Whether a function is being traced. https://docs.pytorch.org/docs/2.13/generated/torch.jit.is_tracing.html */
export function is_tracing(): boolean {
  return tracing.current !== null;
}

/** Whether the code is a program of TorchScript: JavaScript never is. */
export function is_scripting(): boolean {
  return false;
}
