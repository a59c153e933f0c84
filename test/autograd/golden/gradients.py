"""What PyTorch gives or says for each scenario of test/autograd/gradients.ts, written to gradients.json.

Run: python test/autograd/golden/gradients.py
"""

import pathlib
import re
import warnings

import torch
from callbacks import leaf, write
from torch.autograd import Function, forward_ad, graph
from torch.nn import functional as F

warnings.simplefilter("ignore")


class Square(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x, None)
        return x**2

    @staticmethod
    def backward(ctx, g):
        return 2 * g * ctx.saved_tensors[0]


def text(value):
    return re.sub("0x[0-9a-f]+", "0x", str(value))


def to_intermediate(**options):
    x = leaf()
    y = x * 2
    (y * y).sum().backward(inputs=options.pop("inputs", lambda x, y: [y])(x, y), **options)
    return [x.grad, y.grad, y.retains_grad, y.grad.requires_grad]


def accumulator(x):
    return x.view_as(x).grad_fn.next_functions[0][0]


def hooks_of_leaf():
    x = leaf()
    acc = accumulator(x)
    x.register_hook(lambda g: g - 2)
    acc.register_prehook(lambda g: (g[0] / 5,))

    def add(p):
        p.grad.add_(0.5)

    def replace(inputs, outputs):
        x.grad = outputs[0] * 10

    x.register_post_accumulate_grad_hook(add)
    acc.register_hook(replace)
    x.sum().backward()
    return x.grad


def same_memory(make):
    """Whether `grad` lies where the gradient lay that a backward returned."""
    seen = []

    class Returns(Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, g):
            made = make(g)
            seen.append(made.data_ptr())
            return made

    x = leaf()
    Returns.apply(x).sum().backward()
    return x.grad.data_ptr() == seen[0]


def twice_the_same():
    seen = []

    class Add(Function):
        @staticmethod
        def forward(ctx, a, b):
            return a + b

        @staticmethod
        def backward(ctx, g):
            made = g * 1
            seen.append(made.data_ptr())
            return made, made

    a, b = leaf(), leaf()
    Add.apply(a, b).sum().backward()
    places = [a.grad.data_ptr(), b.grad.data_ptr()]
    a.grad.add_(1)
    return [places[0] != places[1], seen[0] in places, a.grad, b.grad]


def kept_by_user():
    kept = []

    def keep(g):
        kept.append(g)

    x = leaf()
    x.register_hook(keep)
    (x * x).sum().backward()
    x.grad.add_(10)
    (x * 2).sum().backward()
    return [kept[0], kept[1], x.grad]


def kept_by_context():
    contexts = []

    class Keeps(Function):
        @staticmethod
        def forward(ctx, x):
            contexts.append(ctx)
            return x * 2

        @staticmethod
        def backward(ctx, g):
            ctx.made = g * 2
            return ctx.made

    x = leaf()
    Keeps.apply(x).sum().backward()
    x.grad.zero_()
    contexts[0].made.add_(1)
    return [contexts[0].made, x.grad]


def sparse_gradient():
    class Sparse(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, g):
            return torch.sparse_coo_tensor(torch.tensor([[0, 2]]), torch.tensor([1.0, 2.0]), (3,))

    x = leaf()
    Sparse.apply(x).sum().backward()
    first = x.grad.to_dense()
    Sparse.apply(x).sum().backward()
    return [x.grad.is_sparse, first, x.grad.to_dense()]


def hook_after_node():
    x = leaf()
    y = x * 3
    seen = []
    y.grad_fn.register_hook(lambda i, o: seen.append(i[0]))
    y.sum().backward()
    x.grad.mul_(2)
    return [seen[0], x.grad]


