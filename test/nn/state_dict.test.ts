import { inspect } from 'node:util';
import torch, { nn, type Tensor } from 'tsorch';

function net(): nn.Sequential {
  return new nn.Sequential({ fc: new nn.Linear(2, 3), bn: new nn.BatchNorm1d(3) });
}

describe('state_dict', () => {
  it('gives detached tensors that share memory, or the parameters themselves', () => {
    const layer = new nn.Linear(2, 1);
    const state = layer.state_dict();
    expect(state.weight!.requires_grad).toBe(false);
    torch.no_grad(() => layer.weight.fill_(5));
    expect(state.weight!.tolist()).toEqual([[5, 5]]);
    expect(layer.state_dict({ keep_vars: true, prefix: 'a.' })['a.weight']).toBe(layer.weight);
    expect(Object.keys(net().state_dict())).toEqual([
      'fc.weight',
      'fc.bias',
      'bn.weight',
      'bn.bias',
      'bn.running_mean',
      'bn.running_var',
      'bn.num_batches_tracked',
    ]);
  });

  it('knows the version of each part', () => {
    const { _metadata } = net().state_dict() as unknown as { _metadata: object };
    expect(_metadata).toEqual({ '': { version: 1 }, fc: { version: 1 }, bn: { version: 2 } });
  });
});

describe('load_state_dict', () => {
  it('copies into the parameters', () => {
    const [from, to] = [net(), net()];
    const { weight } = to.get_submodule('fc') as nn.Linear;
    const report = to.load_state_dict(from.state_dict());
    expect(String(report)).toBe('<All keys matched successfully>');
    expect((to.get_submodule('fc') as nn.Linear).weight).toBe(weight);
    expect(weight.equal(from.get_parameter('fc.weight'))).toBe(true);
    expect(weight.data_ptr()).not.toBe(from.get_parameter('fc.weight').data_ptr());
  });

  it('lists everything that does not fit', () => {
    const state: Record<string, unknown> = { ...net().state_dict() };
    delete state['fc.bias'];
    state['bn.weight'] = torch.ones(4);
    state.extra = torch.ones(1);
    state['other.weight'] = torch.ones(1);
    state['fc.weight'] = 3;
    expect(() => net().load_state_dict(state)).toThrow(
      'Error(s) in loading state_dict for Sequential:\n' +
        '\tMissing key(s) in state_dict: "fc.bias". \n' +
        '\tUnexpected key(s) in state_dict: "extra", "other.weight". \n' +
        '\tWhile copying the parameter named "fc.weight", expected torch.Tensor or Tensor-like object from checkpoint but received number\n' +
        '\tsize mismatch for bn.weight: copying a param with shape torch.Size([4]) from checkpoint, the shape in current model is torch.Size([3]).',
    );
  });

  it('reports keys when it is not strict', () => {
    const state: Record<string, unknown> = { ...net().state_dict(), extra: torch.ones(1) };
    delete state['fc.bias'];
    for (const report of [net().load_state_dict(state, { strict: false }), net().load_state_dict(state, false)]) {
      expect(report.missing_keys).toEqual(['fc.bias']);
      expect(report.unexpected_keys).toEqual(['extra']);
      expect(inspect(report)).toBe(String(report));
      expect(String(report)).toBe("_IncompatibleKeys(missing_keys=['fc.bias'], unexpected_keys=['extra'])");
      expect([...report]).toEqual([['fc.bias'], ['extra']]); // prettier-ignore
    }
  });

  it('assigns instead of copying when asked', () => {
    const layer = new nn.Linear(2, 1, { device: 'meta' });
    const state = new nn.Linear(2, 1).state_dict();
    layer.load_state_dict(state, { assign: true });
    expect(layer.weight).toBeInstanceOf(nn.Parameter);
    expect(layer.weight.data_ptr()).toBe(state.weight!.data_ptr());
    expect(layer.weight.requires_grad).toBe(true);
  });

  it('takes states from before batches were counted', () => {
    const state: Record<string, unknown> = { ...new nn.BatchNorm1d(2).state_dict() };
    delete state.num_batches_tracked;
    const norm = new nn.BatchNorm1d(2);
    expect(String(norm.load_state_dict(state))).toBe('<All keys matched successfully>');
  });

  it('saves and restores extra state', () => {
    class Stateful extends nn.Module {
      seen: unknown = null;
      override get_extra_state(): unknown {
        return { epoch: 3 };
      }
      override set_extra_state(state: unknown): void {
        this.seen = state;
      }
    }
    const outer = new nn.ModuleDict({ inner: new Stateful() });
    const state = outer.state_dict();
    expect(state['inner._extra_state']).toEqual({ epoch: 3 });
    const other = new nn.ModuleDict({ inner: new Stateful() });
    other.load_state_dict(state);
    expect(other.index('inner').seen).toEqual({ epoch: 3 });
    expect(() => other.load_state_dict({})).toThrow('Missing key(s) in state_dict: "inner._extra_state"');
  });
});

describe('hooks on states', () => {
  it('run before and after writing, and before and after loading', () => {
    const layer = new nn.Linear(2, 1);
    const order: string[] = [];
    layer.register_state_dict_pre_hook((_m, prefix) => {
      order.push(`pre ${prefix}`);
    });
    layer.register_state_dict_post_hook((_m, state, prefix) => {
      order.push('post');
      state[`${prefix}note`] = torch.ones(1);
    });
    layer.register_load_state_dict_pre_hook((module, state, prefix) => {
      order.push(`load ${module === layer}`);
      delete state[`${prefix}note`];
    });
    const handle = layer.register_load_state_dict_post_hook((_m, keys) => {
      order.push(`loaded ${keys.missing_keys.length}`);
      keys.missing_keys.length = 0;
    });
    const outer = new nn.Sequential(layer);
    const state = outer.state_dict();
    expect(Object.keys(state)).toEqual(['0.weight', '0.bias', '0.note']);
    delete (state as Record<string, Tensor>)['0.bias'];
    outer.load_state_dict(state); // the hook has forgiven the missing key
    expect(order).toEqual(['pre 0.', 'post', 'load true', 'loaded 1']);
    handle.remove();
    expect(() => outer.load_state_dict(state)).toThrow('Missing key(s) in state_dict: "0.bias"');
  });
});
