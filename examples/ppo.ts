/** Proximal policy optimization (PPO), with several environments at once, balances a pole. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn, optim, type Tensor } from 'tsorch';
import { Categorical } from 'tsorch/distributions';
import { tqdm } from 'tsorch/tqdm';
import { CartPole, type Push, type State } from './support/cartpole';
import { counted, untilInterrupted } from './support/interrupt';
import { positive, whole } from './support/options';
import { drawReturns, isSolved, recentMean } from './support/returns';

export const description = 'proximal policy optimization balances a pole (CartPole)';

export const options = {
  steps: {
    type: 'string',
    default: '300000',
    description: 'of all environments, at most; it stops when the task is solved',
  },
  envs: { type: 'string', default: '8', description: 'environments' },
  'num-steps': { type: 'string', default: '128', description: 'steps of each environment between two updates' },
  epochs: { type: 'string', default: '4', description: 'how often to go through the samples of an update' },
  minibatches: { type: 'string', default: '4', description: 'parts into which they are divided' },
  gamma: { type: 'string', default: '0.99', description: 'discount of later rewards' },
  lr: { type: 'string', default: '0.001', description: 'learning rate' },
  seed: { type: 'string', default: '1', description: 'of the weights, the starts and the actions' },
  out: { type: 'string', default: 'out/ppo', description: 'folder for the picture and the weights' },
} as const;

type Values = { [Name in keyof typeof options]: string };

/** Of generalized advantage estimation. */
const GAE_LAMBDA = 0.95;
/** How far the ratio of new to old probabilities counts. */
const CLIP = 0.2;
const ENTROPY_COEFFICIENT = 0.01;
const VALUE_COEFFICIENT = 0.5;
const MAX_GRAD_NORM = 0.5;

function layer_init<Layer extends nn.Linear>(layer: Layer, std = Math.SQRT2): Layer {
  nn.init.orthogonal_(layer.weight, std);
  nn.init.constant_(layer.bias!, 0);
  return layer;
}

function mlp(outputs: number, std: number): nn.Sequential {
  return new nn.Sequential(
    layer_init(new nn.Linear(4, 64)),
    new nn.Tanh(),
    layer_init(new nn.Linear(64, 64)),
    new nn.Tanh(),
    layer_init(new nn.Linear(64, outputs), std),
  );
}

class Agent extends nn.Module {
  critic = mlp(1, 1);
  actor = mlp(2, 0.01);

  /** The values of states [n, 4]: [n]. */
  value(states: Tensor): Tensor {
    return this.critic(states).squeeze(-1);
  }

  policy(states: Tensor): Categorical {
    return new Categorical({ logits: this.actor(states) });
  }
}

/** What all environments went through in some steps: [steps, environments], states with one more dimension. */
interface Rollout {
  states: Tensor;
  actions: Tensor;
  log_probs: Tensor;
  rewards: Tensor;
  /** 1 where the episode ended with the step. */
  ends: Tensor;
  values: Tensor;
  /** Of the states after the last step: [environments]. */
  last_values: Tensor;
}

/** Environments that go on by themselves: each begins a new episode when one ends. */
class Environments {
  /** Of the episodes that ended. */
  readonly returns: number[] = [];
  private readonly envs: CartPole[];
  private readonly totals: number[];
  private current: State[];

  constructor(count: number) {
    this.envs = Array.from({ length: count }, () => new CartPole());
    this.totals = this.envs.map(() => 0);
    this.current = this.envs.map((env) => env.reset());
  }

  states(): Tensor {
    return torch.tensor(this.current);
  }

  /** The states that come next, rewards, and which episodes are terminated and which truncated. */
  step(actions: Push[]): { next: Tensor; rewards: Tensor; terminated: Tensor; truncated: Tensor } {
    const results = this.envs.map((env, i) => env.step(actions[i]!));
    results.forEach(([state, reward, terminated, truncated], i) => {
      this.totals[i]! += reward;
      this.current[i] = state;
      if (!terminated && !truncated) return;
      this.current[i] = this.envs[i]!.reset();
      this.returns.push(this.totals[i]!);
      this.totals[i] = 0;
    });
    return {
      next: torch.tensor(results.map(([state]) => state)),
      rewards: torch.tensor(results.map(([, reward]) => reward)),
      terminated: torch.tensor(results.map(([, , terminated]) => terminated)),
      truncated: torch.tensor(results.map(([, , terminated, truncated]) => truncated && !terminated)),
    };
  }
}

/** Steps of all environments. What an episode could still have got when it was truncated counts as reward. */
function collect(agent: Agent, envs: Environments, steps: number, gamma: number): Rollout {
  return torch.no_grad(() => {
    const rows = Array.from({ length: steps }, () => {
      const states = envs.states();
      const policy = agent.policy(states);
      const actions = policy.sample();
      const { next, rewards, terminated, truncated } = envs.step(actions.tolist() as Push[]);
      return {
        states,
        actions,
        log_probs: policy.log_prob(actions),
        values: agent.value(states),
        rewards: rewards.add(agent.value(next).mul(truncated).mul(gamma)),
        ends: terminated.logical_or(truncated).float(),
      };
    });
    const stacked = (name: keyof (typeof rows)[number]) => torch.stack(rows.map((row) => row[name]));
    return {
      states: stacked('states'),
      actions: stacked('actions'),
      log_probs: stacked('log_probs'),
      rewards: stacked('rewards'),
      ends: stacked('ends'),
      values: stacked('values'),
      last_values: agent.value(envs.states()),
    };
  });
}