def tangent_of_constant(materialize):
    seen = []

    class Product(Function):
        @staticmethod
        def forward(ctx, x, y, k):
            ctx.set_materialize_grads(materialize)
            return x * 2 + y

        @staticmethod
        def jvp(ctx, tx, ty, tk):
            seen.append([ty, tk])
            return tx * 2

    with forward_ad.dual_level():
        dual = forward_ad.make_dual(torch.ones(2), torch.ones(2))
        tangent = forward_ad.unpack_dual(Product.apply(dual, torch.ones(2), 3)).tangent
    return [seen[0], tangent]


def dirty_view(use):
    class Relu(Function):
        @staticmethod
        def forward(ctx, x):
            x.relu_()
            ctx.mark_dirty(x)
            ctx.save_for_backward(x)
            return x

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[0]

    x = leaf()
    base = x * 1
    y = Relu.apply(base[:2])
    use(base, y).sum().backward()
    return x.grad


def fields(y):
    """All that a node has saved, whole numbers beyond JavaScript's as text."""
    names = sorted(name for name in dir(y.grad_fn) if name.startswith("_saved_"))
    return [[name, short(getattr(y.grad_fn, name))] for name in names]


def short(value):
    if isinstance(value, tuple):
        return [short(each) for each in value]
    return str(value) if type(value) is int and value >= 2**53 else value


def freed_field():
    y = leaf().exp()
    y.sum().backward()
    return y.grad_fn._saved_result


def freed_place():
    y = leaf().exp()
    y.sum().backward()
    y.grad_fn._raw_saved_result.register_hooks(lambda x: x, lambda x: x)


def freed_list():
    y = leaf()[torch.tensor([0, 1])]
    y.sum().backward()
    return y.grad_fn._saved_indices


def hooks_on_place():
    x = leaf()
    y = x.exp()
    y.grad_fn._raw_saved_result.register_hooks(lambda t: t * 2, lambda t: t / 4)
    y.sum().backward()
    return x.grad / x.exp()


def hooks_twice():
    y = leaf().exp()
    for _ in range(2):
        y.grad_fn._raw_saved_result.register_hooks(lambda t: t, lambda t: t)


def custom_places():
    x = leaf()
    y = Square.apply(x)
    places = y.grad_fn._raw_saved_tensors
    places[0].register_hooks(lambda t: t.detach() * 2, lambda t: t)
    y.sum().backward()
    return [len(places), x.grad]


def custom_freed():
    y = Square.apply(leaf())
    y.sum().backward()
    return y.grad_fn._raw_saved_tensors


def changed_in_place():
    x = leaf().clone()
    x[0].fill_(5)
    return text(x.grad_fn)


def image(*shape):
    return torch.ones(*shape, requires_grad=True)


