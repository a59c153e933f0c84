import torch, { nn, optim, type Tensor } from 'tsorch';
import * as F from 'tsorch/nn/functional';
import type { Training } from './training';

class Policy extends nn.Module {
  affine1 = new nn.Linear(2, 16);
  action_head = new nn.Linear(16, 2);
  value_head = new nn.Linear(16, 1);
  saved_actions: [log_prob: Tensor, value: Tensor][] = [];
  rewards: number[] = [];

  override forward(x: Tensor): [Tensor, Tensor] {
    x = F.relu(this.affine1(x));
    const action_prob = F.softmax(this.action_head(x), { dim: -1 });
    const state_values = this.value_head(x);
    return [action_prob, state_values];
  }
}

/** A world of one line: the agent pushes left or right, and earns most in the middle. */
class Line {
  x = 0;
  v = 0;
  t = 0;

  reset(): number[] {
    [this.x, this.v, this.t] = [0.5, 0, 0];
    return [this.x, this.v];
  }

  step(action: number): [state: number[], reward: number, done: boolean] {
    this.v += (action === 1 ? 0.125 : -0.125) - 0.0625 * this.x;
    this.x += 0.5 * this.v;
    this.t += 1;
    return [[this.x, this.v], 1 - Math.abs(this.x), Math.abs(this.x) > 1 || this.t >= 25];
  }
}

export function actor_critic(): Training {
  const model = new Policy();
  const optimizer = new optim.Adam(model.parameters(), { lr: 3e-2 });
  const { eps } = torch.finfo(torch.float32);
  const env = new Line();

  function select_action(from: number[]): number {
    const state = torch.tensor(from, { dtype: torch.float32 });
    const [probs, state_value] = model(state);
    const m = new torch.distributions.Categorical(probs);
    const action = m.sample();
    model.saved_actions.push([m.log_prob(action), state_value]);
    return action.item();
  }

  function finish_episode(): Tensor {
    let R = 0;
    const policy_losses: Tensor[] = [];
    const value_losses: Tensor[] = [];
    const discounted: number[] = [];
    for (const r of [...model.rewards].reverse()) {
      R = r + 0.99 * R;
      discounted.unshift(R);
    }
    let returns = torch.tensor(discounted);
    returns = returns.sub(returns.mean()).div(returns.std().add(eps));
    for (const [i, R] of [...returns].entries()) {
      const [log_prob, value] = model.saved_actions[i]!;
      const advantage = R.sub(value.item());
      policy_losses.push(log_prob.neg().mul(advantage));
      value_losses.push(F.smooth_l1_loss(value, torch.tensor([R])));
    }
    optimizer.zero_grad();
    const loss = torch.stack(policy_losses).sum().add(torch.stack(value_losses).sum());
    loss.backward();
    optimizer.step();
    model.rewards = [];
    model.saved_actions = [];
    return loss;
  }

  const step = () => {
    let state = env.reset();
    let done = false;
    while (!done) {
      const action = select_action(state);
      let reward: number;
      [state, reward, done] = env.step(action);
      model.rewards.push(reward);
    }
    return [finish_episode()];
  };
  return { models: [model], step };
}
