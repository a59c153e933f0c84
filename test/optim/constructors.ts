/** Compiled, not run: optimizers, schedulers and distributions refuse options that they do not know, and wrong types. */
import torch, { distributions as D, optim, type Tensor } from 'tsorch';

const { lr_scheduler: lr } = optim;
const sgd = new optim.SGD([torch.ones(1)]);

export function optimizers(params: Tensor[]): unknown[] {
  return [
    new optim.Adadelta(params, { lr: 0.1 }),
    // @ts-expect-error
    new optim.Adadelta(params, { learning_rate: 0.1 }),
    // @ts-expect-error
    new optim.Adadelta(params, { lr: '0.1' }),
    new optim.Adafactor(params, { lr: 0.1 }),
    // @ts-expect-error
    new optim.Adafactor(params, { learning_rate: 0.1 }),
    // @ts-expect-error
    new optim.Adafactor(params, { lr: '0.1' }),
    new optim.Adagrad(params, { lr: 0.1 }),
    // @ts-expect-error
    new optim.Adagrad(params, { learning_rate: 0.1 }),
    // @ts-expect-error
    new optim.Adagrad(params, { lr: '0.1' }),
    new optim.Adam(params, { lr: 0.1 }),
    // @ts-expect-error
    new optim.Adam(params, { learning_rate: 0.1 }),
    // @ts-expect-error
    new optim.Adam(params, { lr: '0.1' }),
    new optim.AdamW(params, { lr: 0.1 }),
    // @ts-expect-error
    new optim.AdamW(params, { learning_rate: 0.1 }),
    // @ts-expect-error
    new optim.AdamW(params, { lr: '0.1' }),
    new optim.Adamax(params, { lr: 0.1 }),
    // @ts-expect-error
    new optim.Adamax(params, { learning_rate: 0.1 }),
    // @ts-expect-error
    new optim.Adamax(params, { lr: '0.1' }),
    new optim.ASGD(params, { lr: 0.1 }),
    // @ts-expect-error
    new optim.ASGD(params, { learning_rate: 0.1 }),
    // @ts-expect-error
    new optim.ASGD(params, { lr: '0.1' }),
    new optim.LBFGS(params, { lr: 0.1 }),
    // @ts-expect-error
    new optim.LBFGS(params, { learning_rate: 0.1 }),
    // @ts-expect-error
    new optim.LBFGS(params, { lr: '0.1' }),
    new optim.Muon(params, { lr: 0.1 }),
    // @ts-expect-error
    new optim.Muon(params, { learning_rate: 0.1 }),
    // @ts-expect-error
    new optim.Muon(params, { lr: '0.1' }),
    new optim.NAdam(params, { lr: 0.1 }),
    // @ts-expect-error
    new optim.NAdam(params, { learning_rate: 0.1 }),
    // @ts-expect-error
    new optim.NAdam(params, { lr: '0.1' }),
    new optim.RAdam(params, { lr: 0.1 }),
    // @ts-expect-error
    new optim.RAdam(params, { learning_rate: 0.1 }),
    // @ts-expect-error
    new optim.RAdam(params, { lr: '0.1' }),
    new optim.RMSprop(params, { lr: 0.1 }),
    // @ts-expect-error
    new optim.RMSprop(params, { learning_rate: 0.1 }),
    // @ts-expect-error
    new optim.RMSprop(params, { lr: '0.1' }),
    new optim.Rprop(params, { lr: 0.1 }),
    // @ts-expect-error
    new optim.Rprop(params, { learning_rate: 0.1 }),
    // @ts-expect-error
    new optim.Rprop(params, { lr: '0.1' }),
    new optim.SGD(params, { lr: 0.1 }),
    // @ts-expect-error
    new optim.SGD(params, { learning_rate: 0.1 }),
    // @ts-expect-error
    new optim.SGD(params, { lr: '0.1' }),
    new optim.SparseAdam(params, { lr: 0.1 }),
    // @ts-expect-error
    new optim.SparseAdam(params, { learning_rate: 0.1 }),
    // @ts-expect-error
    new optim.SparseAdam(params, { lr: '0.1' }),
    new optim.Adam([{ params, lr: 0.1 }], { betas: [0.9, 0.99] }),
    // @ts-expect-error
    new optim.Adam([{ params, rate: 0.1 }]),
    // @ts-expect-error
    new optim.Adam(params, { betas: [0.9] }),
    // @ts-expect-error
    new optim.SGD(params, { betas: [0.9, 0.99] }),
    // @ts-expect-error
    new optim.LBFGS(params, { line_search_fn: 'wolfe' }),
  ];
}

