import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import torch, { nn, optim } from 'tsorch';
import * as numpy from 'tsorch/numpy';
import * as pyplot from 'tsorch/pyplot';
import * as safetensors from 'tsorch/safetensors';
import * as torchviz from 'tsorch/torchviz';
import * as vision from 'tsorch/vision';
import { LanguageService, type Shown } from './lsp';

const root = resolve(__dirname, '../../..');

/** What no program calls: TypeScript shows nothing for abstract classes, `new` of a keyword, and a stream's operator. */
const notCalled =
  /new .*\.(Transform|RNNBase|RNNCellBase|Module|BasePruningMethod|VisionDataset)\(|x\.(new|record_stream)\(/;

/** More than three, with one text of PyTorch's: for numbers and for tensors, or for what is returned. */
const more = [
  /polynomial_|moveaxis|movedim|ctc_loss|quantize_per_tensor/,
  /NpyFormatError|safe_open|multiprocessing\.Value|torch\.device\(|x\.(view|to)\(/,
];

/** Without a line of their own: their names say all, or only the package makes and throws them. */
const undocumented = [
  /Error\(|BadProgram|multiprocessing\.(Empty|Full)/,
  /new torch\.(dtype|layout|memory_format|export|multiprocessing)\b|FunctionCtx|graph\.(Node|SavedTensor)|NpzFile|Axes/,
  /(Float|Double|Half|BFloat16|Byte|Char|Short|Int|Long|Bool)Tensor\(/,
  /torch\.(backends|cpu|cuda)\.|torch\.(are|is|get)_|torch\.serialization\.(get|clear)_|pyplot\.|vision\.models\./,
  /atleast_\d|torch\.device\(|constraints?\.|constraint_registry|biject_to|transform_to|identity_transform/,
  /(CorrCholesky|LowerCholesky|PositiveDefinite|Softmax|StickBreaking)Transform|autograd\.functional\.\w{2,3}\(/,
  /nn\.init\.[a-z_]*[a-z]\(|noop_mask|LRScheduler|Dataset\(|Sampler\(|autograd\.(function\.)?Function\(/,
  /io\.write_|Compose|RandomOrder|RandomPerspective/,
  /[a-z][A-Z]\w*\(|LazyNormMixin/, // of modules whose inside can be seen, as in Python
];

function isClass(value: object): boolean {
  return Function.prototype.toString.call(value).startsWith('class');
}

/** The calls of a namespace's functions and classes, each once; an editor shows signature help behind the parenthesis. */
function callsOf(namespace: object, path: string, seen: Set<unknown>, depth = 0): string[] {
  if (seen.has(namespace) || depth > 4) return [];
  seen.add(namespace);
  const names = Object.keys(namespace).filter((name) => !name.startsWith('_') && name !== 'default' && name !== 'ops');
  return names.flatMap((name) => {
    const value: unknown = (namespace as Record<string, unknown>)[name];
    const isObject = typeof value === 'object' && value !== null;
    if (isObject && [Object.prototype, null].includes(Object.getPrototypeOf(value) as null)) {
      return callsOf(value, `${path}.${name}`, seen, depth + 1);
    }
    if (typeof value !== 'function' || seen.has(value)) return [];
    seen.add(value);
    return [`${isClass(value) ? 'new ' : ''}${path}.${name}();`];
  });
}

/** The calls of an object's methods. */
function methodsOf(prototype: object, path: string): string[] {
  const names = new Set<string>();
  for (let each = prototype; each !== Object.prototype; each = Object.getPrototypeOf(each) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(each))) {
      if (typeof value === 'function' && /^[a-z][a-z\d_]*$/.test(name) && name !== 'constructor') names.add(name);
    }
  }
  return [...names].map((name) => `${path}.${name}();`);
}

const seen = new Set<unknown>();
const all = [
  ...Object.entries({ torch, numpy, pyplot, safetensors, torchviz, vision }).flatMap(([name, namespace]) =>
    callsOf(namespace, name, seen),
  ),
  ...methodsOf(torch.Tensor.prototype, 'x'),
  ...methodsOf(nn.Linear.prototype, 'layer'),
  ...methodsOf(optim.SGD.prototype, 'optimizer'),
].filter((call) => !notCalled.test(call));

const preamble = [
  "import torch, { nn, optim } from 'tsorch';",
  ...['numpy', 'pyplot', 'safetensors', 'torchviz', 'vision'].map(
    (name) => `import * as ${name} from 'tsorch/${name}';`,
  ),
  'declare const x: torch.Tensor;',
  'declare const layer: nn.Linear;',
  'declare const optimizer: optim.SGD;',
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
    expect(shown.length).toBeGreaterThan(1500);
    expect(those((signatures) => signatures.length === 0)).toEqual([]);
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
