"""What PyTorch gives or says for each scenario of test/func/scenarios.ts, written to transforms.json.

Run: python test/func/golden/transforms.py
"""

import json
import pathlib
import warnings

import torch
from torch.autograd import forward_ad as fa
from torch.autograd import functional as F
from torch.autograd import gradcheck, gradgradcheck
from torch.func import (
    functional_call,
    grad,
    grad_and_value,
    hessian,
    jacfwd,
    jacrev,
    jvp,
    linearize,
    stack_module_state,
    vjp,
    vmap,
)
from torch.utils.checkpoint import checkpoint, checkpoint_sequential

warnings.simplefilter("ignore")

t = torch.tensor


def x():
    return torch.arange(6.0).reshape(2, 3)


def v():
    return t([0.5, 1.5, 2.5])


def leaf():
    return t([1.0, 2.0, 3.0], requires_grad=True)


class Cube(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(a):
        return a**3

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0])
        ctx.save_for_forward(inputs[0])

    @staticmethod
    def backward(ctx, g):
        (a,) = ctx.saved_tensors
        return g * 3 * a**2

    @staticmethod
    def jvp(ctx, tangent):
        (a,) = ctx.saved_tensors
        return tangent * 3 * a**2


class Power(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(a, b, k):
        return a**k * b

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0], inputs[1])
        ctx.k = inputs[2]

    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        return g * b * ctx.k * a ** (ctx.k - 1), g * a**ctx.k, None


class Scale(torch.autograd.Function):
    @staticmethod
    def forward(a, k):
        return a * k

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.k = inputs[1]

    @staticmethod
    def backward(ctx, g):
        return g * ctx.k, None

    @staticmethod
    def vmap(info, in_dims, a, k):
        return Scale.apply(a, k), in_dims[0]


