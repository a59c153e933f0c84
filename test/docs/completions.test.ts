import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nn, type Tensor } from 'tsorch';
import { LanguageService } from './lsp';

const root = resolve(__dirname, '../../..');

const preamble = [
  "import torch, { nn, optim } from 'tsorch';",
  'declare const x: torch.Tensor;',
  'declare const module: nn.Linear;',
  'declare const optimizer: optim.SGD;',
  'declare const scheduler: optim.lr_scheduler.StepLR;',
];

/** What programs in Python reach for although it begins with an underscore, and what must be there beside it. */
const offered = {
  'x.': {
    underscored: ['_base', '_indices', '_is_view', '_nnz', '_values', '_version'],
    others: ['add', 'backward', 'shape', 'index', 'tolist'],
  },
  'module.': {
    underscored: [
      ...['_backward_hooks', '_backward_pre_hooks', '_buffers', '_forward_hooks', '_forward_pre_hooks', '_get_name'],
      ...['_load_state_dict_post_hooks', '_load_state_dict_pre_hooks', '_modules', '_non_persistent_buffers_set'],
      ...['_parameters', '_state_dict_hooks', '_state_dict_pre_hooks', '_version'],
    ],
    others: ['weight', 'forward', 'parameters', 'register_forward_hook', 'state_dict', 'to'],
  },
  'optimizer.': { underscored: [], others: ['step', 'zero_grad', 'param_groups', 'state_dict'] },
  'scheduler.': { underscored: ['_last_lr', '_step_count'], others: ['step', 'get_last_lr'] },
  'torch.': {
    underscored: ['__future__', '__version__', '_inductor', '_mkldnn', '_segment_reduce'],
    others: ['zeros', 'nn', 'no_grad'],
  },
  'nn.': { underscored: [], others: ['Linear', 'functional'] },
};

describe('completion', () => {
  const folder = mkdtempSync(join(root, 'out', 'completion-'));
  const service = new LanguageService(root);
  let names = new Map<string, string[]>();

  beforeAll(async () => {
    const path = join(folder, 'members.ts');
    writeFileSync(path, [...preamble, ...Object.keys(offered).map((value) => `${value};`), ''].join('\n'));
    await service.start();
    names = await service.completions(path);
  }, 120_000);

  afterAll(() => {
    service.stop();
    rmSync(folder, { recursive: true });
  });

  test.each(Object.entries(offered))('%s offers no more of the inside than Python programs use', (value, expected) => {
    const all = names.get(`${value};`)!;
    expect(all.filter((name) => name.startsWith('_')).toSorted()).toEqual(expected.underscored);
    expect(all).toEqual(expect.arrayContaining(expected.others));
  });
});

class Counting extends nn.Module {
  applied = 0;

  override _apply(fn: (tensor: Tensor) => Tensor, recurse?: boolean): this {
    this.applied++;
    return super._apply(fn, recurse);
  }
}

test('a subclass may write anew what completion leaves out', () => {
  expect(new Counting().double().applied).toBe(1);
});
