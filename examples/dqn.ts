/** Deep Q-learning with a replay memory and a target network balances a pole. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn, optim, type Tensor } from 'tsorch';
import { tqdm } from 'tsorch/tqdm';
import { CartPole, type Push, type State } from './support/cartpole';
import { counted, untilInterrupted } from './support/interrupt';
import { positive, whole } from './support/options';
import { ReplayMemory } from './support/replay_memory';
import { drawReturns, isSolved, recentMean } from './support/returns';

export const description = 'deep Q-learning balances a pole (CartPole)';

export const options = {
  episodes: { type: 'string', default: '600', description: 'at most; it stops when the task is solved' },
  'batch-size': { type: 'string', default: '128', description: 'transitions of a step of the optimizer' },
  memory: { type: 'string', default: '10000', description: 'transitions that are remembered' },
  gamma: { type: 'string', default: '0.99', description: 'discount of later rewards' },
  lr: { type: 'string', default: '0.0003', description: 'learning rate' },
  seed: { type: 'string', default: '1', description: 'of the weights, the starts and the actions' },
  out: { type: 'string', default: 'out/dqn', description: 'folder for the picture and the weights' },
} as const;

type Values = { [Name in keyof typeof options]: string };

/** The share of random actions goes from the first to the second, by a factor of e in so many steps. */
const EPS_START = 0.9;
const EPS_END = 0.01;
const EPS_DECAY = 2500;
/** What part of the way to the policy network the target network goes in each step. */
const TAU = 0.005;

class DQN extends nn.Module {
  layer1 = new nn.Linear(4, 128);
  layer2 = new nn.Linear(128, 128);
  layer3 = new nn.Linear(128, 2);

  /** States [n, 4] to the value of each action [n, 2]. */
  override forward(x: Tensor): Tensor {
    x = this.layer1(x).relu();
    x = this.layer2(x).relu();
    return this.layer3(x);
  }
}

function select_action(policy_net: DQN, state: State, steps_done: number): Push {
  const eps_threshold = EPS_END + (EPS_START - EPS_END) * Math.exp(-steps_done / EPS_DECAY);
  if (torch.rand(1).item() < eps_threshold) return torch.randint(2, [1]).item() as Push;
  return torch.no_grad(() =>
    policy_net(torch.tensor([state]))
      .argmax(1)
      .item(),
  ) as Push;
}

export async function main(values: Values): Promise<void> {
  torch.set_num_threads(1); // the network is too small for more
  torch.manual_seed(whole('seed', values.seed, 0));
  const gamma = positive('gamma', values.gamma);
  const batch_size = whole('batch-size', values['batch-size']);
  const env = new CartPole();
  const policy_net = new DQN();
  const target_net = new DQN();
  target_net.load_state_dict(policy_net.state_dict());
  const optimizer = new optim.AdamW(policy_net.parameters(), { lr: positive('lr', values.lr), amsgrad: true });
  const memory = new ReplayMemory(whole('memory', values.memory), 4);
  const criterion = new nn.SmoothL1Loss();

  function optimize_model(): void {
    if (memory.length < batch_size) return;
    const { states, actions, rewards, next_states, terminated } = memory.sample(batch_size);
    const state_action_values = policy_net(states).gather(1, actions);
    const next_state_values = torch.no_grad(() => target_net(next_states).max(1, { keepdim: true }).values);
    const expected = next_state_values.mul(terminated.logical_not()).mul(gamma).add(rewards);
    const loss = criterion(state_action_values, expected);
    optimizer.zero_grad();
    loss.backward();
    nn.utils.clip_grad_value_(policy_net.parameters(), 100);
    optimizer.step();
  }

  function update_target(): void {
    const weights = policy_net.parameters();
    torch.no_grad(() => {
      for (const [i, weight] of target_net.parameters().entries()) weight.lerp_(weights[i]!, TAU);
    });
  }

  const returns: number[] = [];
  let steps_done = 0;
  const bar = tqdm({ total: whole('episodes', values.episodes), desc: 'episodes' });
  for await (const _ of untilInterrupted(counted(bar.total!))) {
    if (isSolved(returns, CartPole.SOLVED)) break;
    let state = env.reset();
    let total = 0;
    for (let done = false; !done; steps_done++) {
      const action = select_action(policy_net, state, steps_done);
      const [next_state, reward, terminated, truncated] = env.step(action);
      memory.push(state, action, reward, next_state, terminated);
      state = next_state;
      total += reward;
      done = terminated || truncated;
      optimize_model();
      update_target();
    }
    returns.push(total);
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
  drawReturns(returns, CartPole.SOLVED, 'DQN on CartPole').savefig(file('returns.svg'));
  torch.save(policy_net.state_dict(), file('weights.pt'));
  console.log(`wrote ${['returns.svg', 'weights.pt'].map(file).join(', ')}`);
}
