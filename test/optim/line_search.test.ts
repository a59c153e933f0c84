import torch, { optim } from 'tsorch';
import golden from './golden/line_search.json';

describe('the line search of LBFGS', () => {
  it.each(golden.map((each) => [each.dtype, each] as const))('computes in %s', (_, expected) => {
    const dtype = torch[expected.dtype as 'float32'];
    const x = torch.tensor([-1.2, 1, -0.5, 0.8], { dtype, requires_grad: true });
    const optimizer = new optim.LBFGS([x], { max_iter: 4, line_search_fn: 'strong_wolfe' });
    const closure = () => {
      optimizer.zero_grad();
      const [left, right] = [x.index(':-1'), x.index('1:')];
      const loss = right.sub(left.square()).square().mul(100).add(left.neg().add(1).square()).sum();
      loss.backward();
      return loss;
    };
    const losses = expected.losses.map(() => optimizer.step(closure).item());
    expect(losses).toEqual(expected.losses);
    expect(optimizer.state.get(x)).toMatchObject({ func_evals: expected.evaluations });
  });
});
