/** What of custom Functions must and must not compile; nothing here runs. */
import torch, { type Tensor } from 'tsorch';
import { Function, type FunctionCtx, gradcheck } from 'tsorch/autograd';

class Power extends Function {
  static override forward(ctx: FunctionCtx<{ k: number }>, x: Tensor, k: number): [Tensor, number] {
    ctx.k = k;
    // @ts-expect-error an attribute that was not declared
    ctx.other = k;
    // @ts-expect-error of another type
    ctx.k = 'k';
    return [x.pow(k), k];
  }

  static override backward(ctx: FunctionCtx<{ k: number }>, g: Tensor): [Tensor, null] {
    return [g.mul(ctx.k), null];
  }
}

class Square extends Function {
  static override forward(x: Tensor): Tensor {
    return x.pow(2);
  }

  static setup_context(ctx: FunctionCtx, inputs: [Tensor]): void {
    ctx.save_for_backward(...inputs);
  }
}

export function applied(x: Tensor): unknown[] {
  const [y, k]: [Tensor, number] = Power.apply(x, 2);
  // @ts-expect-error an argument is missing
  Power.apply(x);
  // @ts-expect-error the wrong kind
  Power.apply(x, '2');
  // @ts-expect-error no context is passed
  Square.apply({}, x);
  const power = Power.apply;
  const z: [Tensor, number] = power<typeof Power>(x, 2);
  // @ts-expect-error the wrong kind
  power<typeof Power>(x, '2');
  const square = Square.apply;
  const s: Tensor = square(x);
  return [y, k, z, s, gradcheck(Square.apply, [x]), [x].map((each) => Square.apply(each)), torch.func.grad(square)(x)];
}