SCENARIOS = {
    "backward to an intermediate": to_intermediate,
    "backward to both": lambda: to_intermediate(inputs=lambda x, y: [x, y]),
    "backward to an intermediate by itself": lambda: to_intermediate(inputs=lambda x, y: y),
    "backward to both with a graph": lambda: to_intermediate(inputs=lambda x, y: [x, y], create_graph=True),
    "backward to an edge": lambda: to_intermediate(inputs=lambda x, y: [y.retain_grad() or y, graph.get_gradient_edge(x)]),
    "backward to what needs none": lambda: to_intermediate(inputs=lambda x, y: [torch.ones(3)]),
    "hooks of a leaf": hooks_of_leaf,
    "fresh gradient": lambda: same_memory(lambda g: g * 2),
    "random gradient": lambda: same_memory(lambda g: torch.rand(3)),
    "given gradient": lambda: same_memory(lambda g: g.clone()),
    "strided gradient": lambda: same_memory(lambda g: torch.rand(3, 2)[:, 0]),
    "expanded gradient": lambda: same_memory(lambda g: torch.ones(1).expand(3)),
    "one gradient for two": twice_the_same,
    "gradient kept by the user": kept_by_user,
    "gradient kept by the context": kept_by_context,
    "sparse gradient": sparse_gradient,
    "gradient seen by a node's hook": hook_after_node,
    "tangent of a constant": lambda: tangent_of_constant(True),
    "tangent of a constant not wanted": lambda: tangent_of_constant(False),
    "dirty view, its base": lambda: dirty_view(lambda base, y: base),
    "dirty view itself": lambda: dirty_view(lambda base, y: y),
    "saved tensor": lambda: fields(leaf().exp()),
    "saved operands": lambda: fields(leaf() * leaf()),
    "saved operand not needed": lambda: fields(leaf() * torch.ones(3)),
    "saved number": lambda: fields(leaf() ** 3),
    "saved scalar": lambda: fields(torch.add(leaf(), leaf(), alpha=2)),
    "saved dim": lambda: fields(leaf().sum(0)),
    "saved index from the end": lambda: fields(leaf().select(0, -1)),
    "saved dim from the end": lambda: fields(leaf().cumsum(-1)),
    "saved slice": lambda: fields(leaf()[1:3]),
    "saved convolution": lambda: fields(F.conv2d(image(1, 1, 3, 3), image(1, 1, 2, 2), stride=(1, 2), padding=1)),
    "saved scale": lambda: fields(F.interpolate(image(1, 1, 2, 2), scale_factor=2.0)),
    "saved output size": lambda: fields(F.interpolate(image(1, 1, 2, 2), size=3)),
    "saved bicubic": lambda: fields(F.interpolate(image(1, 1, 2, 2), size=3, mode="bicubic", align_corners=True)),
    "saved indices": lambda: fields(leaf()[torch.tensor([0, 2])]),
    "saved pair of indices": lambda: fields(image(2, 2)[:, torch.tensor([1])]),
    "saved norm": lambda: fields(leaf().norm(2)),
    "saved softmax": lambda: fields(leaf().softmax(0)),
    "saved text": lambda: fields(F.gelu(leaf(), approximate="tanh")),
    "saved threshold": lambda: fields(F.threshold(leaf(), 1.5, 0.0)),
    "saved clamp": lambda: fields(leaf().clamp(min=2)),
    "saved layer norm": lambda: fields(F.layer_norm(leaf(), (3,), leaf())),
    "saved batch norm": lambda: fields(F.batch_norm(image(2, 1), torch.zeros(1), torch.ones(1), training=True)),
    "saved pooling": lambda: fields(F.max_pool2d(image(1, 1, 4, 4), 2)),
    "saved stack": lambda: fields(torch.stack([leaf(), leaf()])),
    "saved loss": lambda: fields(F.nll_loss(image(2, 3), torch.tensor([0, 2]))),
    "saved product": lambda: fields(image(2, 3) @ image(3, 2)),
    "saved linear": lambda: fields(F.linear(image(2, 3), image(2, 3), image(2))),
    "saved embedding": lambda: fields(F.embedding(torch.tensor([0, 1]), image(3, 2))),
    "saved lists": lambda: fields(torch._foreach_mul([leaf()], [leaf()])[0]),
    "saved scalars": lambda: fields(torch._foreach_mul([leaf()], [2.5])[0]),
    "nothing saved": lambda: fields(leaf().neg()),
    "saved field after backward": freed_field,
    "saved list after backward": freed_list,
    "saved place after backward": freed_place,
    "hooks on a saved tensor": hooks_on_place,
    "hooks twice on a saved tensor": hooks_twice,
    "hooks on a custom function's": custom_places,
    "places of a custom function after backward": custom_freed,
    "text of a node": lambda: text((leaf() * 2).grad_fn),
    "text of a leaf's node": lambda: text((leaf() * 2).grad_fn.next_functions[0][0]),
    "text of a custom function's node": lambda: text(Square.apply(leaf()).grad_fn),
    "text after a change in place": changed_in_place,
}


if __name__ == "__main__":
    write(SCENARIOS, pathlib.Path(__file__).with_suffix(".json"))
