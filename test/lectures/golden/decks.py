"""Makes decks.json: what the slides of both decks print and compute, by PyTorch.

    python test/lectures/golden/decks.py > test/lectures/golden/decks.json
"""

import json

import torch
from torch import distributions, nn, optim
from torch.nn import functional as F

from record import section, sections

torch.set_num_threads(1)


@section
def backpropagation(show, value):
    torch.manual_seed(1)
    a = torch.rand(1, requires_grad=True)
    b = torch.rand(1, requires_grad=True)
    c = torch.rand(1, requires_grad=True)
    d = torch.rand(1, requires_grad=True)
    e = a * b
    f = c * e + d * e
    show(f)
    show(e)
    f.backward()
    for each in (a, b, c, d):
        value(each.grad)


@section
def linear_module(show, value):
    class LinearModule(torch.nn.Module):
        def __init__(self, x_dim, y_dim):
            super().__init__()
            self.W = nn.Parameter(torch.randn(y_dim, x_dim, requires_grad=True))
            self.b = nn.Parameter(torch.randn(y_dim), requires_grad=True)

        def forward(self, x):
            return self.W @ x + self.b

    torch.manual_seed(2)
    x = torch.randn(5)
    y = torch.randn(2)
    model = LinearModule(5, 2)
    show(model)
    for param in model.parameters():
        show(list(param.size()))
    show(model.W)
    show(model.b)
    pred = model(x)
    value(pred)
    show(pred)
    value(nn.functional.mse_loss(pred, y))


@section
def losses(show, value):
    torch.manual_seed(3)
    scores = torch.randn(4, 3)
    signs = torch.tensor([[1.0, -1.0, 1.0], [-1.0, -1.0, 1.0], [1.0, 1.0, 1.0], [-1.0, 1.0, -1.0]])
    classes = torch.tensor([0, 2, 1, 1])
    labels = torch.tensor([[0, 2, -1], [1, -1, -1], [2, 1, 0], [0, -1, 1]])
    for loss_fn, target in (
        (nn.MSELoss(), signs),
        (nn.SoftMarginLoss(), signs),
        (nn.MultiMarginLoss(), classes),
        (nn.MultiLabelMarginLoss(), labels),
        (nn.CrossEntropyLoss(), classes),
    ):
        show(loss_fn)
        x = scores.clone().requires_grad_()
        loss = loss_fn(x, target)
        loss.backward()
        value(loss)
        value(x.grad)


@section
def losses_trained(show, value):
    x = torch.tensor([[i % 5 - 2.0, i % 3 - 1.0] for i in range(15)])
    up = (x[:, 0] + x[:, 1] > 0).long()
    signs = (2.0 * up - 1).unsqueeze(1)
    sets = torch.stack([up, torch.full_like(up, -1)], 1)
    for loss_fn, outputs, target in (
        (nn.MSELoss(), 1, x @ torch.tensor([[2.0], [-3.4]]) + 4.2),
        (nn.SoftMarginLoss(), 1, signs),
        (nn.MultiMarginLoss(), 2, up),
        (nn.MultiLabelMarginLoss(), 2, sets),
        (nn.CrossEntropyLoss(), 2, up),
    ):
        torch.manual_seed(4)
        model = nn.Linear(2, outputs)
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        history = []
        for step in range(200):
            optimizer.zero_grad()
            loss = loss_fn(model(x), target)
            loss.backward()
            optimizer.step()
            if step % 40 == 0 or step == 199:
                history.append(loss.item())
        value(history)
        value(model.weight)
        value(model.bias)


@section
def optimizers_trained(show, value):
    for make in (
        lambda p: optim.SGD(p, lr=0.1),
        lambda p: optim.SGD(p, lr=0.05, momentum=0.9),
        lambda p: optim.Adagrad(p, lr=0.5),
        lambda p: optim.Adadelta(p, lr=1.0, eps=1e-3),
        lambda p: optim.Adam(p, lr=0.1),
        lambda p: optim.RMSprop(p, lr=0.05),
    ):
        torch.manual_seed(5)
        x = torch.randn(50, 3)
        y = x @ torch.tensor([1.0, -2.0, 0.5]) + 0.3
        w = torch.zeros(3, requires_grad=True)
        b = torch.zeros(1, requires_grad=True)
        optimizer = make([w, b])
        show(optimizer)
        history = []
        for step in range(150):
            optimizer.zero_grad()
            loss = ((x @ w + b - y) ** 2).mean()
            loss.backward()
            optimizer.step()
            if step % 50 == 0:
                history.append(loss.item())
        value(history)
        value(w)
        value(b)


@section
def scaffold(show, value):
    torch.manual_seed(1)
    inputs = torch.randn(60, 4)
    targets = (inputs[:, :3] + 0.1 * torch.randn(60, 3)).argmax(1)
    train = [(inputs[i : i + 10], targets[i : i + 10]) for i in range(0, 40, 10)]
    dev = (inputs[40:50], targets[40:50])
    test = (inputs[50:], targets[50:])
    model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
    loss_fn = nn.CrossEntropyLoss()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    show(model)
    show(loss_fn)
    for epoch in range(10):
        for i, (batch, y_target) in enumerate(train):
            optimizer.zero_grad()
            y = model(batch)
            loss = loss_fn(y, y_target)
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            value([loss.item(), loss_fn(model(dev[0]), dev[1]).item()])
        model.train()
    model.eval()
    with torch.no_grad():
        value((model(test[0]).argmax(1) == test[1]).float().mean())


