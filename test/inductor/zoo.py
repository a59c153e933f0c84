"""Compiles the packages that the suite beside it loads, with reference Python and its compiler. Usage: python zoo.py FOLDER

model.pt2 takes a batch of any size, an argument by name with a structure, and has all its weights as constants.
"""

import pathlib
import sys

import torch
import torch._inductor.config
from torch import nn

torch._inductor.config.always_keep_tensor_constants = True
FOLDER = pathlib.Path(sys.argv[1]).resolve()


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))

    def forward(self, x, options):
        y = self.net(x) * options["scale"]
        return {"y": y, "both": (y + 1, x.sum())}


def main():
    torch.manual_seed(0)
    model = Model().eval()
    batch = torch.export.Dim("batch", min=1, max=512)
    args, kwargs = (torch.randn(16, 4),), {"options": {"scale": torch.tensor(2.0)}}
    dynamic = {"x": {0: batch}, "options": {"scale": None}}
    with torch.no_grad():
        program = torch.export.export(model, args, kwargs, dynamic_shapes=dynamic)
        torch._inductor.aoti_compile_and_package(program, package_path=str(FOLDER / "model.pt2"))
        run = torch._inductor.aoti_load_package(str(FOLDER / "model.pt2"))
        calls = [(torch.randn(n, 4), torch.tensor(s)) for n, s in ((16, 2.0), (1, 0.5), (100, 1.0))]
        results = [run(x, options={"scale": scale}) for x, scale in calls]
    golden = {"calls": calls, "results": results, "state": model.state_dict(), "names": run.get_constant_fqns()}
    torch.save(golden, FOLDER / "golden.pt")


if __name__ == "__main__":
    main()
