/** Models: torchvision's names and shapes, and its numbers from a seed. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch, { nn, type Tensor } from 'tsorch';
import { models } from 'tsorch/vision';
import golden from './golden/models.json';

type Factory = (options?: Record<string, unknown>) => nn.Module;
const factories = models as unknown as Record<string, Factory>;
function onMeta(name: string): nn.Module {
  using _scope = torch.device_scope('meta');
  return factories[name]!();
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test.each(Object.entries(golden.states))('%s has the state of torchvision', (name, expected) => {
  const model = onMeta(name);
  const lines = Object.entries(model.state_dict()).map(
    ([key, value]) => `${key} [${(value as Tensor).shape.join(', ')}]`,
  );
  expect(lines).toHaveLength(expected.keys);
  expect(sha256(lines.join('\n'))).toBe(expected.sha256);
  expect(model.parameters().reduce((total, p) => total + p.numel(), 0)).toBe(expected.parameters);
  expect(sha256(String(model))).toBe(expected.text);
});

test.each(Object.entries(golden.runs))(
  '%s computes what it does in Python',
  (name, expected) => {
    torch.manual_seed(1);
    const model = factories[name]!(expected.options);
    const x = torch.randn(2, 3, 64, 64);
    const loss = (model(x) as Tensor).square().mean();
    loss.backward();
    expect(loss.item()).toBeCloseTo(expected.loss, 4);
    expect(model.parameters()[0]!.grad!.norm().item() / expected.gradient).toBeCloseTo(1, 3);
    model.eval();
    const scores = torch.no_grad(() => model(x) as Tensor).index(0, ':5');
    expect(torch.allclose(scores, torch.tensor(expected.scores), { rtol: 1e-3, atol: 1e-4 })).toBe(true);
  },
  60000,
);

test('weights come from a file or a state_dict', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsorch-models-'));
  try {
    const first = models.resnet18({ num_classes: 3 });
    const path = join(folder, 'weights.pth');
    torch.save(first.state_dict(), path);
    const second = models.resnet18({ num_classes: 3, weights: path });
    expect(second.fc.weight.equal(first.fc.weight)).toBe(true);
    const third = models.resnet18({ num_classes: 3, weights: first.state_dict() });
    expect(third.conv1.weight.equal(first.conv1.weight)).toBe(true);
    expect(() => models.resnet18({ weights: path })).toThrow(/size mismatch for fc.weight/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('other normalizations, and errors', () => {
  const model = models.resnet18({ num_classes: 2, norm_layer: (channels) => new nn.GroupNorm(4, channels) });
  expect(model(torch.randn(1, 3, 32, 32)).shape).toEqual([1, 2]);
  expect(model.layer2).toBeInstanceOf(nn.Sequential);
  expect(() => new models.BasicBlock(8, 8, { groups: 2 })).toThrow('BasicBlock only supports groups=1');
  // @ts-expect-error there is no such option
  models.alexnet({ num_classes: 2, width: 3 });
});
