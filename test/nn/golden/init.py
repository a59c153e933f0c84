"""Writes init.json: what the initialisers of torch.nn.init draw. Run with a Python that has torch 2.13."""

import torch
from golden import plain, write
from torch.nn import init

golden = {}


def case(name, shape, fill, dtype=torch.float32):
    torch.manual_seed(0)
    golden[name] = plain(fill(torch.empty(shape, dtype=dtype)))


case("uniform_", (3, 4), lambda w: init.uniform_(w, -1, 2))
case("normal_", (3, 4), lambda w: init.normal_(w, 1.0, 0.5))
case("trunc_normal_", (4, 25), lambda w: init.trunc_normal_(w, std=1.5, a=-1, b=1))
case("trunc_normal_ tail", (4, 5), lambda w: init.trunc_normal_(w, mean=0.0, std=1.0, a=1.5, b=2.5))
case("constant_", (2, 2), lambda w: init.constant_(w, 0.3))
case("ones_", (2, 2), init.ones_)
case("zeros_", (2, 2), init.zeros_)
case("eye_", (2, 3), init.eye_)
case("dirac_", (4, 2, 3), lambda w: init.dirac_(w, 2))
case("dirac_ 2d", (3, 2, 3, 4), init.dirac_)
case("xavier_uniform_", (3, 4, 2), lambda w: init.xavier_uniform_(w, gain=init.calculate_gain("relu")))
case("xavier_normal_", (3, 4), init.xavier_normal_)
case("kaiming_uniform_", (3, 4), lambda w: init.kaiming_uniform_(w, mode="fan_out", nonlinearity="relu"))
case("kaiming_normal_", (3, 4), lambda w: init.kaiming_normal_(w, a=0.2))
case("orthogonal_", (3, 5), init.orthogonal_)
case("orthogonal_ tall", (5, 2, 2), lambda w: init.orthogonal_(w, gain=2), torch.float64)
case("sparse_", (6, 3), lambda w: init.sparse_(w, sparsity=0.4, std=0.1))

torch.manual_seed(0)
generator = torch.Generator().manual_seed(7)
golden["generator"] = plain(init.normal_(torch.empty(3), generator=generator))
golden["gains"] = {n: init.calculate_gain(n) for n in ("linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu")}
golden["leaky gain"] = init.calculate_gain("leaky_relu", 0.2)

write("init.json", golden)
