"""In which order CPython (3.8 and newer) iterates over sets of few points: writes set_order.json beside this file."""

import json
import random
from pathlib import Path

random.seed(1)
special = [0.0, -0.0, 1.0, -1.0, -2.0, -40.0, 160.0, 100.0, -100.0, 0.1, 1e-15, -1e-300, 5e-324, 2.0**61, 1e300]


def coordinate():
    return random.choice(special) if random.random() < 0.4 else random.uniform(-200, 200)


cases = []
for _ in range(120):
    points = [(coordinate(), coordinate()) for _ in range(random.randint(1, 4))]
    if random.random() < 0.2:
        points.append(points[0])
    points = points[:4]
    cases.append({"points": points, "set": list(set(points))})

Path(__file__).with_suffix(".json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
