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

describe('arguments', () => {
  const F = v2.functional;
  const image = torch.full([3, 4, 4], 51, { dtype: torch.uint8 });

  it('come by name', () => {
    const shares = F.to_dtype(image, { dtype: torch.float32, scale: true });
    expect(shares.allclose(torch.full([3, 4, 4], 0.2))).toBe(true);
    expect(F.to_dtype(image, torch.float32, { scale: false }).index(0, 0, 0).item()).toBe(51);
    expect(F.rgb_to_grayscale(image, { num_output_channels: 3 }).shape).toEqual([3, 4, 4]);
    expect(F.gaussian_blur(image, 3, { sigma: 1 }).equal(F.gaussian_blur(image, 3, 1))).toBe(true);
    expect(F.ten_crop(image, 2, { vertical_flip: false })).toHaveLength(10);
    expect(F.resize({ image, size: [2, 2] }).equal(F.resize(image, [2, 2]))).toBe(true);
    expect(F.affine({ image, angle: 9, translate: [1, 0], scale: 1, shear: 0 }).shape).toEqual([3, 4, 4]);
  });

  it('come by position', () => {
    const random = torch.rand(3, 6, 8);
    const same = (x: Tensor, y: Tensor) => expect(x.equal(y)).toBe(true);
    same(F.resize(random, [3, 4], 'nearest'), F.resize(random, [3, 4], { interpolation: 'nearest' }));
    same(F.pad(random, 1, 0.5, 'constant'), F.pad(random, { padding: 1, fill: 0.5 }));
    same(F.rotate(random, 30, 'bilinear', true), F.rotate(random, 30, { interpolation: 'bilinear', expand: true }));
    same(
      F.affine(random, 9, [1, 0], 1, 0, 'bilinear'),
      F.affine(random, 9, [1, 0], 1, 0, { interpolation: 'bilinear' }),
    );
  });

  it.each<[() => unknown, string]>([
    [() => new v2.RandomHorizontalFlip('a' as never), "RandomHorizontalFlip(): argument 'p' must be a number"],
    [() => new v2.RandomInvert({ q: 1 } as never), "RandomInvert.__init__() got an unexpected keyword argument 'q'"],
    [() => new v2.RandomAffine(10, 0.5 as never), "RandomAffine(): argument 'translate' must be a list, not number"],
    [() => new v2.Pad('a' as never), 'Got inappropriate padding arg'],
    [() => new v2.Resize((() => 0) as never), "Resize(): argument 'size' must be a list, not function"],
    [() => new v2.RandomRotation(null as never), 'degrees should be a sequence of length 2'],
    [() => F.resize(image, undefined as never), "resize() missing 1 required positional argument: 'size'"],
    [() => F.pad(image, 1, { fil: 0 } as never), "pad() got an unexpected keyword argument 'fil'"],
    [
      () => F.adjust_brightness(image, [1] as never),
      "adjust_brightness(): argument 'brightness_factor' must be a number",
    ],
    [() => F.posterize(image, '2' as never), "posterize(): argument 'bits' must be a number, not string"],
    [
      () => F.crop(image, [0] as never, 0, 1, 1),
      "crop(): argument 'top, left, height, width' must be a list of numbers",
    ],
    [() => F.five_crop(image, [[1], 1] as never), 'Got inappropriate size arg: [[1], 1]'],
    [() => F.resize(image, [[2]] as never), "resize(): argument 'size' must be a list of numbers, not Array"],
    [() => F.rotate(image, [90] as never), "rotate(): argument 'angle' must be a number, not Array"],
    [() => new v2.RandomChoice([new v2.Pad(1)], [[1]] as never), "argument 'p' must be a list of numbers"],
    [() => F.permute_channels(image, null as never), "permute_channels(): argument 'permutation' must be a list"],
    [() => F.convert_image_dtype(image, null as never), "argument 'dtype' must be torch.dtype, not null"],
  ])('%s is refused', (call, message) => {
    expect(call).toThrow(message);
  });

  it('null stands for no options', () => {
    expect(new v2.RandomHorizontalFlip(null).p).toBe(0.5);
    expect(new v2.RandomGrayscale(null).p).toBe(0.1);
    expect(new v2.Grayscale(null).num_output_channels).toBe(1);
  });
});