class Plain(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        return a * 2

    @staticmethod
    def backward(ctx, g):
        return g * 2


class NoRule(torch.autograd.Function):
    @staticmethod
    def forward(a):
        return a * 2

    @staticmethod
    def setup_context(ctx, inputs, output):
        pass

    @staticmethod
    def backward(ctx, g):
        return g * 2


class WithJvp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_forward(a)
        return a * a

    @staticmethod
    def jvp(ctx, tangent):
        (a,) = ctx.saved_tensors
        return 2 * a * tangent


def linear():
    m = torch.nn.Linear(3, 2)
    with torch.no_grad():
        m.weight.copy_(x())
        m.bias.copy_(t([1.0, -1.0]))
    return m


def params():
    return {"weight": torch.ones(2, 3), "bias": torch.zeros(2)}


def dual(fn):
    with fa.dual_level():
        return fa.unpack_dual(fn(fa.make_dual(v(), t([1.0, 2.0, 3.0]))))


def dual_of(a, b):
    with fa.dual_level():
        return fa.make_dual(a, b)


def wrong(a):
    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return g * 3

    return Wrong.apply(a)


def double(*shape):
    return (torch.arange(float(torch.Size(shape).numel()), dtype=torch.float64).reshape(shape) / 7 + 0.25).requires_grad_()


def complex_(*shape):
    real = double(*shape).detach()
    return torch.complex(real, real.flip(-1)).requires_grad_()


def checkpointed(fn, **options):
    a = leaf()
    checkpoint(fn, a, **options).sum().backward()
    return a.grad


def counted(reentrant):
    calls = []

    def fn(a):
        calls.append(1)
        return (a * a).exp().sin()

    g = checkpointed(fn, use_reentrant=reentrant)
    return [len(calls), g]


def changing():
    calls = []

    def fn(a):
        calls.append(1)
        return a.exp() if len(calls) == 1 else (a * a).exp().sin()

    return checkpointed(fn, use_reentrant=False)


def shrinking(check):
    calls = []

    def fn(a):
        calls.append(1)
        return a.exp().sum() if len(calls) == 1 else a[:2].exp().sum()

    return checkpointed(fn, use_reentrant=False, determinism_check=check)


def with_grad(reentrant):
    a = leaf()
    return list(torch.autograd.grad(checkpoint(torch.exp, a, use_reentrant=reentrant).sum(), a))


def changed_argument():
    a = leaf().clone()
    y = checkpoint(torch.exp, a, use_reentrant=False)
    a.mul_(2)
    y.sum().backward()


def sequential():
    a = leaf()
    steps = [torch.exp, torch.sin, torch.cos, torch.tanh]
    checkpoint_sequential(steps, 2, a, use_reentrant=False).sum().backward()
    return a.grad


def escaped():
    kept = []
    grad(lambda a: kept.append(a) or a.sum())(v())
    return kept[0] + 1


def printed(kind):
    texts = []
    if kind == "vmap":
        vmap(lambda a: texts.append(repr(a)) or a)(x())
    elif kind == "grad":
        grad(lambda a: texts.append(repr(a)) or a.sum())(v())
    else:
        vmap(grad(lambda a: texts.append(repr(a)) or a.sum()))(x())
    return texts[0]


SCENARIOS = {
    "grad": lambda: grad(lambda a: a.exp().sum())(v()),
    "grad of grad": lambda: grad(grad(lambda a: a**4))(t(2.0)),
    "grad by argnums": lambda: grad(lambda a, b: (a * b).sum(), argnums=(0, 1))(v(), v() + 1),
    "grad by negative argnum": lambda: grad(lambda a, b: (a * b).sum(), argnums=-1)(v(), v() + 1),
    "grad with aux": lambda: grad(lambda a: (a.sum(), a * 2), has_aux=True)(v()),
    "grad of a dictionary": lambda: grad(lambda p: (p["a"] * p["b"]).sum())({"a": v(), "b": v() + 1}),
    "grad_and_value": lambda: grad_and_value(lambda a: (a * a).sum())(v()),
    "grad with inner autograd": lambda: grad(lambda a: torch.autograd.grad(a.exp().sum(), a, create_graph=True)[0].sum())(v()),
    "grad of a factory": lambda: grad(lambda a: (a * torch.tensor([1.0, 2.0, 3.0]) + torch.ones(3)).sum())(v()),
    "grad without dependence": lambda: grad(lambda a: torch.ones(()))(v()),
    "grad of a vector": lambda: grad(lambda a: a)(v()),
    "grad of a number": lambda: grad(lambda a: 3)(v()),
    "grad of integers": lambda: grad(lambda a: a.sum())(t([1, 2])),
    "grad of a number argument": lambda: grad(lambda a: a)(3),
    "argnum too large": lambda: grad(lambda a: a.sum(), argnums=2)(v()),
    "argnums twice": lambda: grad(lambda a: a.sum(), argnums=(0, 0))(v()),
    "no argnums": lambda: grad(lambda a: a.sum(), argnums=())(v()),
    "aux missing": lambda: grad(lambda a: a.sum(), has_aux=True)(v()),
    "requires_grad_ inside": lambda: grad(lambda a: a.requires_grad_().sum())(v()),
    "backward inside": lambda: grad(lambda a: a.sum().backward())(v()),
    "saved hooks inside": lambda: grad(saved_hooks)(v()),
    "escaped tensor": escaped,
    "vjp": lambda: vjp(lambda a: a.exp(), v())[1](torch.ones(3)),
    "vjp of two": lambda: vjp(lambda a, b: (a * b, a.sum()), v(), v())[1]((torch.ones(3), t(2.0))),
    "vjp of another structure": lambda: vjp(lambda a: a * 2, v())[1]((v(), v())),
    "vjp of booleans": lambda: vjp(lambda a: a > 1, v()),
    "vjp of nothing": lambda: vjp(lambda a: None, v()),
    "jvp": lambda: jvp(lambda a: a.sin(), (v(),), (torch.ones(3),)),
    "jvp of jvp": lambda: jvp(lambda b: jvp(lambda a: a**3, (b,), (torch.ones(3),))[1], (v(),), (torch.ones(3),)),
    "jvp of grad": lambda: jvp(grad(lambda a: (a**3).sum()), (v(),), (torch.ones(3),)),
    "jvp with aux": lambda: jvp(lambda a: (a.exp(), a * 2), (v(),), (torch.ones(3),), has_aux=True),
    "jvp without tuple": lambda: jvp(lambda a: a, v(), v()),
    "jvp of another structure": lambda: jvp(lambda a: a, (v(),), (v(), v())),
    "jvp of another size": lambda: jvp(lambda a: a, (v(),), (t([1.0]),)),
    "jvp of a number": lambda: jvp(lambda a: 3, (v(),), (v(),)),
    "jvp strict": lambda: jvp(lambda a: torch.ones(2), (v(),), (v(),), strict=True),
    "jacrev": lambda: jacrev(lambda a: a**2)(v()),
    "jacrev in chunks": lambda: jacrev(lambda a: a**2, chunk_size=2)(v()),
    "jacrev one by one": lambda: jacrev(lambda a: a**2, chunk_size=1)(v()),
    "jacrev of two": lambda: jacrev(lambda a, b: (a * b, a.sum()), argnums=(0, 1))(v(), v() + 1),
    "jacrev of complex": lambda: jacrev(lambda a: a * 2)(v().to(torch.complex64)),
    "jacrev of chunk 0": lambda: jacrev(lambda a: a * 2, chunk_size=0)(v()),
    "jacfwd": lambda: jacfwd(lambda a: a.sin())(v()),
    "jacfwd of two": lambda: jacfwd(lambda a, b: (a * b, a.sum()), argnums=(0, 1))(v(), v() + 1),
    "jacfwd with aux": lambda: jacfwd(lambda a: (a.sin(), a * 2), has_aux=True)(v()),
    "hessian": lambda: hessian(lambda a: (a**3).sum())(v()),
    "hessian of two": lambda: hessian(lambda a, b: (a * a * b).sum(), argnums=(0, 1))(v(), v() + 1),
    "linearize": lambda: [linearize(lambda a: a.sin(), v())[0], linearize(lambda a: a.sin(), v())[1](torch.ones(3))],
    "vmap": lambda: vmap(torch.dot)(x(), x() + 1),
    "vmap of vmap": lambda: vmap(vmap(torch.mul))(x(), x()),
    "vmap of grad": lambda: vmap(grad(lambda a: a.exp().sum()))(x()),
    "vmap of jacrev": lambda: vmap(jacrev(lambda a: a**2))(x()),
    "vmap over columns": lambda: vmap(lambda a: a.sum(), in_dims=1)(x()),
    "vmap over a negative dim": lambda: vmap(lambda a: a.sum(), in_dims=-1)(x()),
    "vmap with shared": lambda: vmap(lambda a, b: a * b, in_dims=(0, None))(x(), v()),
    "vmap to a dim": lambda: vmap(lambda a: (a, a), out_dims=(0, 1))(x()),
    "vmap to none": lambda: vmap(lambda a: (a, 3), out_dims=(0, None))(x()),
    "vmap in chunks": lambda: vmap(lambda a: a.cumsum(0), chunk_size=1)(x()),
    "vmap of a dictionary": lambda: vmap(lambda p: {"s": p["a"] + p["b"]}, in_dims=({"a": 0, "b": None},))({"a": x(), "b": v()}),
    "vmap of a constant": lambda: vmap(lambda a: torch.ones(2))(x()),
    "vmap without inputs": lambda: vmap(lambda a: a)(),
    "vmap of a number": lambda: vmap(lambda a: a)(3),
    "vmap to a number": lambda: vmap(lambda a: 3)(x()),
    "vmap over a missing dim": lambda: vmap(lambda a: a, in_dims=2)(x()),
    "vmap over two sizes": lambda: vmap(lambda a, b: a)(x(), torch.ones(3)),
    "vmap over nothing": lambda: vmap(lambda a: a, in_dims=(None,))(x()),
    "vmap with other in_dims": lambda: vmap(lambda a, b: a, in_dims=(0,))(x(), x()),
    "vmap with other out_dims": lambda: vmap(lambda a: a, out_dims=(0, 1))(x()),
    "vmap of item": lambda: vmap(lambda a: a.sum().item())(x()),
    "vmap of nonzero": lambda: vmap(lambda a: a.nonzero())(x()),
    "vmap of random": lambda: vmap(lambda a: a + torch.randn(3))(x()),
    "vmap of another randomness": lambda: vmap(lambda a: a, randomness="some")(x()),
    "vmap in place on shared": lambda: vmap(lambda a: v().add_(a))(x()),
    "printed in vmap": lambda: printed("vmap"),
    "printed in grad": lambda: printed("grad"),
    "printed in both": lambda: printed("both"),
    "custom function in grad": lambda: grad(lambda a: Cube.apply(a).sum())(v()),
    "custom function in grad of grad": lambda: grad(lambda a: grad(lambda b: Cube.apply(b).sum())(a).sum())(v()),
    "custom function in vmap": lambda: vmap(Cube.apply)(x()),
    "custom function in vmap of grad": lambda: vmap(grad(lambda a: Cube.apply(a).sum()))(x()),
    "custom function in grad of vmap": lambda: grad(lambda a: vmap(Cube.apply)(a).sum())(x()),
    "custom function in jvp": lambda: jvp(Cube.apply, (v(),), (torch.ones(3),)),
    "custom function in hessian": lambda: jacrev(jacrev(lambda a: Cube.apply(a).sum()))(v()),
    "custom function of several in vmap": lambda: vmap(lambda a, b: Power.apply(a, b, 3), in_dims=(0, None))(x(), v()),
    "custom function of several in grad of vmap": lambda: grad(lambda a, b: vmap(lambda c, d: Power.apply(c, d, 3), in_dims=(0, None))(a, b).sum(), argnums=(0, 1))(x(), v()),
    "custom vmap rule": lambda: vmap(lambda a: Scale.apply(a, 3))(x()),
    "custom vmap rule in grad": lambda: grad(lambda a: vmap(lambda b: Scale.apply(b, 3))(a).sum())(x()),
    "custom function without rule": lambda: vmap(NoRule.apply)(x()),
    "custom function with ctx": lambda: grad(lambda a: Plain.apply(a).sum())(v()),
    "functional_call": lambda: functional_call(linear(), params(), x()),
    "functional_call of some": lambda: functional_call(linear(), {"bias": torch.zeros(2)}, (x(),)),
    "functional_call of several": lambda: functional_call(linear(), [{"weight": torch.ones(2, 3)}, {"bias": torch.zeros(2)}], x()),
    "functional_call twice": lambda: functional_call(linear(), [params(), params()], x()),
    "functional_call strict": lambda: functional_call(linear(), {"weight": torch.ones(2, 3), "more": v()}, x(), strict=True),
    "grad of functional_call": lambda: grad(lambda p: functional_call(linear(), p, x()).sum())(params()),
    "stacked models": lambda: stacked(),
    "no models": lambda: stack_module_state([]),
    "dual": lambda: dual(torch.exp),
    "dual of a constant": lambda: dual(lambda a: torch.ones(3)),
    "dual of a custom function": lambda: dual(WithJvp.apply),
    "dual of a function without jvp": lambda: dual(Plain.apply),
    "dual outside": lambda: fa.make_dual(v(), v()),
    "dual of another size": lambda: dual_of(v(), t([1.0])),
    "dual of integers": lambda: dual_of(t([1]), t([1.0])),
    "dual with integers": lambda: dual_of(v(), t([1, 2, 3])),
    "nested dual level": lambda: nested_dual(),
    "functional jacobian": lambda: F.jacobian(lambda a: a**2, v()),
    "functional jacobian of two": lambda: F.jacobian(lambda a, b: (a * b, b.sum()), (v(), v() + 1)),
    "functional jacobian at once": lambda: F.jacobian(lambda a, b: (a * b, b.sum()), (v(), v() + 1), vectorize=True),
    "functional jacobian forwards": lambda: F.jacobian(lambda a: a.sin(), v(), vectorize=True, strategy="forward-mode"),
    "functional jacobian forwards one by one": lambda: F.jacobian(lambda a: a, v(), strategy="forward-mode"),
    "functional jacobian of another strategy": lambda: F.jacobian(lambda a: a, v(), strict=True, vectorize=True),
    "functional jacobian strict": lambda: F.jacobian(lambda a: torch.ones(2), v(), strict=True),
    "functional jacobian of a number": lambda: F.jacobian(lambda a: 3, v()),
    "functional jacobian at a number": lambda: F.jacobian(lambda a: a, 3),
    "functional hessian": lambda: F.hessian(lambda a: (a**3).sum(), v()),
    "functional hessian of two": lambda: F.hessian(lambda a, b: (a * a * b).sum(), (v(), v() + 1)),
    "functional hessian at once": lambda: F.hessian(lambda a: (a**3).sum(), v(), vectorize=True),
    "functional hessian forwards": lambda: F.hessian(lambda a: (a**3).sum(), v(), vectorize=True, outer_jacobian_strategy="forward-mode"),
    "functional hessian of a vector": lambda: F.hessian(lambda a: a**3, v()),
    "functional vjp": lambda: F.vjp(lambda a: a**2, v(), torch.ones(3)),
    "functional vjp without v": lambda: F.vjp(lambda a: a**2, v()),
    "functional vjp of another size": lambda: F.vjp(lambda a: a**2, v(), torch.ones(2)),
    "functional jvp": lambda: F.jvp(lambda a: a**2, v(), torch.ones(3)),
    "functional jvp without v": lambda: F.jvp(lambda a: a**2, v()),
    "functional hvp": lambda: F.hvp(lambda a: (a**3).sum(), v(), torch.ones(3)),
    "functional vhp": lambda: F.vhp(lambda a: (a**3).sum(), v(), torch.ones(3)),
    "functional vhp strict": lambda: F.vhp(lambda a: a.sum(), v(), torch.ones(3), strict=True),
    "batched gradients": lambda: batched_gradients(),
    "gradcheck": lambda: gradcheck(lambda a, b: (a * b).exp(), (double(2, 2), double(2, 2)), check_batched_grad=True, check_forward_ad=True, check_batched_forward_grad=True),
    "gradcheck fast": lambda: gradcheck(lambda a, b: (a * b).exp(), (double(2, 2), double(2, 2)), fast_mode=True, check_forward_ad=True),
    "gradcheck of complex": lambda: gradcheck(lambda a: a.exp(), complex_(3), check_forward_ad=True),
    "gradcheck of complex to real": lambda: gradcheck(lambda a: a.abs(), complex_(3)),
    "gradcheck of a wrong gradient": lambda: gradcheck(wrong, double(2)),
    "gradcheck that may be wrong": lambda: gradcheck(wrong, double(2), raise_exception=False),
    "gradcheck without gradient": lambda: gradcheck(lambda a: a, torch.ones(2)),
    "gradcheck of overlap": lambda: gradcheck(lambda a: a, torch.ones(1, dtype=torch.float64).expand(3).requires_grad_()),
    "gradcheck of nothing": lambda: gradcheck(lambda a: a, double(2), check_backward_ad=False),
    "gradgradcheck": lambda: gradgradcheck(lambda a: (a**3).sum(), double(3)),
    "gradgradcheck both ways": lambda: gradgradcheck(lambda a: (a**3).sum(), double(3), check_fwd_over_rev=True, check_batched_grad=True),
    "checkpoint": lambda: counted(False),
    "checkpoint reentrant": lambda: counted(True),
    "checkpoint that changes": changing,
    "checkpoint that shrinks": lambda: shrinking("default"),
    "checkpoint with grad": lambda: with_grad(False),
    "reentrant checkpoint with grad": lambda: with_grad(True),
    "checkpoint with a changed argument": changed_argument,
    "checkpoint of another check": lambda: shrinking("some"),
    "checkpoint with an unknown option": lambda: checkpoint(torch.exp, leaf(), use_reentrant=True, unknown=3),
    "reentrant checkpoint with contexts": lambda: checkpoint(torch.exp, leaf(), use_reentrant=True, debug=True),
    "checkpoint of a sequence": sequential,
}


def saved_hooks(a):
    with torch.autograd.graph.saved_tensors_hooks(lambda b: b, lambda b: b):
        return a.exp().sum()


def stacked():
    models = [linear(), linear()]
    run = lambda p, a: functional_call(models[0], p, a)  # noqa: E731
    return vmap(run, in_dims=(0, None))(stack_module_state(models)[0], x())


def nested_dual():
    with fa.dual_level():
        with fa.dual_level():
            pass


def batched_gradients():
    a = leaf()
    return list(torch.autograd.grad(a**2, a, torch.eye(3), is_grads_batched=True))


def plain(value):
    if isinstance(value, torch.Tensor):
        return torch.view_as_real(value).tolist() if value.is_complex() else value.tolist()
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value if isinstance(value, (str, int, float, bool)) else None


def outcome(scenario):
    try:
        return {"value": plain(scenario())}
    except Exception as error:  # noqa: BLE001
        return {"error": type(error).__name__, "message": str(error)}


if __name__ == "__main__":
    results = {name: outcome(scenario) for name, scenario in SCENARIOS.items()}
    path = pathlib.Path(__file__).with_name("transforms.json")
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
