import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import torch from 'tsorch';
import * as huggingface_hub from 'tsorch/huggingface_hub';
import * as numpy from 'tsorch/numpy';
import * as pyplot from 'tsorch/pyplot';
import * as safetensors from 'tsorch/safetensors';
import * as torchviz from 'tsorch/torchviz';
import * as tqdm from 'tsorch/tqdm';
import * as tensorboard from 'tsorch/utils/tensorboard';
import * as vision from 'tsorch/vision';
import { LanguageService, type Shown } from './lsp';

const root = resolve(__dirname, '../../..');

/** What no program calls: TypeScript shows nothing for abstract and closed classes, `new` of a keyword, and a stream's operator. */
const notCalled =
  /new .*\.(\w*Transform|RNN(Cell)?Base|Module|BasePruningMethod|VisionDataset|ScriptFunction|ScriptMethod|ReduceOp|Store)\(|\)\.(new|record_stream)\(/;

/** More than three, with one text of PyTorch's. */
const more = [
  /polynomial_|moveaxis|movedim|ctc_loss|quantize_per_tensor/, // for numbers and for tensors
  /set_detect_anomaly|saved_tensors_hooks|safe_open|torch\.device\(|inference_mode/, // with a callback and without
  /multiprocessing\.Value/, // what it returns depends on the lock
];

/** Without a line of their own. */
const undocumented = [
  /graph\.Node|FunctionCtx|multiprocessing\.(Array|RLock|Value|Lock)Type|TracerWarning/, // only the package makes them
];

function isClass(value: object): boolean {
  return Function.prototype.toString.call(value).startsWith('class');
}

/** Whether a value is a module or a plain object; jest's modules come from another realm, with an Object of its own. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The calls of a namespace's functions and classes, each once; an editor shows signature help behind the parenthesis. */
function callsOf(namespace: object, path: string, seen: Set<unknown>, depth = 0): string[] {
  if (seen.has(namespace) || depth > 4) return [];
  seen.add(namespace);
  const names = Object.keys(namespace).filter((name) => !name.startsWith('_') && name !== 'default' && name !== 'ops');
  return names.flatMap((name) => {
    const value: unknown = (namespace as Record<string, unknown>)[name];
    if (isPlain(value)) return callsOf(value, `${path}.${name}`, seen, depth + 1);
    if (typeof value !== 'function' || seen.has(value)) return [];
    seen.add(value);
    if (!isClass(value)) return [`${path}.${name}();`];
    return [`new ${path}.${name}();`, ...methodsOf(value as Class, `${path}.${name}`, seen)];
  });
}

type Class = abstract new (...args: never[]) => object;

/** What is called of a class and of its objects, without what it inherits. */
function methodsOf(type: Class, path: string, seen: Set<unknown>): string[] {
  const own = (object: object, start: string) =>
    Object.entries(Object.getOwnPropertyDescriptors(object)).flatMap(([name, { value }]) => {
      const isMethod = typeof value === 'function' && /^[a-z][a-z\d_]*$/.test(name) && name !== 'constructor';
      if (!isMethod || isClass(value) || seen.has(value)) return [];
      seen.add(value);
      return [`${start}.${name}();`];
    });
  return [...own(type, path), ...own(type.prototype as object, `one(${path})`)];
}

const seen = new Set<unknown>();
const namespaces = { torch, huggingface_hub, numpy, pyplot, safetensors, tensorboard, torchviz, tqdm, vision };
const all = Object.entries(namespaces)
  .flatMap(([name, namespace]) => callsOf(namespace, name, seen))
  .concat(methodsOf(torch.Tensor, 'torch.Tensor', seen))
  .filter((call) => !notCalled.test(call));

const preamble = [
  "import torch from 'tsorch';",
  ...['huggingface_hub', 'numpy', 'pyplot', 'safetensors', 'torchviz', 'tqdm', 'vision'].map(
    (name) => `import * as ${name} from 'tsorch/${name}';`,
  ),
  "import * as tensorboard from 'tsorch/utils/tensorboard';",
  'declare function one<T>(type: { readonly prototype: T }): T;',
];

/** How many signatures PyTorch has: the comment of an operator shows each. Only some of them go into one here. */
function pythonSignatures(shown: readonly Shown[]): number {
  return Math.max(1, ...shown.map(({ documentation }) => documentation.match(/`[\w.]+\([^`]*\) -> /g)?.length ?? 0));
}

describe('signature help of all that can be called', () => {
  const folder = mkdtempSync(join(root, 'out', 'all-signatures-'));
  const service = new LanguageService(root);
  let shown: [call: string, signatures: Shown[]][] = [];

  beforeAll(async () => {
    const path = join(folder, 'calls.ts');
    writeFileSync(path, [...preamble, ...all, ''].join('\n'));
    await service.start();
    shown = [...(await service.signatureHelp(path))];
  }, 600_000);

  afterAll(() => {
    service.stop();
    rmSync(folder, { recursive: true });
  });

  const those = (isWrong: (signatures: Shown[], call: string) => boolean) =>
    shown.filter(([call, signatures]) => isWrong(signatures, call)).map(([call]) => call);

  test('there is some', () => {
    expect(shown.length).toBeGreaterThan(3000);
    const isPrivate = (call: string) => call.startsWith('one('); // of methods, only those of other classes are left
    expect(those((signatures, call) => signatures.length === 0 && !isPrivate(call))).toEqual([]);
  });

  test('no helpers of the package among the names', () => {
    expect(all.filter((call) => /\.[a-z]+[A-Z]\w*\(/.test(call))).toEqual([]);
  });

  test('at most three signatures, where PyTorch has no more itself', () => {
    const isMany = (signatures: Shown[], call: string) =>
      signatures.length > 2 * pythonSignatures(signatures) + 1 && !more.some((name) => name.test(call));
    expect(those(isMany)).toEqual([]);
  });

  test('the names of the parameters, and no computed types', () => {
    expect(those((signatures) => signatures.some(({ label }) => /args_\d|Omit<|Pick</.test(label)))).toEqual([]);
  });

  test('a line of documentation', () => {
    const isBare = (signatures: Shown[], call: string) =>
      signatures.some(({ documentation }) => documentation === '') && !undocumented.some((name) => name.test(call));
    expect(those(isBare)).toEqual([]);
  });
});
