/** What happens while a function is traced: modules become scopes of the graph, and values that leave it are told. */
import { dirname, join, sep } from 'node:path';
import { watchModuleCalls } from '../context/module_calls';
import { type Tracing, tracing } from '../context/tracing';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { partOf } from './values';

/** The folder of this package's code: what it reads of its tensors is none of the user's doing. */
const OURS = dirname(__dirname) + sep;

const constant =
  "We can't record the data flow of JavaScript values, so this value will be treated as a constant in the future. " +
  'This means that the trace might not generalize to other inputs!';

/** What may leave a graph: a number, a list, an array, a size. */
export type Left = keyof typeof texts;

const texts = {
  number: `Converting a tensor to a JavaScript number might cause the trace to be incorrect. ${constant}`,
  list: `Converting a tensor to a JavaScript list might cause the trace to be incorrect. ${constant}`,
  array: `Converting a tensor to a typed array might cause the trace to be incorrect. ${constant}`,
  size: `Using a size of a tensor as a JavaScript number might cause the trace to be incorrect. ${constant} Operators that take the shape from their input, such as flatten(1), unflatten and view(-1, n), are recorded.`,
};

/** The places of the calls that led here, the innermost first. Texts of stacks may be those of other sources. */
function callSites(): NodeJS.CallSite[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 12;
    Error.prepareStackTrace = (_, sites) => sites;
    return new Error().stack as unknown as NodeJS.CallSite[];
  } finally {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  }
}

/** Where a value was asked for, by what is none of this package's; undefined for its own questions. */
function placeOutside(): string | undefined {
  const files = [join(OURS, 'jit', 'tracing'), join(OURS, 'tensor', 'tensor')];
  const asked = callSites().find((site) => !files.some((file) => site.getFileName()?.startsWith(`${file}.`)));
  const file = asked?.getFileName() ?? undefined;
  if (asked === undefined || file === undefined || file.startsWith(OURS)) return undefined;
  return `${file}:${asked.getLineNumber()}:${asked.getColumnNumber()}`;
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

  /** Runs a module's forward as a part of the graph of its own. */
  private call(module: object, forward: () => unknown): unknown {
    const scope = this.scopes.get(module);
    if (scope === undefined || partOf(module) !== undefined) return forward();
    call(native.script_push_scope, scope);
    const result = forward();
    call(native.script_pop_scope); // after an error the graph is given up as a whole
    return result;
  }

  left(what: Left): void {
    if (this.#quiet) return;
    const place = placeOutside();
    if (place === undefined) return;
    const key = what + place;
    if (this.told.has(key)) return;
    this.told.add(key);
    this.tell(what, place);
  }

  /** What is done about a value that leaves the graph. */
  protected tell(what: Left, place: string): void {
    process.emitWarning(`${texts[what]} (${place})`, 'TracerWarning');
  }

  /** Runs a function while this is the thread's trace. */
  during<Result>(run: () => Result): Result {
    const before = tracing.current;
    const around = (module: object, forward: () => unknown) =>
      tracing.current === this ? this.call(module, forward) : forward();
    const unwatch = watchModuleCalls(around);
    tracing.current = this;
    try {
      return run();
    } finally {
      tracing.current = before;
      unwatch();
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