/** Generalized advantage estimation: how much better each action was than what the critic had expected. */
function advantages_of({ rewards, ends, values, last_values }: Rollout, gamma: number): Tensor {
  const advantages: Tensor[] = [];
  let [next_values, next_advantages] = [last_values, torch.zeros_like(last_values)];
  for (let t = rewards.length - 1; t >= 0; t--) {
    const goes_on = ends.index(t).neg().add(1);
    const delta = rewards.index(t).add(next_values.mul(goes_on).mul(gamma)).sub(values.index(t));
    next_advantages = delta.add(next_advantages.mul(goes_on).mul(gamma * GAE_LAMBDA));
    next_values = values.index(t);
    advantages.unshift(next_advantages);
  }
  return torch.stack(advantages);
}

/** The clipped objective of the policy, the error of the critic, and a bonus for undecided policies. */
function ppo_loss(
  agent: Agent,
  b: { [Name in 'states' | 'actions' | 'log_probs' | 'advantages' | 'returns']: Tensor },
): Tensor {
  const policy = agent.policy(b.states);
  const ratio = policy.log_prob(b.actions).sub(b.log_probs).exp();
  const advantages = b.advantages.sub(b.advantages.mean()).div(b.advantages.std().add(1e-8));
  const policy_loss = torch
    .min(ratio.mul(advantages), ratio.clamp(1 - CLIP, 1 + CLIP).mul(advantages))
    .mean()
    .neg();
  const value_loss = nn.functional.mse_loss(agent.value(b.states), b.returns).mul(0.5);
  return policy_loss.add(value_loss.mul(VALUE_COEFFICIENT)).sub(policy.entropy().mean().mul(ENTROPY_COEFFICIENT));
}

export async function main(values: Values): Promise<void> {
  torch.set_num_threads(1); // the networks are too small for more
  torch.manual_seed(whole('seed', values.seed, 0));
  const gamma = positive('gamma', values.gamma);
  const lr = positive('lr', values.lr);
  const num_steps = whole('num-steps', values['num-steps']);
  const num_envs = whole('envs', values.envs);
  const batch_size = num_envs * num_steps;
  const updates = Math.ceil(whole('steps', values.steps) / batch_size);
  const minibatch_size = Math.ceil(batch_size / whole('minibatches', values.minibatches));
  const epochs = whole('epochs', values.epochs);

  const envs = new Environments(num_envs);
  const agent = new Agent();
  const optimizer = new optim.Adam(agent.parameters(), { lr, eps: 1e-5 });

  const bar = tqdm({ total: updates, desc: 'updates' });
  for await (const update of untilInterrupted(counted(updates))) {
    if (isSolved(envs.returns, CartPole.SOLVED)) break;
    optimizer.param_groups[0]!.lr = lr * (1 - (update - 1) / updates);
    const rollout = collect(agent, envs, num_steps, gamma);
    const advantages = advantages_of(rollout, gamma);
    const batch = {
      states: rollout.states.flatten(0, 1),
      actions: rollout.actions.flatten(),
      log_probs: rollout.log_probs.flatten(),
      advantages: advantages.flatten(),
      returns: advantages.add(rollout.values).flatten(),
    };
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (const rows of torch.randperm(batch_size).split(minibatch_size)) {
        const loss = ppo_loss(agent, {
          states: batch.states.index(rows),
          actions: batch.actions.index(rows),
          log_probs: batch.log_probs.index(rows),
          advantages: batch.advantages.index(rows),
          returns: batch.returns.index(rows),
        });
        optimizer.zero_grad();
        loss.backward();
        nn.utils.clip_grad_norm_(agent.parameters(), MAX_GRAD_NORM);
        optimizer.step();
      }
    }
    bar.set_postfix({ mean: recentMean(envs.returns) });
    bar.update();
    if (update % 10 === 0)
      tqdm.write(`${update * batch_size} steps: mean return ${recentMean(envs.returns).toFixed(1)}`);
  }
  bar.close();

  const { returns } = envs;
  const solved = isSolved(returns, CartPole.SOLVED);
  console.log(
    `${solved ? 'solved' : 'not solved'} after ${returns.length} episodes: ${recentMean(returns).toFixed(1)}`,
  );
  mkdirSync(values.out, { recursive: true });
  const file = (name: string) => join(values.out, name);
  drawReturns(returns, CartPole.SOLVED, 'PPO on CartPole').savefig(file('returns.svg'));
  torch.save(agent.state_dict(), file('weights.pt'));
  console.log(`wrote ${['returns.svg', 'weights.pt'].map(file).join(', ')}`);
}
