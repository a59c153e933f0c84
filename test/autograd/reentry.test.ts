/** Callbacks that throw, that start another pass, that free their tensors; on JavaScript's thread and off it. */
import torch, { type Tensor } from 'tsorch';
import { _lend_passes, Function, type FunctionCtx, graph } from 'tsorch/autograd';
import { leaf } from './scenarios';

afterEach(() => _lend_passes(false));

/** A gradient computed inside a callback, where recording is off. */
function inner(x: Tensor): Tensor {
  return torch.enable_grad(() => {
    const y = x.detach().requires_grad_();
    return torch.autograd.grad(y.pow(2).sum(), y)[0]!;
  });
}

class Throws extends Function {
  static override forward(_ctx: FunctionCtx, x: Tensor): Tensor {
    return x.clone();
  }

  static override backward(): never {
    throw new SyntaxError('from backward');
  }
}

describe.each([
  ['on its own thread', false],
  ['on another thread', true],
])('with the pass %s', (_, lent) => {
  beforeEach(() => _lend_passes(lent));

  it.each([new RangeError('boom'), 'a string', 0, null, undefined, Symbol('s')])('passes %p on as it is', (thrown) => {
    const y = leaf().mul(2);
    y.register_hook(() => {
      throw thrown;
    });
    let caught: unknown = 'nothing';
    try {
      y.sum().backward();
    } catch (error) {
      caught = error;
    }
    expect(caught).toBe(thrown);
  });

  it('goes on after a throw', () => {
    const x = leaf();
    expect(() => Throws.apply(x).sum().backward()).toThrow(new SyntaxError('from backward'));
    expect(x.grad).toBeNull();
    x.mul(3).sum().backward();
    expect(x.grad!.tolist()).toEqual([3, 3, 3]);
  });

  it('throws from pack and unpack hooks', () => {
    const boom = () => {
      throw new EvalError('hook');
    };
    const x = leaf();
    expect(() =>
      graph.saved_tensors_hooks(
        boom,
        (y: Tensor) => y,
        () => x.mul(x),
      ),
    ).toThrow(EvalError);
    const y = graph.saved_tensors_hooks(
      (z) => z.detach(),
      boom,
      () => x.mul(x),
    );
    expect(() => y.sum().backward()).toThrow(EvalError);
  });

  it('runs a pass inside a hook', () => {
    const x = leaf();
    const y = x.mul(2);
    y.register_hook((g) => g.mul(inner(x)));
    y.sum().backward();
    expect(x.grad!.tolist()).toEqual([4, 8, 12]);
  });

  it('nests passes deeper than libtorch does on one thread', () => {
    let deepest = 0;
    const nest = (depth: number): void => {
      deepest = Math.max(deepest, depth);
      const y = torch.enable_grad(() => leaf().mul(2));
      if (depth < 150) {
        y.register_hook(() => {
          nest(depth + 1);
        });
      }
      torch.enable_grad(() => y.sum()).backward();
    };
    nest(0);
    expect(deepest).toBe(150);
  });

  it('carries an error out of nested passes', () => {
    const nest = (depth: number): void => {
      const y = torch.enable_grad(() => leaf().mul(2));
      y.register_hook(() => {
        if (depth === 70) throw new URIError('deep');
        nest(depth + 1);
      });
      torch.enable_grad(() => y.sum()).backward();
    };
    expect(() => nest(0)).toThrow(new URIError('deep'));
  });

  it('survives hooks that free their tensors', () => {
    const x = leaf();
    const y = x.mul(2);
    y.register_hook((g) => {
      y.dispose();
      g.dispose();
    });
    const z = y.sum();
    z.register_hook((g) => {
      z.dispose();
      const h = g.mul(2);
      torch.gc();
      return h;
    });
    z.backward();
    expect(x.grad!.tolist()).toEqual([4, 4, 4]);
    expect(() => y.shape).toThrow('disposed');
  });

  it('refuses a disposed gradient', () => {
    const y = leaf().mul(2);
    y.register_hook((g) => {
      const h = g.mul(2);
      h.dispose();
      return h;
    });
    expect(() => y.sum().backward()).toThrow('disposed');
  });

  it('frees a tensor that an operation is saving', () => {
    const x = leaf();
    const y = x.mul(1);
    const pack = (z: Tensor) => {
      const copy = z.detach().clone();
      if (!y.requires_grad) return copy;
      y.dispose();
      return copy;
    };
    const z = graph.saved_tensors_hooks(
      (t) => (t.is_leaf ? t.detach().clone() : pack(t)),
      (t) => t,
      () => y.exp(),
    );
    z.sum().backward();
    expect(x.grad!.allclose(x.exp())).toBe(true);
  });

  it('calls hooks under the mode of the pass', () => {
    const modes: boolean[] = [];
    for (const create_graph of [false, true]) {
      const x = leaf();
      const y = x.pow(2);
      y.register_hook(() => {
        modes.push(torch.is_grad_enabled());
      });
      torch.autograd.grad(y.sum(), x, { create_graph });
    }
    expect(modes).toEqual([false, true]);
    expect(torch.is_grad_enabled()).toBe(true);
  });

  it('shows where the failing operation was called', () => {
    const emit = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    torch.autograd.set_detect_anomaly(true, () => {
      const x = torch.tensor([-1], { requires_grad: true });
      expect(() => x.sqrt().sum().backward()).toThrow(
        "Function 'SqrtBackward0' returned nan values in its 0th output.",
      );
    });
    const text = emit.mock.calls.map(([warning]) => warning).join();
    emit.mockRestore();
    expect(text).toMatch(
      /Error detected in SqrtBackward0\. Traceback of forward call that caused the error:\n.*reentry\.test/s,
    );
  });
});