@section
def behaviour_cloning(show, value):
    torch.manual_seed(6)
    expert = nn.Linear(4, 2)
    observations = torch.randn(200, 4)
    with torch.no_grad():
        actions = torch.tanh(expert(observations))
    policy = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 2), nn.Tanh())
    show(policy)
    optimizer = optim.Adam(policy.parameters(), lr=1e-2)
    loss_fn = nn.MSELoss()
    history = []
    for step in range(100):
        rows = torch.randint(200, (32,))
        loss = loss_fn(policy(observations[rows]), actions[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 20 == 0:
            history.append(loss.item())
    value(history)


@section
def three_layers(show, value):
    torch.manual_seed(7)
    x = torch.randn(3)
    W1 = torch.randn(4, 3, requires_grad=True)
    W2 = torch.randn(4, 4, requires_grad=True)
    W3 = torch.randn(1, 4, requires_grad=True)
    h1 = torch.sigmoid(W1 @ x)
    h2 = torch.sigmoid(W2 @ h1)
    y = torch.sigmoid(W3 @ h2)
    show(h1.detach())
    show(y)
    y.backward()
    for each in (W1, W2, W3):
        value(each.grad)


@section
def least_squares(show, value):
    torch.manual_seed(8)
    x = torch.linspace(-1, 1, 20).unsqueeze(1)
    y = torch.sin(3 * x)
    model = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
    show(model)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    history = []
    for step in range(500):
        loss = ((model(x) - y) ** 2).sum(1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 100 == 0:
            history.append(loss.item())
    value(history)


@section
def course_tutorial(show, value):
    A = torch.arange(12.0).reshape(3, 4)
    for each in (A[0, 3], A[:, 3], A[0, :], A[0, 2:4], A[0, ...], A[..., 1]):
        show(each)
    show(A.shape == (3, 4))
    show((A + torch.tensor([1.0, 2.0, 3.0, 4.0])))
    show(A * torch.tensor([[1.0], [10.0], [100.0]]))
    show(A.view(2, 6))
    show(A.reshape(-1, 2).shape == (6, 2))
    show(A.unsqueeze(0).squeeze().T)
    show(A.permute(1, 0))
    show(A.mean(dim=0))
    show(A.to("cpu").device)
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    loss = (w**2).sum()
    show(loss)
    loss.backward()
    show(w.grad)
    show(w.detach())
    show((w * 2).detach().requires_grad)


@section
def policies(show, value):
    torch.manual_seed(9)
    logits = torch.randn(2, 3, requires_grad=True)
    discrete = distributions.Categorical(logits=logits)
    show(discrete)
    action = discrete.sample()
    show(action)
    value(discrete.log_prob(action))
    value(discrete.entropy())
    (-discrete.log_prob(action) * torch.tensor([1.0, -0.5])).sum().backward()
    value(logits.grad)
    mean = torch.randn(2, 4, requires_grad=True)
    std = torch.full((4,), 0.5)
    continuous = distributions.Independent(distributions.Normal(mean, std), 1)
    show(continuous)
    action = continuous.rsample()
    value(action)
    value(continuous.log_prob(action.detach()))
    action.sum().backward()
    value(mean.grad)
    base = distributions.Independent(distributions.Normal(mean, std), 1)
    squashed = distributions.TransformedDistribution(base, [distributions.TanhTransform(cache_size=1)])
    action = squashed.rsample()
    value(action)
    value(squashed.log_prob(action))
    value(distributions.kl_divergence(continuous, distributions.Independent(distributions.Normal(torch.zeros(2, 4), 1.0), 1)))


@section
def course_training(show, value):
    torch.manual_seed(10)
    net = nn.Sequential(nn.Linear(3, 8), nn.LeakyReLU(), nn.Identity(), nn.Linear(8, 8), nn.SELU(), nn.Linear(8, 1))
    show(net)
    optimizer = optim.Adam(net.parameters(), lr=5e-3)
    scheduler = optim.lr_scheduler.LambdaLR(optimizer, lambda t: 1 / (1 + t / 10))
    x = torch.randn(32, 3)
    y = F.softplus(x.norm(dim=1, keepdim=True)).clamp(max=2.5)
    for step in range(30):
        net.train()
        optimizer.zero_grad()
        loss = F.mse_loss(net(x), y)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        if step % 10 == 9:
            net.eval()
            value([loss.item(), norm.item(), scheduler.get_last_lr()[0]])
    grid_x, grid_y = torch.meshgrid(torch.arange(2), torch.arange(3), indexing="ij")
    show(torch.stack([grid_x, grid_y]).flatten(1))
    show(torch.nan_to_num(torch.tensor([float("nan"), 1.0, float("inf")]), posinf=9.0))
    show(torch.zeros(2, 3).scatter(1, torch.tensor([[2], [0]]), 1.0))
    for chunk in torch.arange(5).chunk(2):
        show(chunk)


print(json.dumps(sections, indent=1))
