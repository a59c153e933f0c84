/** REINFORCE, the policy gradient with Monte Carlo returns, balances a pole. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn, optim, type Tensor } from 'tsorch';
import { Categorical } from 'tsorch/distributions';
import { tqdm } from 'tsorch/tqdm';
import { CartPole, type Push } from './support/cartpole';
import { counted, untilInterrupted } from './support/interrupt';
import { positive, whole } from './support/options';
import { drawReturns, isSolved, recentMean } from './support/returns';

export const description = 'REINFORCE balances a pole (CartPole)';

export const options = {
  episodes: { type: 'string', default: '2000', description: 'at most; it stops when the task is solved' },
  gamma: { type: 'string', default: '0.99', description: 'discount of later rewards' },
  lr: { type: 'string', default: '0.003', description: 'learning rate' },
  seed: { type: 'string', default: '1', description: 'of the weights, the starts and the actions' },
  out: { type: 'string', default: 'out/reinforce', description: 'folder for the picture and the weights' },
} as const;

type Values = { [Name in keyof typeof options]: string };

class Policy extends nn.Module {
  affine1 = new nn.Linear(4, 128);
  affine2 = new nn.Linear(128, 2);

  override forward(x: Tensor): Tensor {
    return this.affine2(this.affine1(x).relu());
  }
}

interface Episode {
  states: Tensor;
  actions: Tensor;
  rewards: number[];
}

/** One episode with actions drawn as the policy has them. */
function play(env: CartPole, policy: Policy): Episode {
  const [states, actions, rewards]: [number[][], number[], number[]] = [[], [], []];
  torch.no_grad(() => {
    let state = env.reset();
    for (let done = false; !done; ) {
      const action = new Categorical({ logits: policy(torch.tensor(state)) }).sample().item() as Push;
      const [next, reward, terminated, truncated] = env.step(action);
      states.push(state);
      actions.push(action);
      rewards.push(reward);
      state = next;
      done = terminated || truncated;
    }
  });
  return { states: torch.tensor(states), actions: torch.tensor(actions), rewards };
}

/** What is yet to come from each step on, discounted. */
function discounted(rewards: number[], gamma: number): Tensor {
  const returns: number[] = [];
  let R = 0;
  for (const r of rewards.toReversed()) {
    R = r + gamma * R;
    returns.unshift(R);
  }
  return torch.tensor(returns);
}

export async function main(values: Values): Promise<void> {
  torch.set_num_threads(1); // the network is too small for more
  torch.manual_seed(whole('seed', values.seed, 0));
  const gamma = positive('gamma', values.gamma);
  const env = new CartPole();
  const policy = new Policy();
  const optimizer = new optim.Adam(policy.parameters(), { lr: positive('lr', values.lr) });

  const returns: number[] = [];
  const bar = tqdm({ total: whole('episodes', values.episodes), desc: 'episodes' });
  for await (const _ of untilInterrupted(counted(bar.total!))) {
    if (isSolved(returns, CartPole.SOLVED)) break;
    const { states, actions, rewards } = play(env, policy);
    let advantages = discounted(rewards, gamma);
    advantages = advantages.sub(advantages.mean()).div(advantages.std().add(1e-8));
    const log_probs = new Categorical({ logits: policy(states) }).log_prob(actions);
    const loss = log_probs.mul(advantages).neg().sum();
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();

    returns.push(rewards.length);
    bar.set_postfix({ mean: recentMean(returns) });
    bar.update();
    if (returns.length % 50 === 0)
      tqdm.write(`episode ${returns.length}: mean return ${recentMean(returns).toFixed(1)}`);
  }
  bar.close();

  const solved = isSolved(returns, CartPole.SOLVED);
  console.log(
    `${solved ? 'solved' : 'not solved'} after ${returns.length} episodes: ${recentMean(returns).toFixed(1)}`,
  );
  mkdirSync(values.out, { recursive: true });
  const file = (name: string) => join(values.out, name);
  drawReturns(returns, CartPole.SOLVED, 'REINFORCE on CartPole').savefig(file('returns.svg'));
  torch.save(policy.state_dict(), file('weights.pt'));
  console.log(`wrote ${['returns.svg', 'weights.pt'].map(file).join(', ')}`);
}