export function schedulers(): unknown[] {
  return [
    new lr.LambdaLR(sgd, { lr_lambda: () => 1 }),
    // @ts-expect-error
    new lr.LambdaLR(sgd, { lr_lambda: () => 1, bogus: 1 }),
    new lr.MultiplicativeLR(sgd, { lr_lambda: () => 1 }),
    // @ts-expect-error
    new lr.MultiplicativeLR(sgd, { lr_lambda: () => 1, bogus: 1 }),
    new lr.StepLR(sgd, { step_size: 1 }),
    // @ts-expect-error
    new lr.StepLR(sgd, { step_size: 1, bogus: 1 }),
    new lr.MultiStepLR(sgd, { milestones: [1] }),
    // @ts-expect-error
    new lr.MultiStepLR(sgd, { milestones: [1], bogus: 1 }),
    new lr.ConstantLR(sgd, { factor: 0.5 }),
    // @ts-expect-error
    new lr.ConstantLR(sgd, { factor: 0.5, bogus: 1 }),
    new lr.LinearLR(sgd, { start_factor: 0.5 }),
    // @ts-expect-error
    new lr.LinearLR(sgd, { start_factor: 0.5, bogus: 1 }),
    new lr.ExponentialLR(sgd, { gamma: 0.9 }),
    // @ts-expect-error
    new lr.ExponentialLR(sgd, { gamma: 0.9, bogus: 1 }),
    new lr.PolynomialLR(sgd, { power: 2 }),
    // @ts-expect-error
    new lr.PolynomialLR(sgd, { power: 2, bogus: 1 }),
    new lr.CosineAnnealingLR(sgd, { T_max: 3 }),
    // @ts-expect-error
    new lr.CosineAnnealingLR(sgd, { T_max: 3, bogus: 1 }),
    new lr.CosineAnnealingWarmRestarts(sgd, { T_0: 3 }),
    // @ts-expect-error
    new lr.CosineAnnealingWarmRestarts(sgd, { T_0: 3, bogus: 1 }),
    new lr.CyclicLR(sgd, { base_lr: 0.1, max_lr: 1 }),
    // @ts-expect-error
    new lr.CyclicLR(sgd, { base_lr: 0.1, max_lr: 1, bogus: 1 }),
    new lr.OneCycleLR(sgd, { max_lr: 1, total_steps: 5 }),
    // @ts-expect-error
    new lr.OneCycleLR(sgd, { max_lr: 1, total_steps: 5, bogus: 1 }),
    new lr.ReduceLROnPlateau(sgd, { mode: 'max' }),
    // @ts-expect-error
    new lr.ReduceLROnPlateau(sgd, { mode: 'max', bogus: 1 }),
    // @ts-expect-error
    new lr.ReduceLROnPlateau(sgd, { mode: 'up' }),
    // @ts-expect-error
    new lr.CyclicLR(sgd, { base_lr: 0.1, max_lr: 1, mode: 'square' }),
    // @ts-expect-error
    new lr.OneCycleLR(sgd, { max_lr: 1, anneal_strategy: 'exp' }),
  ];
}

