/** Transforms against torchvision's: results, texts, and where the random stream stands afterwards. */
import torch, { type Tensor } from 'tsorch';
import type { transforms } from 'tsorch/vision';
import { v2 } from 'tsorch/vision/transforms';
import golden from './golden/transforms.json';
import { type Packed, unpacked } from './packed';

type Result = (Packed & { next: number }) | 'error';

interface Case {
  kind: string;
  name: string;
  args: unknown[];
  options: Record<string, unknown>;
  text?: string;
  results: Record<string, Result>;
}

const images = Object.fromEntries(Object.entries(golden.images).map(([name, image]) => [name, unpacked(image)]));

type Made = new (...args: unknown[]) => transforms.Transform;
type Call = (image: Tensor, ...args: unknown[]) => Tensor;

function transformOf({ kind, name, args, options }: Case): (image: Tensor) => Tensor {
  const given = Object.keys(options).length > 0 ? [...args, options] : args;
  if (kind === 'function') return (image) => (v2.functional as unknown as Record<string, Call>)[name]!(image, ...given);
  return new (v2 as unknown as Record<string, Made>)[name]!(...given);
}

/** How far two results are apart; one step of a byte for where float arithmetic differs in its last bit. */
function distance(a: Tensor, b: Tensor): number {
  return a.to(torch.float64).sub(b.to(torch.float64)).abs().max().item();
}

const cases = (golden.cases as unknown as Case[]).map((each) => {
  return [`${each.name}(${JSON.stringify(each.args)}, ${JSON.stringify(each.options)})`, each] as const;
});

test.each(cases)('%s', (_, each) => {
  if (each.text !== undefined) expect(String(transformOf(each))).toBe(each.text);
  for (const [name, expected] of Object.entries(each.results)) {
    const run = () => transformOf(each)(images[name]!.clone());
    torch.manual_seed(7);
    if (expected === 'error') {
      expect(run).toThrow();
      continue;
    }
    const result = run();
    expect([name, result.dtype, result.shape]).toEqual([name, torch[expected.dtype as 'uint8'], expected.shape]);
    const bound = result.dtype === torch.uint8 ? 0 : 1e-5;
    expect([name, distance(result, unpacked(expected)) <= bound]).toEqual([name, true]);
    expect(torch.rand(1).item()).toBe(expected.next);
  }
});
