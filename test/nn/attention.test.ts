import torch, { nn, type Tensor } from 'tsorch';

const { SDPBackend, bias, sdpa_kernel } = nn.attention;
const { scaled_dot_product_attention } = nn.functional;

describe('sdpa_kernel', () => {
  const enabled = () => [
    torch.backends.cuda.math_sdp_enabled(),
    torch.backends.cuda.flash_sdp_enabled(),
    torch.backends.cuda.mem_efficient_sdp_enabled(),
    torch.backends.cuda.cudnn_sdp_enabled(),
  ];

  it('allows the named kernels only, and brings back what was', () => {
    const before = enabled();
    expect(sdpa_kernel(SDPBackend.MATH, enabled)).toEqual([true, false, false, false]);
    expect(sdpa_kernel([SDPBackend.FLASH_ATTENTION, SDPBackend.CUDNN_ATTENTION], enabled)).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect(sdpa_kernel({ backends: SDPBackend.MATH }, enabled)).toEqual([true, false, false, false]);
    expect(sdpa_kernel([SDPBackend.MATH], { set_priority: true }, enabled)).toEqual([true, false, false, false]);
    const mode = sdpa_kernel([SDPBackend.EFFICIENT_ATTENTION]);
    expect(enabled()).toEqual([false, false, true, false]);
    mode.exit();
    expect(enabled()).toEqual(before);
    expect(() => sdpa_kernel('math' as never)).toThrow('Backend must be an instance of SDPBackend');
  });

  it('gives the same results by either kernel', () => {
    const [q, k, v] = [torch.randn(1, 2, 4, 8), torch.randn(1, 2, 4, 8), torch.randn(1, 2, 4, 8)];
    const attend = () => scaled_dot_product_attention(q, k, v, { is_causal: true });
    const [math, flash] = [SDPBackend.MATH, SDPBackend.FLASH_ATTENTION].map((backend) => sdpa_kernel(backend, attend));
    expect(math!.allclose(flash!, { atol: 1e-6 })).toBe(true);
  });
});

describe('causal biases', () => {
  const attend = (queries: number, keys: number, mask: Tensor | nn.attention.bias.CausalBias) => {
    torch.manual_seed(0);
    const [q, k, v] = [torch.randn(1, 1, queries, 4), torch.randn(1, 1, keys, 4), torch.randn(1, 1, keys, 4)];
    return scaled_dot_product_attention(q, k, v, { attn_mask: mask });
  };

  it('print as their masks', () => {
    expect(String(bias.causal_lower_right(2, 3))).toBe(
      'tensor([[ True,  True, False],\n        [ True,  True,  True]])',
    );
    expect(String(bias.causal_upper_left(2, 3))).toBe(
      'tensor([[ True, False, False],\n        [ True,  True, False]])',
    );
  });

  it('attend as their masks do', () => {
    for (const make of [bias.causal_upper_left, bias.causal_lower_right]) {
      const mask = make(3, 5);
      expect(attend(3, 5, mask).allclose(attend(3, 5, mask._materialize()), { atol: 1e-6 })).toBe(true);
    }
  });

  it('refuse a second mask', () => {
    const x = torch.ones(1, 1, 2, 2);
    expect(() => scaled_dot_product_attention(x, x, x, bias.causal_upper_left(2, 2), 0, true)).toThrow(
      'CausalBias should not be used with causal=True',
    );
  });
});
