"""Writes utils.json: what torch.nn.utils computes. Run with a Python that has torch 2.13."""

import warnings

import torch
from golden import plain, write
from torch import nn
from torch.nn import utils
from torch.nn.utils import parametrizations, parametrize, prune

warnings.simplefilter("ignore")
golden = {}


def state(module):
    return {k: plain(v) for k, v in module.state_dict().items()}


def seeded(make):
    torch.manual_seed(0)
    return make()


# gradients
layer = seeded(lambda: nn.Linear(3, 2))
for name, clip in {
    "norm 2": lambda p: utils.clip_grad_norm_(p, 0.5),
    "norm 1": lambda p: utils.clip_grad_norm_(p, 10.0, norm_type=1),
    "norm inf": lambda p: utils.clip_grad_norm_(p, 0.1, norm_type=float("inf")),
    "value": lambda p: utils.clip_grad_value_(p, 0.4),
}.items():
    layer.zero_grad()
    layer(torch.tensor([[1.0, -2.0, 0.5]])).sum().backward()
    golden[f"clip {name}"] = {"total": plain(clip(layer.parameters())), "grads": plain([p.grad for p in layer.parameters()])}
golden["total norm"] = plain(utils.get_total_norm([torch.ones(2), torch.full((3,), 2.0, dtype=torch.float64)]))

# vectors
golden["vector"] = plain(utils.parameters_to_vector(layer.parameters()))

x = seeded(lambda: torch.randn(4, 3))


def trace(name, module, x):
    """State, text and results over two calls."""
    outs = [module(x), module(x)]
    outs[1].sum().backward()
    golden[name] = {
        "repr": repr(module),
        "state": state(module),
        "outs": plain(outs),
        "grads": plain([p.grad for p in module.parameters()]),
    }


trace("weight_norm", seeded(lambda: utils.weight_norm(nn.Linear(3, 2))), x)
trace("weight_norm dim", seeded(lambda: utils.weight_norm(nn.Linear(3, 2), dim=None)), x)
trace("spectral_norm", seeded(lambda: utils.spectral_norm(nn.Linear(3, 2), n_power_iterations=2)), x)
trace("parametrized weight_norm", seeded(lambda: parametrizations.weight_norm(nn.Linear(3, 2), dim=1)), x)
trace("parametrized spectral_norm", seeded(lambda: parametrizations.spectral_norm(nn.Linear(3, 2))), x)
for kind in ("matrix_exp", "cayley", "householder"):
    trace(f"orthogonal {kind}", seeded(lambda: parametrizations.orthogonal(nn.Linear(3, 3), orthogonal_map=kind)), x)
trace("orthogonal wide", seeded(lambda: parametrizations.orthogonal(nn.Linear(3, 2))), x)
trace(
    "orthogonal plain",
    seeded(lambda: parametrizations.orthogonal(nn.Linear(3, 3), orthogonal_map="cayley", use_trivialization=False)),
    x,
)


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).mT

    def right_inverse(self, x):
        return x.triu()


class Double(nn.Module):
    def forward(self, x):
        return 2 * x


def symmetric():
    layer = nn.Linear(3, 3)
    parametrize.register_parametrization(layer, "weight", Symmetric())
    return parametrize.register_parametrization(layer, "weight", Double())


layer = seeded(symmetric)
trace("parametrized", layer, x)
parametrize.remove_parametrizations(layer, "weight")
golden["parametrization removed"] = {"repr": repr(layer), "state": state(layer)}

# pruning
def pruned(name, cut):
    layer = seeded(lambda: nn.Linear(6, 4))
    cut(layer)
    golden[f"prune {name}"] = {"state": state(layer), "weight": plain(layer.weight)}
    return layer


pruned("l1", lambda m: prune.l1_unstructured(m, "weight", amount=0.3))
pruned("l1 count", lambda m: prune.l1_unstructured(m, "weight", 5, importance_scores=m.weight.detach().square()))
pruned("random", lambda m: prune.random_unstructured(m, name="weight", amount=0.4))
pruned("random structured", lambda m: prune.random_structured(m, "weight", amount=0.5, dim=1))
pruned("ln", lambda m: prune.ln_structured(m, "weight", amount=2, n=2, dim=0))
pruned("mask", lambda m: prune.custom_from_mask(m, "bias", mask=torch.tensor([0, 1, 1, 0])))
pruned("identity", lambda m: prune.identity(m, "bias"))
pruned("twice", lambda m: (prune.l1_unstructured(m, "weight", amount=0.2), prune.ln_structured(m, "weight", amount=0.5, n=1, dim=1)))
layer = pruned("removed", lambda m: (prune.l1_unstructured(m, "weight", amount=0.5), prune.remove(m, "weight")))
a, b = seeded(lambda: (nn.Linear(3, 3), nn.Linear(3, 2)))
prune.global_unstructured([(a, "weight"), (b, "weight")], pruning_method=prune.L1Unstructured, amount=0.4)
golden["prune global"] = {"state": {**state(a), **{f"b.{k}": v for k, v in state(b).items()}}}

# fusion
conv, bn = seeded(lambda: (nn.Conv2d(2, 3, 2), nn.BatchNorm2d(3)))
bn(torch.randn(4, 3, 2, 2))
golden["fuse conv"] = {"state": state(utils.fuse_conv_bn_eval(conv.eval(), bn.eval()))}
linear, bn = seeded(lambda: (nn.Linear(2, 3, bias=False), nn.BatchNorm1d(3)))
bn(torch.randn(4, 3))
linear.eval()
bn.eval()
fused = utils.fuse_linear_bn_weights(linear.weight, None, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias)
golden["fuse linear"] = plain(list(fused))

write("utils.json", golden)
