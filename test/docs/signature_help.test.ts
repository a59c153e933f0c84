import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LanguageService, type Shown } from './lsp';

const root = resolve(__dirname, '../../..');

/** Incomplete on purpose: an editor shows signature help while the arguments are typed. */
const callables = [
  ...['Linear', 'Conv2d', 'ConvTranspose1d', 'LSTM', 'Embedding', 'BatchNorm2d', 'LayerNorm', 'Dropout', 'MaxPool2d'],
  ...['CrossEntropyLoss', 'MultiheadAttention', 'TransformerEncoder', 'Transformer', 'Upsample', 'LazyConv2d', 'ReLU'],
].map((name) => `new nn.${name}();`);

const functions = [
  ...['cross_entropy', 'mse_loss', 'dropout', 'pad', 'interpolate', 'max_pool2d', 'embedding', 'layer_norm', 'relu'],
  ...['binary_cross_entropy', 'batch_norm', 'one_hot', 'gelu', 'triplet_margin_loss'],
].map((name) => `nn.functional.${name}();`);

const others = [
  ...['SGD', 'Adam', 'AdamW', 'LBFGS', 'lr_scheduler.StepLR', 'lr_scheduler.OneCycleLR'].map(
    (name) => `new optim.${name}();`,
  ),
  ...['Normal', 'Bernoulli', 'Categorical', 'MultivariateNormal'].map((name) => `new torch.distributions.${name}();`),
];

const utils = [
  ...['prune.l1_unstructured', 'prune.ln_structured', 'prune.L1Unstructured.apply', 'parametrizations.orthogonal'],
  ...['parametrize.register_parametrization', 'spectral_norm', 'weight_norm', 'fuse_conv_bn_eval', 'clip_grad_norm_'],
].map((name) => `nn.utils.${name}();`);

const derivatives = [
  ...[
    'func.grad',
    'func.vmap',
    'func.jacrev',
    'func.hessian',
    'func.jvp',
    'autograd.grad',
    'autograd.backward',
    'autocast',
  ],
  ...['autograd.gradcheck', 'autograd.functional.jacobian', 'utils.checkpoint.checkpoint_sequential'],
].map((name) => `torch.${name}();`);

const data = [
  ...['new torch.utils.data.DataLoader', 'new torch.utils.data.WeightedRandomSampler', 'torch.utils.data.random_split'],
  ...['new torch.amp.GradScaler', 'new torch.utils.benchmark.Timer', 'new SummaryWriter', 'writer.add_scalar'],
  ...['writer.add_histogram', 'x.backward', 'x.register_hook', 'module.register_buffer', 'module.load_state_dict'],
  ...['module.apply', 'module.register_forward_hook', 'optimizer.add_param_group', 'module.named_parameters'],
].map((name) => `${name}();`);

const all = [...callables, ...functions, ...others, ...utils, ...derivatives, ...data];

const preamble = [
  "import torch, { nn, optim } from 'tsorch';",
  "import { SummaryWriter } from 'tsorch/utils/tensorboard';",
  'declare const writer: SummaryWriter;',
  'declare const x: torch.Tensor;',
  'declare const module: nn.Module;',
  'declare const optimizer: optim.SGD;',
];

describe('signature help', () => {
  const folder = mkdtempSync(join(root, 'out', 'signature-help-'));
  const service = new LanguageService(root);
  let shown = new Map<string, Shown[]>();

  beforeAll(async () => {
    const path = join(folder, 'calls.ts');
    writeFileSync(path, [...preamble, ...all, ''].join('\n'));
    await service.start();
    shown = await service.signatureHelp(path);
  }, 120_000);

  afterAll(() => {
    service.stop();
    rmSync(folder, { recursive: true });
  });

  test.each(all)('%s has one to three signatures, with the names of the parameters', (call) => {
    const labels = shown.get(call)!.map(({ label }) => label);
    expect(labels.length).toBeGreaterThan(0);
    expect(labels.length).toBeLessThanOrEqual(3);
    expect(labels.filter((label) => /args_\d|Omit<|Pick<|^\w+(?:<[^(]*>)?\(\.\.\.|, \.\.\./.test(label))).toEqual([]);
  });

  test.each([
    ...callables,
    ...functions.filter((call) => !call.includes('one_hot')),
    ...others,
    ...utils,
    ...derivatives,
    ...data,
  ])('%s says what it does', (call) =>
    expect(shown.get(call)!.filter(({ documentation }) => documentation === '')).toEqual([]),
  );
});
