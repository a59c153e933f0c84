"""Prints the actions of the submission in the folder of argv[1] for observations that come on stdin, both as JSON."""

import json
import sys

sys.path.insert(0, sys.argv[1])
from submission import my_controller  # noqa: E402

actions = []
for i, pixels in enumerate(json.load(sys.stdin)):
    observation = {"obs": {"agent_obs": pixels, "id": "team_0"}, "controlled_player_index": 0}
    (force,), (turn,) = my_controller(observation, None)
    actions.append([force, turn])
print(json.dumps(actions))
