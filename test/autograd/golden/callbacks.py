"""What PyTorch gives or says for each scenario of test/autograd/scenarios.ts, written to callbacks.json.

Run: python test/autograd/golden/callbacks.py
"""

import json
import pathlib
import warnings

import torch
from torch.autograd import Function
from torch.autograd import graph
from torch.autograd.function import once_differentiable

warnings.simplefilter("ignore")


def leaf():
    return torch.tensor([1.0, 2.0, 3.0], requires_grad=True)


def hooked(register):
    a = leaf()
    b = a * 2
    register(a, b)
    b.sum().backward()
    return a.grad


def saved(pack, unpack):
    a = leaf()
    with graph.saved_tensors_hooks(pack, unpack):
        b = a * a
    b.sum().backward()
    return a.grad


def function(forward, backward=None, setup_context=None):
    members = {"forward": staticmethod(forward)}
    if backward:
        members["backward"] = staticmethod(backward)
    if setup_context:
        members["setup_context"] = staticmethod(setup_context)
    return type("F", (Function,), members)


def through(cls, *args):
    a = leaf()
    cls.apply(a, *args).sum().backward()
    return a.grad


def double(ctx, x):
    return x * 2


def save_number(ctx, x):
    ctx.save_for_backward(3)
    return x * 2


def in_place(ctx, x):
    ctx.mark_dirty(x)
    return x.mul_(2)


def not_returned(ctx, x):
    ctx.mark_dirty(x)
    return x * 2


def with_mask(ctx, x):
    mask = x > 1
    ctx.mark_non_differentiable(mask)
    return x * 2, mask


def view_changed():
    y = function(lambda ctx, x: x.view(-1), lambda ctx, g: g).apply(leaf().clone())
    y.mul_(2)
    return y


class Exp(Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, g):
        _, y = ctx.saved_tensors
        return g * y


class Once(Exp):
    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        _, y = ctx.saved_tensors
        return g * y


class Both(Exp):
    @staticmethod
    def vjp(ctx, g):
        return g


def twice(cls):
    x = leaf()
    (g,) = torch.autograd.grad(cls.apply(x).pow(2).sum(), x, create_graph=True)
    return torch.autograd.grad(g.sum(), x)[0]


def backward_twice():
    y = Exp.apply(leaf()).sum()
    y.backward()
    y.backward()


def changed_before_backward():
    x = leaf().clone()
    y = Exp.apply(x)
    x.mul_(2)
    y.sum().backward()


def one_of_two(materialize):
    def forward(ctx, x):
        ctx.set_materialize_grads(materialize)
        return x * 2, x * 3

    seen = []

    def backward(ctx, g, h):
        seen.append(h)
        return g

    x = leaf()
    function(forward, backward).apply(x)[0].sum().backward()
    return seen[0]


def disabled_hooks():
    with graph.disable_saved_tensors_hooks("no hooks"):
        with graph.save_on_cpu():
            pass


def disabled_inside():
    with graph.save_on_cpu():
        with graph.disable_saved_tensors_hooks("no hooks"):
            pass


def grads(*args, **kwargs):
    return list(torch.autograd.grad(*args, **kwargs))


def edge():
    x = leaf()
    y = x * 2
    z = y * y
    return grads(z.sum(), [graph.get_gradient_edge(y), graph.get_gradient_edge(x)])


def edge_root(*gradient):
    x = leaf()
    y = x * 2
    return grads(graph.get_gradient_edge(y), x, *gradient)


def unused(**options):
    x, z = leaf(), leaf()
    return grads((x * 2).sum(), [x, z], **options)


def accumulated_gives(hook, raising=False):
    a = leaf()
    seen = []
    a.register_post_accumulate_grad_hook(hook)
    a.register_post_accumulate_grad_hook(lambda p: seen.append(p.tolist()))
    try:
        a.sum().backward()
    except RuntimeError as error:
        if raising:
            raise
        seen.append(str(error))
    return [*seen, a.grad]


def next_removed(first, second=None):
    a = leaf()
    b = a * 2
    order = []

    def once(*gradients):
        order.append("first")
        handle.remove()

    first(a, b)(once)
    handle = (second or first)(a, b)(lambda *gradients: order.append("second"))
    b.sum().backward(retain_graph=True)
    b.sum().backward()
    return order


