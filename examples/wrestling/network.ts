/** The policy: from what a wrestler sees to a force and a turn. */
import torch, { nn, type Tensor } from 'tsorch';
import type { Policy } from './policies';
import { Color, FORCE, TURN } from './scenario';
import { SIZE } from './view';

/** A pixel in the middle of every observation's own disc. */
const OWN_ROW = 31;
const OWN_COLUMN = 19;

const middle = ({ low, high }: { low: number; high: number }) => (low + high) / 2;
const half = ({ low, high }: { low: number; high: number }) => (high - low) / 2;

/** Actions as the network's last layer has them: from -1 to 1. */
export function normalized(actions: Tensor): Tensor {
  const center = torch.tensor([middle(FORCE), middle(TURN)]);
  return actions.sub(center).div(torch.tensor([half(FORCE), half(TURN)]));
}

/** Blue's view as if it were red: the stage is the same from both sides. */
function asRed(observations: Tensor): Tensor {
  const blue = observations.index(':', `${OWN_ROW}:${OWN_ROW + 1}`, `${OWN_COLUMN}:${OWN_COLUMN + 1}`).eq(Color.blue);
  const swapped = torch.where(
    observations.eq(Color.blue),
    Color.red,
    torch.where(observations.eq(Color.red), Color.blue, observations),
  );
  return torch.where(blue, swapped, observations);
}

export class PolicyNet extends nn.Module {
  net = new nn.Sequential(
    new nn.Linear(SIZE * SIZE, 400),
    new nn.ReLU(),
    new nn.Linear(400, 128),
    new nn.ReLU(),
    new nn.Linear(128, 64),
    new nn.ReLU(),
    new nn.Linear(64, 2),
    new nn.Tanh(),
  );

  /** Observations [n, 40, 40] of any number type to actions [n, 2], normalized. */
  override forward(observations: Tensor): Tensor {
    return this.net(asRed(observations.float()).mul(0.1).flatten(1));
  }

  /** The actions themselves: force and turn. */
  actions(observations: Tensor): Tensor {
    const center = torch.tensor([middle(FORCE), middle(TURN)]);
    return this.forward(observations)
      .mul(torch.tensor([half(FORCE), half(TURN)]))
      .add(center);
  }
}

/** Plays with a network, which sees nothing but the observation. */
export function cloned(model: PolicyNet): Policy {
  return (bout, side) => {
    const observation = torch.from_numpy(bout.observation(side)).reshape(1, SIZE, SIZE);
    const [action] = torch.no_grad(() => model.actions(observation)).tolist() as [[number, number]];
    return action;
  };
}
