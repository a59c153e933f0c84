"""Writes transforms.json: what PyTorch's transforms compute and print.

    cd test/distributions/golden && python transforms.py
"""

import torch

from common import Maker, attempt, gradients, make, new, plain, tensor, write

T = tensor
X = T([[-1.5, 0.0, 0.4], [2.0, -0.3, 30.0]])
U = T([[0.5, 1.0, 2.5]])
M = T([[[0.5, 1.0], [-2.0, 0.3]]])
AFFINE = new("AffineTransform", loc=1.0, scale=-2.0)
CASES = [
    (new("AbsTransform"), X),
    (AFFINE, X),
    (new("AffineTransform", loc=T([0.0, 1.0, 2.0]), scale=T([1.0, -2.0, 0.5])), X),
    (new("AffineTransform", loc=0.0, scale=T([1.0, -2.0, 0.5]), event_dim=1), X),
    (new("AffineTransform", loc=0.0, scale=3.0, event_dim=2), X),
    (new("ExpTransform"), X),
    ({**new("ExpTransform"), "inverse": True}, U),
    (new("PowerTransform", exponent=2.0), U),
    (new("PowerTransform", exponent=T([-1.0, 0.5, 3.0])), U),
    (new("SigmoidTransform"), X),
    (new("SoftplusTransform"), X),
    (new("TanhTransform"), X),
    (new("SoftmaxTransform"), X),
    (new("StickBreakingTransform"), X),
    (new("CorrCholeskyTransform"), T([[0.3, -1.0, 2.0]])),
    (new("LowerCholeskyTransform"), M),
    (new("PositiveDefiniteTransform"), M),
    (new("ReshapeTransform", in_shape=[3], out_shape=[3, 1]), X),
    (new("CumulativeDistributionTransform", distribution=new("Normal", loc=0.5, scale=2.0)), X),
    (new("IndependentTransform", base_transform=new("ExpTransform"), reinterpreted_batch_ndims=1), X),
    (new("ComposeTransform", parts=[AFFINE, new("TanhTransform")]), X),
    (new("ComposeTransform", parts=[new("ExpTransform"), new("SoftmaxTransform")]), X),
    (new("ComposeTransform", parts=[AFFINE, new("StickBreakingTransform")]), T([[0.1, -0.2]])),
    (new("ComposeTransform", parts=[]), X),
    (new("CatTransform", tseq=[new("ExpTransform"), AFFINE], dim=-1, lengths=[1, 2]), X),
    (new("CatTransform", tseq=[new("TanhTransform"), AFFINE], dim=0), X),
    (new("StackTransform", tseq=[new("ExpTransform"), AFFINE, new("TanhTransform")], dim=1), X),
]
FACTS = ["bijective", "sign", "event_dim", "_cache_size"]


def applied(spec, input, compute):
    maker = Maker(requires_grad=True)
    result = compute(maker.make(spec, "t"), maker.make(input, "x"))
    return {"value": result, "gradients": gradients(maker, result)}


def record(spec, input):
    y = make(spec)(make(input))
    return {
        "spec": spec,
        "input": input,
        "repr": [repr(make(spec)), repr(make(spec).inv)],
        "facts": {name: attempt(lambda: getattr(make(spec), name)) for name in FACTS},
        "constraints": attempt(lambda: [repr(make(spec).domain), repr(make(spec).codomain)]),
        "forward": attempt(lambda: applied(spec, input, lambda t, x: t(x))),
        "backward": attempt(lambda: applied(spec, input, lambda t, x: t.inv(t(x)))),
        "log_abs_det_jacobian": attempt(lambda: applied(spec, input, lambda t, x: t.log_abs_det_jacobian(x, t(x)))),
        "inverse log_abs_det_jacobian": attempt(lambda: make(spec).inv.log_abs_det_jacobian(y, make(input))),
        "forward_shape": attempt(lambda: list(make(spec).forward_shape(make(input).shape))),
        "inverse_shape": attempt(lambda: list(make(spec).inverse_shape(y.shape))),
        "with_cache": attempt(lambda: [make(spec).with_cache()._cache_size, repr(make(spec).with_cache(1))]),
    }


ERRORS = {
    "cache_size": lambda: torch.distributions.ExpTransform(cache_size=2),
    "reshape": lambda: torch.distributions.ReshapeTransform((2, 3), (4,)),
    "reshape, few dimensions": lambda: torch.distributions.ReshapeTransform((2, 3), (6,)).forward_shape((3,)),
    "reshape, other shape": lambda: torch.distributions.ReshapeTransform((2, 3), (6,)).forward_shape(torch.Size((5, 3, 2))),
    "corr_cholesky, no triangle": lambda: torch.distributions.CorrCholeskyTransform().forward_shape((4,)),
    "corr_cholesky, not square": lambda: torch.distributions.CorrCholeskyTransform().inverse_shape((2, 3)),
    "corr_cholesky, no triangle, applied": lambda: torch.distributions.CorrCholeskyTransform()(torch.ones(4)),
    "simplex": lambda: torch.distributions.StickBreakingTransform().forward_shape(()),
    "independent": lambda: make(CASES[19][0])(torch.tensor(1.0)),
    "cat": lambda: make(CASES[24][0])(torch.ones(2, 4)),
    "cat, lengths": lambda: torch.distributions.CatTransform([torch.distributions.ExpTransform()], 0, [1, 2]),
    "cat, dim": lambda: make(CASES[24][0])(torch.tensor(1.0)),
    "stack": lambda: make(CASES[26][0])(torch.ones(2, 4)),
    "event_dim": lambda: make(CASES[17][0]).event_dim,
}
write(
    "transforms.json",
    {
        "cases": [record(spec, input) for spec, input in CASES],
        "errors": {name: attempt(compute) for name, compute in ERRORS.items()},
    },
)
