// Custom Functions for random programs, one for each way of using the context.

/** @param {any} torch @returns {(program: import('./program_steps.mjs').Program) => ((x: any) => any)[]} */
export function functionsOf(torch) {
  return ({ disturb, random }) => {
    const options = { dirty: random.below(2), save: random.below(2), materialize: random.below(2) === 1 };

    class Cube extends torch.autograd.Function {
      /** @param {any} ctx @param {any} x */
      static forward(ctx, x) {
        disturb();
        ctx.save_for_backward(x);
        return x.pow(3);
      }
      /** @param {any} ctx @param {any} g */
      static backward(ctx, g) {
        disturb();
        const [x] = ctx.saved_tensors;
        return g.mul(x.pow(2)).mul(3);
      }
    }

    class Change extends torch.autograd.Function {
      /** @param {any} ctx @param {any} x */
      static forward(ctx, x) {
        x.mul_(2);
        disturb();
        if (options.dirty) ctx.mark_dirty(x);
        if (options.save) ctx.save_for_backward(x);
        return x;
      }
      /** @param {any} ctx @param {any} g */
      static backward(ctx, g) {
        disturb();
        return g.mul(2).add(ctx.saved_tensors.length);
      }
    }

    class Several extends torch.autograd.Function {
      /** @param {any} ctx @param {any} x */
      static forward(ctx, x) {
        const index = x.detach().gt(0);
        ctx.mark_non_differentiable(index);
        ctx.set_materialize_grads(options.materialize);
        ctx.note = x.detach().clone();
        disturb();
        return [x.mul(2), index, x.view(-1)];
      }
      /** @param {any} ctx @param {any} a @param {any} _ @param {any} c */
      static backward(ctx, a, _, c) {
        disturb();
        const zeros = torch.zeros_like(ctx.note);
        return (a ?? zeros).mul(2).add(c?.view(ctx.note.shape) ?? zeros);
      }
    }

    class Throws extends torch.autograd.Function {
      /** @param {any} _ctx @param {any} x */
      static forward(_ctx, x) {
        return x.clone();
      }
      static backward() {
        disturb();
        throw new RangeError('in a backward');
      }
    }

    class Wrong extends torch.autograd.Function {
      /** @param {any} _ctx @param {any} x */
      static forward(_ctx, x) {
        return x.clone();
      }
      static backward() {
        disturb();
        return random.pick([[null, null], 'text', torch.ones(7, 7), 5]);
      }
    }

    class Viewed extends torch.autograd.Function {
      /** @param {any} x */
      static forward(x) {
        return x.view_as(x);
      }
      /** @param {any} ctx @param {any[]} inputs */
      static setup_context(ctx, inputs) {
        disturb();
        ctx.save_for_backward(...inputs);
      }
      static backward = torch.autograd.function.once_differentiable((/** @type {any} */ _ctx, /** @type {any} */ g) => {
        disturb();
        return g.exp();
      });
    }

    const kinds = [Cube, Change, Several, Throws, Wrong, Viewed];
    return kinds.map((kind) => (x) => {
      const result = /** @type {any} */ (kind).apply(x);
      if (random.below(3) === 0) [result].flat()[0].sum().backward({ retain_graph: true });
      return result;
    });
  };
}
