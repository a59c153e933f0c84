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
  ['backends'],
  ['distributed'], // groups of processes, below the modules that use them
  ['nn'],
  ['face'], // what the parts beside PyTorch see of the inside
  ['pyplot'], // one of them, which torch.utils.tensorboard draws with
  ['func'],
  ['cpu', 'masked', 'nested', 'signal', 'testing'],
  ['optim'],
  ['amp'],
  ['cuda'],
  ['accelerator'],
  ['profiler'],
  ['distributions'],
  ['serialization'],
  ['async'], // work on native threads
  ['jit'],
  ['export', 'hub', 'onnx'],
  ['inductor'],
  ['multiprocessing'],
  ['utils'],
  ['torch'], // the namespace, and the whole Tensor
  ['board', 'numpy', 'safetensors', 'serve', 'torchviz', 'tqdm', 'vision'], // beside PyTorch
  ['huggingface_hub', 'notebook'], // likewise; they use safetensors and vision
  ['entries'], // a file for each sub-path of the package
];

// The programs of worker threads, which load the package as any program does.
const program = '^lib/(utils/data/_utils|serve)/worker_main\\.ts$';

const folders = (names) => `^lib/(${names.join('|')})/`;
const notAbove = layers.flatMap((names, i) =>
  names.map((name) => ({
    name: `${name} imports only what is below it`,
    severity: 'error',
    from: { path: folders([name]), pathNot: program },
    to: {
      path: folders(layers.slice(i).flat()),
      pathNot: folders([name, ...(name === 'tensor' || name === 'generated' ? ['tensor', 'generated'] : [])]),
    },
  })),
);

// Parts beside PyTorch see what its users do, and face.
const beside = [
  'board',
  'huggingface_hub',
  'notebook',
  'numpy',
  'pyplot',
  'safetensors',
  'serve',
  'torchviz',
  'tqdm',
  'utils/tensorboard',
  'vision',
];
const open =
  '^lib/((face|pyplot)/|utils/generated/utils_tensorboard\\.ts|base/(errors|types)\\.ts|tensor/tensor\\.ts|nn/init\\.ts|.*/index\\.ts)';

module.exports = {
  forbidden: [
    ...notAbove,
    {
      name: 'parts beside PyTorch see the public API and face',
      severity: 'error',
      from: { path: `^lib/(${beside.join('|')})/`, pathNot: [program, '/generated/'] },
      to: { path: '^lib/', pathNot: ['^lib/$1/', open] },
    },
    {
      name: 'no circle when it runs',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'types in a circle share a folder',
      severity: 'error',
      from: { path: '^lib/([^/]+)/' },
      to: {
        circular: true,
        via: { pathNot: '^lib/$1/' },
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
