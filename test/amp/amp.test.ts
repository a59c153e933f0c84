import torch, { amp, nn, optim, type Tensor } from 'tsorch';
import golden from './golden.json';

function fractions(shape: number[], step: number): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return torch.tensor(Array.from({ length: count }, (_, i) => (((i * 7 + step * 3) % 11) - 5) / 5)).reshape(shape);
}

describe('autocast', () => {
  const x = torch.randn(4, 3);
  const w = torch.randn(3, 2);

  it('runs products in the lower precision and what needs it in float32', () => {
    const [product, total] = torch.autocast('cpu', { dtype: torch.bfloat16 }, () => {
      const inside = x.matmul(w);
      return [inside, nn.functional.mse_loss(inside, torch.ones(4, 2))];
    });
    expect([product!.dtype, total!.dtype]).toEqual([torch.bfloat16, torch.float32]);
    expect(x.matmul(w).dtype).toBe(torch.float32);
    expect(torch.autocast('cpu', torch.float16, () => x.matmul(w)).dtype).toBe(torch.float16);
  });

  it('nests, and comes back after an error', () => {
    torch.autocast('cpu', () => {
      expect(torch.is_autocast_enabled('cpu')).toBe(true);
      torch.autocast('cpu', { enabled: false }, () => {
        expect(torch.is_autocast_enabled('cpu')).toBe(false);
        expect(x.matmul(w).dtype).toBe(torch.float32);
      });
      expect(x.matmul(w).dtype).toBe(torch.bfloat16);
    });
    expect(() =>
      torch.autocast('cpu', { dtype: torch.float16, cache_enabled: false }, () => {
        expect([torch.get_autocast_dtype('cpu'), torch.is_autocast_cache_enabled()]).toEqual([torch.float16, false]);
        throw new Error('inside');
      }),
    ).toThrow('inside');
    expect(torch.is_autocast_enabled('cpu')).toBe(false);
    expect([torch.get_autocast_dtype('cpu'), torch.is_autocast_cache_enabled()]).toEqual([torch.bfloat16, true]);
  });

  it('lasts until it is disposed', () => {
    const mode = torch.autocast('cpu');
    expect(x.matmul(w).dtype).toBe(torch.bfloat16);
    mode.exit();
    expect(x.matmul(w).dtype).toBe(torch.float32);
  });

  it('refuses promises and devices without it', () => {
    expect(() => torch.autocast('cpu', async () => 1)).toThrow('returned a promise');
    expect(() => torch.autocast('meta')).toThrow("User specified an unsupported autocast device_type 'meta'");
    expect(() => torch.autocast(1 as never)).toThrow('Expected `device_type` of type `str`, got: `number`');
    expect([amp.is_autocast_available('cpu'), amp.is_autocast_available('meta')]).toEqual([true, false]);
  });

  it('stays off for a dtype that it does not have', () => {
    const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    expect(torch.autocast('cpu', { dtype: torch.float64 }, () => torch.is_autocast_enabled('cpu'))).toBe(false);
    expect(String(warnings.mock.calls[0]?.[0])).toContain('In CPU autocast, but the target dtype is not supported.');
    warnings.mockRestore();
  });

  it('casts for functions of yours', () => {
    const seen: string[] = [];
    class Square extends torch.autograd.Function {
      static override forward = amp.custom_fwd(
        (ctx: { save_for_backward(...tensors: Tensor[]): void }, input: Tensor) => {
          seen.push(`${input.dtype} ${torch.is_autocast_enabled('cpu')}`);
          ctx.save_for_backward(input);
          return input.mul(input);
        },
        { device_type: 'cpu', cast_inputs: torch.float32 },
      ) as never;
      static override backward = amp.custom_bwd(
        (ctx: { saved_tensors: Tensor[] }, grad: Tensor) => {
          seen.push(`${torch.is_autocast_enabled('cpu')}`);
          return ctx.saved_tensors[0]!.mul(2).mul(grad);
        },
        { device_type: 'cpu' },
      ) as never;
    }
    const input = torch.tensor([3], { dtype: torch.bfloat16, requires_grad: true });
    torch.autocast('cpu', () => (Square.apply(input) as Tensor).sum().backward());
    expect(seen).toEqual(['torch.float32 false', 'false']);
    expect(input.grad!.item()).toBe(6);
  });
});

