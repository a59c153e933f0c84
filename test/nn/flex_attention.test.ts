import torch, { nn, type Tensor } from 'tsorch';
import golden from './golden/flex_attention.json';

const { and_masks, create_block_mask, create_mask, flex_attention, or_masks } = nn.attention.flex_attention;
type ScoreMod = nn.attention.flex_attention.ScoreMod;
type MaskMod = nn.attention.flex_attention.MaskMod;

function fractions(shape: number[], factor: number): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return torch.arange(count, { dtype: torch.float32 }).mul(factor).remainder(17).sub(8).div(8).reshape(shape);
}

const [q, k, v] = [fractions([2, 2, 5, 4], 3), fractions([2, 2, 6, 4], 5), fractions([2, 2, 6, 4], 7)];
const slopes = torch.tensor([0.5, 0.25]);
const documents = torch.tensor([0, 0, 1, 1, 2, 2]);

const causal: MaskMod = (_b, _h, i, j) => i.ge(j);
const window: MaskMod = (_b, _h, i, j) => i.sub(j).abs().le(2);
const relative: ScoreMod = (score, _b, _h, i, j) => score.add(i.sub(j));

const scores: Record<keyof typeof golden.scores, ScoreMod | null> = {
  none: null,
  relative,
  alibi: (score, _b, h, i, j) => score.add(slopes.index(h).mul(j.sub(i))),
  causal: (score, _b, _h, i, j) => torch.where(i.ge(j), score, Number.NEGATIVE_INFINITY),
  softcap: (score, _b, _h, _i, _j) => score.div(2).tanh().mul(2),
};
const masks: Record<keyof typeof golden.masks, MaskMod> = {
  causal,
  window,
  both: and_masks(causal, window),
  either: or_masks(causal, (_b, _h, _i, j) => j.eq(5)),
  documents: (_b, _h, i, j) => documents.index(i).eq(documents.index(j)),
  nothing_first: (_b, _h, i, j) => i.gt(0).logical_and(j.ge(0)),
};

function expectClose(got: Tensor, want: unknown): void {
  const expected = torch.tensor(want as number[]);
  expect(got.shape).toEqual(expected.shape);
  if (!got.allclose(expected, { rtol: 1e-5, atol: 1e-6 })) throw new Error(`${got}, not ${expected}`);
}

describe('flex_attention', () => {
  test.each(Object.keys(scores) as (keyof typeof scores)[])('changes scores: %s', (name) => {
    const { output, lse } = golden.scores[name];
    const [got, aux] = flex_attention(q, k, v, scores[name], { return_aux: { lse: true } });
    expectClose(got, output);
    expectClose(aux.lse!, lse);
    expect(aux.max_scores).toBeNull();
  });

  test.each(Object.keys(masks) as (keyof typeof masks)[])('sees through a mask: %s', (name) => {
    const expected = golden.masks[name];
    const blocks = create_block_mask(masks[name], 2, 2, 5, 6, { device: 'cpu', BLOCK_SIZE: [2, 3] });
    expect(create_mask(masks[name], 2, 2, 5, 6).int().tolist()).toEqual(expected.mask);
    expect(String(blocks)).toBe(expected.text);
    expect(blocks.sparsity()).toBeCloseTo(expected.sparsity, 10);
    expect(blocks.to_dense().tolist()).toEqual(expected.dense);
    for (const part of ['kv_num_blocks', 'kv_indices', 'full_kv_num_blocks', 'full_kv_indices'] as const) {
      expect({ [part]: blocks[part]!.tolist() }).toEqual({ [part]: expected[part] });
    }
    expectClose(flex_attention(q, k, v, relative, blocks, { scale: 0.3 }), expected.output);
  });

  it('shares keys among heads when asked', () => {
    const inputs = [fractions([1, 4, 3, 4], 3), fractions([1, 2, 3, 4], 5), fractions([1, 2, 3, 4], 7)] as const;
    expectClose(flex_attention(...inputs, { enable_gqa: true }), golden.grouped);
    expect(() => flex_attention(...inputs)).toThrow('Try setting enable_gqa=True for GQA.');
  });

  it('has gradients, as attention with a mask has', () => {
    const inputs = [q, k, v].map((x) => x.clone().requires_grad_()) as [Tensor, Tensor, Tensor];
    flex_attention(...inputs, { block_mask: create_block_mask(causal, null, null, 5, 6) })
      .pow(2)
      .sum()
      .backward();
    const others = [q, k, v].map((x) => x.clone().requires_grad_()) as [Tensor, Tensor, Tensor];
    nn.functional
      .scaled_dot_product_attention(...others, { attn_mask: torch.ones(5, 6, { dtype: torch.bool }).tril() })
      .pow(2)
      .sum()
      .backward();
    inputs.forEach((x, i) => {
      expect(x.grad!.allclose(others[i]!.grad!, { rtol: 1e-4, atol: 1e-5 })).toBe(true);
    });
  });
});

describe('BlockMask', () => {
  const large = create_block_mask(causal, 1, 6, 1000, 900, { BLOCK_SIZE: 16 });

  it('draws its blocks, of some heads', () => {
    expect(String(large)).toBe(golden.large);
    expect(String(large.index(0, '2:4'))).toBe(golden.sliced);
    expect(large.shape).toEqual([1, 6, 1000, 900]);
  });

  it('refuses sizes that it was not made for, and slices in attention', () => {
    expect(() => flex_attention(q, k, v, { block_mask: large })).toThrow(
      'block_mask was created for block_mask.shape=(1, 6, 1000, 900) but got q_len=5 and kv_len=6. As the block mask was created for a larger length',
    );
    const sliced = create_block_mask(causal, 2, 2, 5, 6).index(0);
    expect(() => flex_attention(q, k, v, { block_mask: sliced })).toThrow(
      'Cannot use mask_mod from a sliced BlockMask',
    );
  });
});
