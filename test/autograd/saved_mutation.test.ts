/** Changing saved tensors, notes on nodes, and the list of operators of a checkpoint that debugs. */
import torch, { type Tensor } from 'tsorch';
import { _lend_passes, graph } from 'tsorch/autograd';
import { CheckpointError, checkpoint } from 'tsorch/utils/checkpoint';
import { leaf } from './scenarios';

const { allow_mutation_on_saved_tensors } = graph;

afterEach(() => _lend_passes(false));

describe('allow_mutation_on_saved_tensors', () => {
  const changes: Record<string, (b: Tensor) => unknown> = {
    'an operation in place': (b) => b.sin_(),
    'a view in place': (b) => b.view(-1).index(0).mul_(7),
    'an assignment': (b) => b.index_put_([0], 5),
    'an output': (b) => torch.add(torch.ones(3), 1, { out: b.detach() }),
    'a list of tensors': (b) => torch._foreach_mul_!([b], 3),
    'two changes': (b) => b.exp_().exp_(),
  };

  it.each(Object.entries(changes))('keeps what %s changes', (_, change) => {
    const a = leaf();
    allow_mutation_on_saved_tensors(() => {
      const b = a.clone();
      const y = b.pow(2).sum();
      torch.no_grad(() => change(b));
      y.backward();
    });
    expect(a.grad!.tolist()).toEqual([2, 4, 6]);
  });

  it('keeps parameters that an optimizer steps', () => {
    const w = leaf();
    const optimizer = new torch.optim.SGD([w], { lr: 0.5 });
    allow_mutation_on_saved_tensors(() => {
      const y = w.pow(2).sum();
      w.grad = torch.ones(3);
      optimizer.step();
      w.grad = null;
      y.backward();
    });
    expect(w.grad!.tolist()).toEqual([2, 4, 6]);
  });

  it('copies each saved tensor once', () => {
    const a = leaf();
    allow_mutation_on_saved_tensors(() => {
      const b = a.clone();
      const first = b.pow(2).sum();
      b.mul_(2);
      const second = b.pow(2).sum();
      b.mul_(2);
      first.add(second).backward();
    });
    expect(a.grad!.tolist()).toEqual([10, 20, 30]);
  });

  it('refuses a backward pass after its end, and nesting', () => {
    const mode = allow_mutation_on_saved_tensors();
    const y = leaf().pow(2).sum();
    expect(() => allow_mutation_on_saved_tensors(() => 1)).toThrow(
      'allow_mutation_on_saved_tensors contexts cannot be nested',
    );
    mode.exit();
    expect(() => y.backward()).toThrow("Trying to backward outside of the 'allow_mutation_on_saved_tensors' context");
    const x = leaf();
    const z = x.pow(2).sum();
    torch.no_grad(() => x.add_(1));
    expect(() => z.backward()).toThrow('modified by an inplace operation');
  });
});

describe.each([
  ['on its own thread', false],
  ['on another thread', true],
])('with the pass %s', (_, lent) => {
  beforeEach(() => _lend_passes(lent));

  it('saved-tensor hooks reach what the backward pass itself saves', () => {
    const x = leaf();
    let packed = 0;
    const y = x.pow(3).sum();
    graph.saved_tensors_hooks(
      (saved) => {
        packed++;
        return saved.detach();
      },
      (saved) => saved,
      () => y.backward({ create_graph: true }),
    );
    expect(packed).toBeGreaterThan(0);
    const before = packed;
    torch.autograd.grad(x.grad!.sum(), x);
    expect(packed).toBe(before);
  });
});

describe('Node.metadata', () => {
  it('stays with the node', () => {
    const y = leaf().mul(2);
    y.grad_fn!.metadata.name = 'twice';
    torch.gc();
    expect(y.grad_fn!.metadata).toEqual({ name: 'twice' });
    expect(y.sum().grad_fn!.metadata).toEqual({});
    y.sum().backward();
    expect(y.grad_fn!.metadata).toEqual({ name: 'twice' });
  });

  it('goes with the node, even when it mentions it', () => {
    torch.gc();
    const before = torch.memory_stats().tensors;
    for (let i = 0; i < 10; i++) {
      const y = leaf().mul(2);
      y.grad_fn!.metadata.itself = y;
    }
    torch.gc();
    torch.gc();
    expect(torch.memory_stats().tensors).toBeLessThanOrEqual(before + 3);
  });
});

it('checkpoint({ debug: true }) lists the operators of both runs', () => {
  let runs = 0;
  const block = (x: Tensor) => (runs++ === 0 ? x.sin().cos().exp() : x.sin().cos());
  const y = checkpoint(block, leaf(), { use_reentrant: false, debug: true });
  const failure = () => y.sum().backward();
  expect(failure).toThrow(CheckpointError);
  expect(failure).toThrow(/during the original forward:\nsin\(float\[3\]\)\ncos\(float\[3\]\)\nexp\(float\[3\]\)\n/);
  expect(failure).toThrow(/during recomputation:\nsin\(float\[3\]\)/);
  expect(failure).toThrow(/You are seeing this error because you passed `debug=True` to checkpoint/);
});

it('set_checkpoint_debug_enabled says for all checkpoints whether they list operators', () => {
  const { set_checkpoint_debug_enabled } = torch.utils.checkpoint;
  const told = (enabled: boolean | null, debug: boolean) =>
    set_checkpoint_debug_enabled(enabled, () => {
      let runs = 0;
      const block = (x: Tensor) => (runs++ === 0 ? x.sin().cos() : x.sin());
      const y = checkpoint(block, leaf(), { use_reentrant: false, debug });
      try {
        y.sum().backward();
      } catch (error) {
        return (error as Error).message.includes('passed `debug=True`');
      }
      return undefined;
    });
  expect([told(true, false), told(false, true), told(null, true), told(null, false)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});