describe('GradScaler', () => {
  it.each(Object.entries(golden))('trains as in PyTorch: %s', (name, expected) => {
    const dtype = torch[name.split(' ')[0] as 'float16'];
    const w1 = fractions([3, 4], 1).requires_grad_();
    const w2 = fractions([4, 1], 2).requires_grad_();
    const optimizer = new optim.SGD([w1, w2], { lr: 0.1, momentum: 0.9, fused: name.endsWith('fused') });
    const scaler = new amp.GradScaler('cpu', { init_scale: 1024, growth_interval: 2 });
    expected.log.forEach(([yType, lossType, lossValue, scale, first, second], step) => {
      optimizer.zero_grad();
      const [y, loss] = torch.autocast('cpu', { dtype }, () => {
        const output = fractions([2, 3], step).matmul(w1).relu().matmul(w2);
        return [output, nn.functional.mse_loss(output, torch.ones(2, 1))] as const;
      });
      scaler.scale(loss).backward();
      if (step === 2) w1.grad!.index_put_([0, 0], Number.POSITIVE_INFINITY);
      scaler.step(optimizer);
      scaler.update();
      expect([String(y.dtype), String(loss.dtype), scaler.get_scale()]).toEqual([yType, lossType, scale]);
      expect(loss.item()).toBeCloseTo(lossValue as number, 5);
      for (const [weight, want] of [
        [w1, first],
        [w2, second],
      ] as const) {
        expect(torch.allclose(weight.detach(), torch.tensor(want as number[][]), { rtol: 1e-4, atol: 1e-5 })).toBe(
          true,
        );
      } // prettier-ignore
    });
    expect(scaler.state_dict()).toEqual(expected.state);
  });

  it('unscales once, before clipping', () => {
    const p = torch.tensor([1], { requires_grad: true });
    const optimizer = new optim.SGD([p], { lr: 1 });
    const scaler = new amp.GradScaler('cpu', 256);
    expect(() => scaler.unscale_(optimizer)).toThrow('Attempted unscale_ but _scale is None.');
    scaler.scale(p.mul(0.5)).backward();
    expect(p.grad!.item()).toBe(128);
    scaler.unscale_(optimizer);
    expect(p.grad!.item()).toBe(0.5);
    expect(() => scaler.unscale_(optimizer)).toThrow('unscale_() has already been called');
    scaler.step(optimizer);
    expect(p.item()).toBe(0.5);
    expect(() => scaler.step(optimizer)).toThrow('step() has already been called since the last update().');
    scaler.update(64);
    expect(scaler.get_scale()).toBe(64);
    expect(() => scaler.step(optimizer, () => 1)).toThrow('Closure use is not currently supported');
  });

  it('passes everything through when disabled', () => {
    const p = torch.tensor([1], { requires_grad: true });
    const scaler = new amp.GradScaler({ device: 'cpu', enabled: false });
    const loss = p.mul(2);
    expect(scaler.scale(loss)).toBe(loss);
    loss.backward();
    const optimizer = new optim.SGD([p], { lr: 0.25 });
    scaler.step(optimizer);
    scaler.update();
    expect([p.item(), scaler.get_scale(), scaler.is_enabled()]).toEqual([0.5, 1, false]);
    expect(scaler.state_dict()).toEqual({});
  });

  it('keeps its state and refuses float16 gradients', () => {
    const scaler = new amp.GradScaler('cpu', { init_scale: 8 });
    const other = new amp.GradScaler('cpu');
    other.load_state_dict(scaler.state_dict());
    expect(other.state_dict()).toEqual(scaler.state_dict());
    const p = torch.tensor([1], { dtype: torch.float16, requires_grad: true });
    scaler.scale(p.mul(1)).backward();
    expect(() => scaler.unscale_(new optim.SGD([p]))).toThrow('Attempting to unscale FP16 gradients.');
    expect(() => new amp.GradScaler('cpu', { growth_factor: 1 })).toThrow('The growth factor must be > 1.0.');
  });
});

it('GradScaler takes its arguments by name, and names wrong ones', () => {
  const scaler = new amp.GradScaler('cpu');
  const parameters = [torch.ones(2, { requires_grad: true })];
  scaler.scale(parameters[0]!.sum()).backward();
  scaler.step(new optim.SGD(parameters, { lr: 0.1 }));
  scaler.update({ new_scale: 8 });
  expect(scaler.get_scale()).toBe(8);
  expect(() => scaler.unscale_(3 as never)).toThrow(
    "GradScaler.unscale_(): argument 'optimizer' must be an Optimizer, not number",
  );
});
