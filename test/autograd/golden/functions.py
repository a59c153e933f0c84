"""What PyTorch gives or says for each scenario of test/autograd/functions.ts, written to functions.json.

Run: python test/autograd/golden/functions.py
"""

import json
import pathlib
import warnings

import torch
from callbacks import leaf, write
from torch.autograd import Function, gradcheck
from torch.func import jvp, vmap
from torch.utils.checkpoint import checkpoint

warnings.simplefilter("ignore")


class Square(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x, None)
        return x**2

    @staticmethod
    def backward(ctx, g):
        return 2 * g * ctx.saved_tensors[0]


def order_of_hooks():
    log = []

    def tensor_hook(g):
        log.append("tensor")
        return g * 3

    def prehook(gs):
        log.append("node")
        return tuple(g * 2 for g in gs)

    a = leaf()
    b = a.clone()
    b.grad_fn.register_prehook(prehook)
    b.register_hook(tensor_hook)
    b.grad_fn.register_prehook(prehook)
    acc = b.grad_fn.next_functions[0][0]
    a.register_hook(tensor_hook)
    acc.register_prehook(prehook)
    a.register_hook(tensor_hook)
    a.register_post_accumulate_grad_hook(lambda p: log.append("accumulated"))
    acc.register_hook(lambda i, o: log.append("after"))
    b.sum().backward()
    return [log, a.grad]


def second_of_unused():
    x, a = torch.tensor(0.5, requires_grad=True), torch.tensor(1.0, requires_grad=True)
    options = {"create_graph": True, "allow_unused": True, "materialize_grads": True}
    d = torch.autograd.grad(x * a, x, create_graph=True)
    m = torch.autograd.grad(d, x, **options)
    z = torch.autograd.grad(m, x, **options)
    return [m[0], m[0].requires_grad, z[0], z[0].requires_grad]


def under_autocast(reentrant, again=lambda run: run(), **options):
    x = torch.ones(2, 2, requires_grad=True)
    layer = torch.nn.Linear(2, 2)
    dtypes = []

    def run(a):
        y = layer(a)
        dtypes.append(str(y.dtype))
        return y.exp()

    with torch.autocast("cpu", **{"dtype": torch.bfloat16, **options}):
        y = again(lambda: checkpoint(run, x, use_reentrant=reentrant))
    y.sum().backward()
    return [dtypes, str(x.grad.dtype)]


def nested_autocast():
    def inside(run):
        with torch.autocast("cpu", enabled=False):
            return run()

    return under_autocast(False, inside)


def rule_with_parts(result):
    seen = []

    class Parts(Function):
        @staticmethod
        def forward(a, parts):
            return a + parts[0]

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def vmap(info, in_dims, a, parts):
            seen.append(in_dims)
            return result(a + parts[0])

    x = torch.ones(3, 2)
    y = vmap(lambda a: Parts.apply(a, [a, {"c": torch.ones(2), "k": 3}]))(x)
    return [y, json.dumps(seen[0], separators=(",", ":"))]


class Cube(Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(a):
        return a**3

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0])
        ctx.save_for_forward(inputs[0])
        ctx.size = inputs[0].numel()

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0] ** 2 * ctx.size

    @staticmethod
    def jvp(ctx, tangent):
        return tangent * 3 * ctx.saved_tensors[0] ** 2


def examples():
    return torch.arange(6.0).reshape(3, 2)


def generated_backward():
    x = examples().requires_grad_()
    vmap(Cube.apply)(x).sum().backward()
    return x.grad


def generated_twice():
    x = torch.arange(12.0).reshape(2, 3, 2).requires_grad_()
    vmap(vmap(Cube.apply))(x).sum().backward()
    return x.grad


def checked_forward(forward, jvp):
    """Whether gradcheck takes what a jvp makes of the tangent of a function that gives a view of its input, or itself."""
    members = {"forward": forward, "backward": lambda ctx, g: g, "jvp": jvp}
    cls = type("F", (Function,), {name: staticmethod(each) for name, each in members.items()})
    return gradcheck(cls.apply, [leaf().double().detach().requires_grad_()], check_forward_ad=True)


SCENARIOS = {
    "order of hooks": order_of_hooks,
    "second derivative of an unused input": second_of_unused,
    "checkpoint under autocast": lambda: under_autocast(False),
    "checkpoint under autocast without cache": lambda: under_autocast(False, cache_enabled=False),
    "checkpoint under autocast to float16": lambda: under_autocast(False, dtype=torch.float16),
    "checkpoint under nested autocast": nested_autocast,
    "reentrant checkpoint under autocast": lambda: under_autocast(True),
    "apply by itself": lambda: [(lambda f: f(leaf()))(Square.apply), Square.apply == Square.apply],
    "apply in gradcheck": lambda: gradcheck(Square.apply, [leaf().double()]),
    "rule for arguments in lists": lambda: rule_with_parts(lambda y: (y, 0)),
    "rule with three results": lambda: rule_with_parts(lambda y: (y, 0, 0)),
    "rule with dims for none": lambda: rule_with_parts(lambda y: (y, (0, 0))),
    "generated rule": lambda: vmap(Cube.apply)(examples()),
    "generated rule, backward": generated_backward,
    "generated rule, forward mode": lambda: jvp(vmap(Cube.apply), (examples(),), (torch.ones(3, 2),)),
    "forward mode in a generated rule": lambda: vmap(lambda a: jvp(Cube.apply, (a,), (torch.ones(2),))[1])(examples()),
    "generated rule twice": lambda: vmap(vmap(Cube.apply))(torch.ones(2, 3, 2)),
    "generated rule twice, backward": generated_twice,
    "gradcheck of an input given back": lambda: checked_forward(lambda ctx, x: x, lambda ctx, t: t.view_as(t)),
    "gradcheck of an input given back, its tangent too": lambda: checked_forward(lambda ctx, x: x, lambda ctx, t: t),
    "gradcheck of an input given back, its tangent copied": lambda: checked_forward(
        lambda ctx, x: x, lambda ctx, t: t.clone()
    ),
    "gradcheck of a view": lambda: checked_forward(lambda ctx, x: x.view(-1), lambda ctx, t: t.view(-1)),
    "gradcheck of a view, another tangent's": lambda: checked_forward(
        lambda ctx, x: x.view(-1), lambda ctx, t: t.clone().view(-1)
    ),
    "gradcheck of nothing": lambda: gradcheck(Square.apply, [leaf().double()], check_backward_ad=False),
}


if __name__ == "__main__":
    write(SCENARIOS, pathlib.Path(__file__).with_suffix(".json"))
