// Which folder of lib may import which: those above it in this list, never those on its own line or below. Types count too.
const layers = [
  ['base'], // what needs no native code: errors, value types, lazy loading, texts
  ['native'], // the addon, the frame that carries values, memory, kinds of values
  ['arguments'], // the reader of arguments and its checks
  ['context'], // switches of the thread and the process: modes, flags, devices, streams, autocast
  ['operators'], // the tables' operators: matching, plans; no Tensor
  ['tensor', 'generated'], // Tensor, what makes one, and the operators' types, which are about it
  ['autograd'],
  ['printing'],
  ['sparse'],
  ['functional'], // what PyTorch writes in Python
  ['functorch'], // the transforms, below torch.nn; func is their public face
  ['files'],
  ['pickle'],
  ['pyplot'],
  ['backends'],
  ['nn'],
  ['func'],
  ['cpu', 'masked', 'nested', 'signal', 'testing'],
  ['optim'],
  ['amp'],
  ['cuda'],
  ['accelerator'],
  ['distributions'],
  ['serialization'],
  ['multiprocessing'],
  ['utils'],
  ['torch'], // the namespace, and the whole Tensor
  ['numpy', 'safetensors', 'torchviz', 'tqdm', 'vision'], // beside PyTorch
  ['entries'], // a file for each sub-path of the package
];

// Types of arguments, collected for what scripts/generate writes into lib/generated/signatures.
const collected = '^lib/arguments/types\\.ts$';

const folders = (names) => `^lib/(${names.join('|')})/`;
const notAbove = layers.flatMap((names, i) =>
  names.map((name) => ({
    name: `${name} imports only what is below it`,
    severity: 'error',
    from: { path: folders([name]), pathNot: collected },
    to: {
      path: folders(layers.slice(i).flat()),
      pathNot: folders([name, ...(name === 'tensor' || name === 'generated' ? ['tensor', 'generated'] : [])]),
      dependencyTypesNot: ['require', ...(name === 'arguments' ? ['type-only'] : [])],
    },
  })),
);

module.exports = {
  forbidden: [
    ...notAbove,
    {
      name: 'no circle when it runs',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'require'] } },
    },
    {
      name: 'types in a circle share a folder',
      severity: 'error',
      from: { path: '^lib/([^/]+)/' },
      to: {
        circular: true,
        via: { pathNot: '^lib/$1/' },
        viaOnly: { pathNot: collected, dependencyTypesNot: ['require'] },
      },
    },
    {
      name: 'every file lies in a folder of the list',
      severity: 'error',
      from: { path: '^lib/', pathNot: folders(layers.flat()) },
      to: {},
    },
    { name: 'what is imported is there', severity: 'error', from: {}, to: { couldNotResolve: true, path: '^\\.' } },
  ],
  options: {
    includeOnly: '^lib/',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.lib.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