def of_non_differentiable(zeros):
    seen = []

    def forward(ctx, x):
        ctx._materialize_non_diff_grads = zeros
        mask = x * 3
        ctx.mark_non_differentiable(mask)
        return x * 2, x * 5, mask

    def backward(ctx, *gradients):
        seen.extend(gradients)
        return gradients[0]

    outputs = function(forward, backward).apply(leaf())
    outputs[0].sum().backward()
    return [*seen, outputs[0].grad_fn._materialize_non_diff_grads]


SCENARIOS = {
    "tensor hook replaces": lambda: hooked(lambda a, b: b.register_hook(lambda g: g * 3)),
    "tensor hook of a leaf": lambda: hooked(lambda a, b: a.register_hook(lambda g: g * 3)),
    "tensor hook gives nothing": lambda: hooked(lambda a, b: b.register_hook(lambda g: None)),
    "tensor hook of another size": lambda: hooked(lambda a, b: b.register_hook(lambda g: g[:2])),
    "tensor hook of another dtype": lambda: hooked(lambda a, b: b.register_hook(lambda g: g.double())),
    "removed tensor hook": lambda: hooked(lambda a, b: b.register_hook(lambda g: g * 3).remove()),
    "tensor hook without gradient": lambda: torch.ones(2).register_hook(lambda g: None),
    "retain_grad and hook": lambda: hooked_retain(),
    "node hook replaces": lambda: hooked(lambda a, b: b.grad_fn.register_hook(lambda i, o: (i[0] * 2, None))),
    "node hook of fewer": lambda: hooked(lambda a, b: b.grad_fn.register_hook(lambda i, o: (i[0] * 2,))),
    "node hook for none": lambda: hooked(lambda a, b: b.grad_fn.register_hook(lambda i, o: (i[0], o[0]))),
    "node hook of another size": lambda: hooked(lambda a, b: b.grad_fn.register_hook(lambda i, o: (i[0][:2], None))),
    "node hook gives a tensor": lambda: hooked(lambda a, b: b.grad_fn.register_hook(lambda i, o: i[0])),
    "prehook replaces": lambda: hooked(lambda a, b: b.grad_fn.register_prehook(lambda o: (o[0] * 3,))),
    "prehook of fewer": lambda: hooked(lambda a, b: b.grad_fn.register_prehook(lambda o: ())),
    "prehook gives none": lambda: hooked(lambda a, b: b.grad_fn.register_prehook(lambda o: (None,))),
    "accumulated hook of a non-leaf": lambda: hooked(
        lambda a, b: b.register_post_accumulate_grad_hook(lambda p: None)
    ),
    "accumulated hook": lambda: hooked(lambda a, b: a.register_post_accumulate_grad_hook(scale)),
    "accumulated hooks give a tensor": lambda: accumulated_gives(lambda p: p.grad * 2),
    "accumulated hooks give the parameter": lambda: accumulated_gives(lambda p: p),
    "accumulated hook gives a number": lambda: accumulated_gives(lambda p: 3, raising=True),
    "accumulated hook gives another size": lambda: accumulated_gives(lambda p: torch.ones(5), raising=True),
    "tensor hook removes the next": lambda: next_removed(lambda a, b: b.register_hook),
    "tensor hook of a leaf removes the next": lambda: next_removed(lambda a, b: a.register_hook),
    "node hook removes the next": lambda: next_removed(lambda a, b: b.grad_fn.register_hook),
    "prehook removes the next": lambda: next_removed(lambda a, b: b.grad_fn.register_prehook),
    "accumulated hook removes the next": lambda: next_removed(lambda a, b: a.register_post_accumulate_grad_hook),
    "prehook removes a node hook": lambda: next_removed(
        lambda a, b: b.grad_fn.register_prehook, lambda a, b: b.grad_fn.register_hook
    ),
    "tensor hook removes a prehook": lambda: next_removed(
        lambda a, b: b.register_hook, lambda a, b: b.grad_fn.register_prehook
    ),
    "accumulated hook without gradient": lambda: torch.ones(2).register_post_accumulate_grad_hook(lambda p: None),
    "saved hooks": lambda: saved(lambda x: [x.detach() * 2], lambda x: x[0]),
    "saved hooks of another size": lambda: saved(lambda x: x, lambda x: x[:2]),
    "pack changes its input": lambda: saved(lambda x: x.mul_(2), lambda x: x),
    "saved hooks disabled": disabled_hooks,
    "saved hooks disabled inside": disabled_inside,
    "edge of no gradient": lambda: graph.get_gradient_edge(torch.ones(2)),
    "gradients of edges": edge,
    "edge as output": lambda: edge_root(torch.ones(3)),
    "edge as output without gradient": lambda: edge_root(),
    "unused input": lambda: unused(),
    "unused input allowed": lambda: unused(allow_unused=True),
    "unused input as zeros": lambda: unused(materialize_grads=True),
    "unused refused but zeros": lambda: unused(materialize_grads=True, allow_unused=False),
    "no inputs": lambda: grads(leaf().sum(), []),
    "root without graph": lambda: torch.ones(1).backward(),
    "root of several elements": lambda: leaf().mul(2).backward(),
    "complex root": lambda: torch.ones(1, dtype=torch.complex64, requires_grad=True).sum().backward(),
    "gradient of another shape": lambda: leaf().mul(2).backward(torch.ones(2)),
    "complex gradient": lambda: leaf().mul(2).backward(torch.ones(3, dtype=torch.complex64)),
    "gradient for what needs none": lambda: grads(leaf().sum(), torch.ones(3)),
    "empty backward inputs": lambda: leaf().sum().backward(inputs=[]),
    "too many gradients": lambda: through(function(double, lambda ctx, g: (g, g))),
    "trailing nones": lambda: through(function(double, lambda ctx, g: (g, None, None))),
    "too few gradients": lambda: through(function(lambda ctx, x, k: x * k, lambda ctx, g: g), 3),
    "gradient of a number": lambda: through(function(lambda ctx, x, k: x * k, lambda ctx, g: (g, g)), 3),
    "gradient of another size": lambda: through(function(double, lambda ctx, g: g[:2])),
    "no backward": lambda: through(function(double)),
    "no forward": lambda: type("F", (Function,), {}).apply(leaf()),
    "both backward and vjp": lambda: through(Both),
    "save a number": lambda: function(save_number).apply(leaf()),
    "leaf in place": lambda: function(in_place, lambda ctx, g: g).apply(leaf()),
    "in place": lambda: function(in_place, lambda ctx, g: g * 2).apply(leaf().clone()),
    "dirty but not returned": lambda: function(not_returned, lambda ctx, g: g).apply(leaf().clone()),
    "non-differentiable output": lambda: [
        y.requires_grad for y in function(with_mask, lambda ctx, g, h: g).apply(leaf())
    ],
    "view changed in place": view_changed,
    "custom function": lambda: through(Exp),
    "its name": lambda: Exp.apply(leaf()).grad_fn.name(),
    "its text": lambda: repr(Exp.apply(leaf())),
    "second derivative": lambda: twice(Exp),
    "once differentiable": lambda: through(Once),
    "once differentiable twice": lambda: twice(Once),
    "backward twice": backward_twice,
    "changed before backward": changed_before_backward,
    "missing gradient as zeros": lambda: one_of_two(True),
    "missing gradient as none": lambda: one_of_two(False),
    "gradient of no derivative as zeros": lambda: of_non_differentiable(True),
    "gradient of no derivative as none": lambda: of_non_differentiable(False),
    "setup_context": lambda: through(
        function(
            lambda x: x.exp(),
            lambda ctx, g: g * ctx.saved_tensors[0],
            lambda ctx, inputs, output: ctx.save_for_backward(output),
        )
    ),
}


def scale(p):
    p.grad *= 10


def hooked_retain():
    a = leaf()
    b = a * 2
    b.retain_grad()
    b.register_hook(lambda g: g * 3)
    b.sum().backward()
    return [a.grad, b.grad]


def plain(value):
    if isinstance(value, torch.Tensor):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value if isinstance(value, (str, int, float, bool)) else None


def outcome(scenario):
    try:
        return {"value": plain(scenario())}
    except Exception as error:  # noqa: BLE001
        return {"error": type(error).__name__, "message": str(error)}


def write(scenarios, path):
    results = {name: outcome(scenario) for name, scenario in scenarios.items()}
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    write(SCENARIOS, pathlib.Path(__file__).with_suffix(".json"))
