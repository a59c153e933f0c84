/** As in the tutorial: act, remember, replay a batch, clip, and let the target network follow. */
import torch, { nn, optim, type Tensor } from 'tsorch';
import { q_network } from './models';

const F = nn.functional;

type Transition = [state: Tensor, action: Tensor, next_state: Tensor, reward: Tensor];

export class DQN {
  private readonly policy = q_network();
  private readonly target = q_network();
  private readonly optimizer = new optim.AdamW(this.policy.parameters(), { lr: 1e-4, amsgrad: true });
  private readonly memory: Transition[] = [];
  private state = torch.keep(torch.randn(1, 4));

  constructor() {
    this.target.load_state_dict(this.policy.state_dict());
  }

  step(): void {
    this.act();
    this.learn();
    this.follow();
  }

  private act(): void {
    const action = torch.no_grad(() => this.policy(this.state).max(1).indices.view(1, 1));
    const force = action.item() - 0.5;
    const next_state = torch.tensor([force, 0.1, -force, Math.random()]).unsqueeze(0);
    const transition: Transition = [this.state, action, next_state, torch.tensor([1])];
    for (const each of transition) torch.keep(each);
    this.memory.push(transition);
    if (this.memory.length > 1000) this.memory.shift();
    this.state = next_state;
  }

  private learn(): void {
    const batch = Array.from({ length: 128 }, () => this.memory[Math.floor(Math.random() * this.memory.length)]!);
    const [states, actions, next_states, rewards] = [0, 1, 2, 3].map((i) => torch.cat(batch.map((each) => each[i]!)));
    const values = this.policy(states!).gather(1, actions!);
    const next_values = torch.no_grad(() => this.target(next_states!).max(1).values);
    const loss = F.smooth_l1_loss(values, next_values.mul(0.99).add(rewards!).unsqueeze(1));
    this.optimizer.zero_grad();
    loss.backward();
    nn.utils.clip_grad_value_(this.policy.parameters(), 100);
    this.optimizer.step();
  }

  private follow(): void {
    const target_state = this.target.state_dict();
    for (const [key, value] of Object.entries(this.policy.state_dict())) {
      target_state[key] = (value as Tensor).mul(0.005).add((target_state[key] as Tensor).mul(0.995));
    }
    this.target.load_state_dict(target_state);
  }
}
