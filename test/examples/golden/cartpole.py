"""Episodes of Gymnasium's CartPole-v1, from given starts: writes cartpole.json beside this file."""

import json
import random
from pathlib import Path

import gymnasium
import numpy as np

random.seed(1)
env = gymnasium.make("CartPole-v1").unwrapped


def balancing(state):
    return int(state[2] + 0.5 * state[3] + 0.02 * state[0] + 0.05 * state[1] > 0)


def episode(start, choose, limit=500):
    env.reset()
    env.state = np.array(start)
    env.steps_beyond_terminated = None
    actions, states, terminated = [], [], False
    while not terminated and len(actions) < limit:
        action = choose(env.state)
        _, reward, terminated, _, _ = env.step(action)
        assert reward == 1.0
        actions.append(action)
        states.append([float(value) for value in env.state])
    return {"start": start, "actions": actions, "states": states[:40] + states[-1:], "terminated": terminated}


starts = [[random.uniform(-0.05, 0.05) for _ in range(4)] for _ in range(4)]
episodes = [episode(starts[0], lambda _: 1), episode(starts[1], lambda _: 0)]
episodes += [episode(start, lambda _: random.randrange(2)) for start in starts]
episodes += [episode(starts[2], balancing), episode([2.3, 1.0, 0.0, 0.0], balancing)]
spec = gymnasium.spec("CartPole-v1")
golden = {"max_episode_steps": spec.max_episode_steps, "reward_threshold": spec.reward_threshold, "episodes": episodes}
Path(__file__).with_suffix(".json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
