"""A wrestler for the Jidi platform: a policy network that was trained by tsorch, run by PyTorch."""

from pathlib import Path

import torch
from torch import nn

RED, BLUE = 10, 8
FORCE_MIDDLE, FORCE_HALF = 50.0, 150.0
TURN_MIDDLE, TURN_HALF = 0.0, 30.0


class PolicyNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(1600, 400), nn.ReLU(), nn.Linear(400, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(),
            nn.Linear(64, 2), nn.Tanh(),
        )

    def forward(self, observation):
        if observation[31, 19] == BLUE:  # a pixel of the wrestler itself: see the stage as if it were red
            red, blue = observation == RED, observation == BLUE
            observation = torch.where(red, torch.tensor(float(BLUE)), observation)
            observation = torch.where(blue, torch.tensor(float(RED)), observation)
        return self.net((observation * 0.1).flatten())


model = PolicyNet()
model.load_state_dict(torch.load(str(Path(__file__).resolve().parent / "policy.pt"), map_location="cpu"))
model.eval()


def my_controller(observation, action_space, is_act_continuous=True):
    """The action as the platform wants it: a list of a force and a list of a turn."""
    pixels = torch.as_tensor(observation["obs"]["agent_obs"], dtype=torch.float32)
    with torch.no_grad():
        force, turn = model(pixels).tolist()
    return [[force * FORCE_HALF + FORCE_MIDDLE], [turn * TURN_HALF + TURN_MIDDLE]]