export function distributions(x: Tensor): unknown[] {
  return [
    new D.Bernoulli({ probs: x }),
    // @ts-expect-error
    new D.Bernoulli({ probs: x, bogus: 1 }),
    new D.Beta({ concentration1: x, concentration0: x }),
    // @ts-expect-error
    new D.Beta({ concentration1: x, concentration0: x, bogus: 1 }),
    new D.Binomial({ probs: x }),
    // @ts-expect-error
    new D.Binomial({ probs: x, bogus: 1 }),
    new D.Categorical({ probs: x }),
    // @ts-expect-error
    new D.Categorical({ probs: x, bogus: 1 }),
    new D.Cauchy({ loc: x, scale: x }),
    // @ts-expect-error
    new D.Cauchy({ loc: x, scale: x, bogus: 1 }),
    new D.Chi2({ df: x }),
    // @ts-expect-error
    new D.Chi2({ df: x, bogus: 1 }),
    new D.ContinuousBernoulli({ probs: x }),
    // @ts-expect-error
    new D.ContinuousBernoulli({ probs: x, bogus: 1 }),
    new D.Dirichlet({ concentration: x }),
    // @ts-expect-error
    new D.Dirichlet({ concentration: x, bogus: 1 }),
    new D.Exponential({ rate: x }),
    // @ts-expect-error
    new D.Exponential({ rate: x, bogus: 1 }),
    new D.FisherSnedecor({ df1: x, df2: x }),
    // @ts-expect-error
    new D.FisherSnedecor({ df1: x, df2: x, bogus: 1 }),
    new D.Gamma({ concentration: x, rate: x }),
    // @ts-expect-error
    new D.Gamma({ concentration: x, rate: x, bogus: 1 }),
    new D.GeneralizedPareto({ loc: x, scale: x, concentration: x }),
    // @ts-expect-error
    new D.GeneralizedPareto({ loc: x, scale: x, concentration: x, bogus: 1 }),
    new D.Geometric({ probs: x }),
    // @ts-expect-error
    new D.Geometric({ probs: x, bogus: 1 }),
    new D.Gumbel({ loc: x, scale: x }),
    // @ts-expect-error
    new D.Gumbel({ loc: x, scale: x, bogus: 1 }),
    new D.HalfCauchy({ scale: x }),
    // @ts-expect-error
    new D.HalfCauchy({ scale: x, bogus: 1 }),
    new D.HalfNormal({ scale: x }),
    // @ts-expect-error
    new D.HalfNormal({ scale: x, bogus: 1 }),
    new D.InverseGamma({ concentration: x, rate: x }),
    // @ts-expect-error
    new D.InverseGamma({ concentration: x, rate: x, bogus: 1 }),
    new D.Kumaraswamy({ concentration1: x, concentration0: x }),
    // @ts-expect-error
    new D.Kumaraswamy({ concentration1: x, concentration0: x, bogus: 1 }),
    new D.LKJCholesky({ dim: 3 }),
    // @ts-expect-error
    new D.LKJCholesky({ dim: 3, bogus: 1 }),
    new D.Laplace({ loc: x, scale: x }),
    // @ts-expect-error
    new D.Laplace({ loc: x, scale: x, bogus: 1 }),
    new D.LogNormal({ loc: x, scale: x }),
    // @ts-expect-error
    new D.LogNormal({ loc: x, scale: x, bogus: 1 }),
    new D.LogisticNormal({ loc: x, scale: x }),
    // @ts-expect-error
    new D.LogisticNormal({ loc: x, scale: x, bogus: 1 }),
    new D.LowRankMultivariateNormal({ loc: x, cov_factor: x, cov_diag: x }),
    // @ts-expect-error
    new D.LowRankMultivariateNormal({ loc: x, cov_factor: x, cov_diag: x, bogus: 1 }),
    new D.Multinomial({ probs: x }),
    // @ts-expect-error
    new D.Multinomial({ probs: x, bogus: 1 }),
    new D.MultivariateNormal({ loc: x }),
    // @ts-expect-error
    new D.MultivariateNormal({ loc: x, bogus: 1 }),
    new D.NegativeBinomial({ total_count: x, probs: x }),
    // @ts-expect-error
    new D.NegativeBinomial({ total_count: x, probs: x, bogus: 1 }),
    new D.Normal({ loc: x, scale: x }),
    // @ts-expect-error
    new D.Normal({ loc: x, scale: x, bogus: 1 }),
    new D.OneHotCategorical({ probs: x }),
    // @ts-expect-error
    new D.OneHotCategorical({ probs: x, bogus: 1 }),
    new D.OneHotCategoricalStraightThrough({ probs: x }),
    // @ts-expect-error
    new D.OneHotCategoricalStraightThrough({ probs: x, bogus: 1 }),
    new D.Pareto({ scale: x, alpha: x }),
    // @ts-expect-error
    new D.Pareto({ scale: x, alpha: x, bogus: 1 }),
    new D.Poisson({ rate: x }),
    // @ts-expect-error
    new D.Poisson({ rate: x, bogus: 1 }),
    new D.RelaxedBernoulli({ temperature: x, probs: x }),
    // @ts-expect-error
    new D.RelaxedBernoulli({ temperature: x, probs: x, bogus: 1 }),
    new D.RelaxedOneHotCategorical({ temperature: x, probs: x }),
    // @ts-expect-error
    new D.RelaxedOneHotCategorical({ temperature: x, probs: x, bogus: 1 }),
    new D.StudentT({ df: x }),
    // @ts-expect-error
    new D.StudentT({ df: x, bogus: 1 }),
    new D.Uniform({ low: x, high: x }),
    // @ts-expect-error
    new D.Uniform({ low: x, high: x, bogus: 1 }),
    new D.VonMises({ loc: x, concentration: x }),
    // @ts-expect-error
    new D.VonMises({ loc: x, concentration: x, bogus: 1 }),
    new D.Weibull({ scale: x, concentration: x }),
    // @ts-expect-error
    new D.Weibull({ scale: x, concentration: x, bogus: 1 }),
    new D.Wishart({ df: x }),
    // @ts-expect-error
    new D.Wishart({ df: x, bogus: 1 }),
  ];
}
