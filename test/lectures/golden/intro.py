"""Makes intro.json: what the introductory notebook's sections print and compute, by PyTorch.

    python test/lectures/golden/intro.py > test/lectures/golden/intro.json
"""

import json

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

from record import section, sections

torch.set_num_threads(1)


@section
def scalars(show, value):
    torch.manual_seed(0)
    x = torch.rand(1)
    show(x)
    show(torch.zeros(1))
    y = torch.tensor([3.0])
    for each in (x + y, x - y, x * y, x / y, y**2, x.item()):
        value(each)
    show(y**2)
    show(torch.empty(1).shape == (1,))


@section
def vectors(show, value):
    x = torch.tensor([1.0, 2.0, 3.0])
    y = torch.tensor([4.0, -5.0, 6.0])
    show(torch.dot(x, y))
    show(torch.ger(x, y))
    show(x.dim())
    show(x * y)
    show(x + 1)


@section
def matrices(show, value):
    A = torch.arange(6.0).view(2, 3)
    B = torch.arange(6.0).view(3, 2) - 2
    show(A.dim())
    show(list(A.shape))
    show(A.t())
    show(torch.mm(A, B))
    show(A @ B)
    show(A.mv(torch.tensor([1.0, 0.0, -1.0])))


@section
def initialization(show, value):
    torch.manual_seed(0)
    show(torch.zeros(2, 3))
    show(torch.eye(3))
    show(torch.full((2, 3), 7, dtype=torch.int16))
    show(torch.rand(2, 3))
    show(torch.randn(2, 3))
    show(torch.randint(3, 10, (2, 4)))
    show(torch.randperm(8))
    show(torch.arange(0, 10, 3))
    show(torch.linspace(0, 1, 5))
    show(torch.ones(2, 2, dtype=torch.float64))


@section
def elementwise(show, value):
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    y = torch.full((2, 2), 10.0)
    show(x + y)
    show(x.add(y))
    show(torch.add(x, y).allclose(x + y))
    x.add_(y)
    show(x)
    show(torch.arange(4.0).dot(torch.arange(4.0)))
    show(torch.ones(2, 3, 4).matmul(torch.ones(2, 4, 2)))


@section
def reductions(show, value):
    x = torch.arange(24.0).view(2, 3, 4)
    show(x.sum())
    show(x.sum(axis=0))
    show(x.mean(axis=1))
    show(x.std(axis=2))
    show(x.sum(axis=[0, 2]))
    show(x.mean(axis=[0, 1], keepdim=True))
    best = x.max(axis=1)
    show(best.values)
    show(best.indices)
    show(x.max())
    show(x.argmin())


@section
def shapes(show, value):
    x = torch.arange(6)
    show(x.view(2, 3))
    show(x.view(-1, 2))
    show(x.reshape(3, -1).t())
    show(x.view(1, 2, 3).transpose(1, 2))
    show(list(x.unsqueeze(1).shape))
    show(list(x.view(1, 6, 1).squeeze().shape))
    show(x[:2].unsqueeze(1).expand(2, 3))
    show(x[:2].repeat(2, 2))
    row = torch.zeros(3, 1)
    row.expand(3, 2)[1, 0] = 5
    show(row)


@section
def indexing(show, value):
    x = torch.arange(27).view(3, 3, 3)
    show(x[1, 1:, 1:-1])
    idx = torch.tensor([0, 2])
    show(x[:, idx])
    show(x[0, 0, 0])
    show(x[x > 20])
    show(x[..., -1])
    x[0] = -1
    show(x[0])


@section
def joining(show, value):
    x = torch.tensor([[1, 2], [3, 4]])
    y = torch.tensor([[5, 6]])
    show(torch.cat([x, y]))
    show(torch.cat((x, x), dim=1))
    show(torch.stack([x, x + 10]))
    show(list(torch.stack([x, x], dim=2).shape))


@section
def gathering(show, value):
    x = torch.tensor([[1, 2], [3, 4], [5, 6]])
    show(torch.gather(x, 0, torch.tensor([[0, 2], [1, 0]])))
    show(torch.gather(x, 1, torch.tensor([[0, 0], [1, 0], [1, 1]])))
    show(x.gather(1, torch.tensor([[1], [0], [1]])).squeeze(1))


@section
def broadcasting(show, value):
    x = torch.ones(2, 3, 3)
    y = torch.arange(3.0)
    show(x + y)
    show(torch.arange(3.0).view(3, 1) * torch.arange(2.0))
    try:
        torch.ones(2, 3, 3) + torch.ones(2, 3, 4)
    except RuntimeError as error:
        show(error)


@section
def sparse(show, value):
    torch.manual_seed(0)
    indices = torch.tensor([[0, 1, 1, 7], [5, 0, 99_999_999, 1_234_567]])
    a = torch.sparse_coo_tensor(indices, torch.tensor([1.0, 2.0, 3.0, 4.0]), (10, 10**8))
    show(a)
    b = torch.arange(10**8, dtype=torch.float32).unsqueeze(1)
    show(torch.sparse.mm(a, b))
    small = torch.randn(4, 6)
    small[small < 0] = 0
    show(small.to_sparse())
    dense = torch.randn(6, 2)
    value(torch.sparse.mm(small.to_sparse(), dense))


@section
def custom_function(show, value):
    class MyExp(torch.autograd.Function):
        @staticmethod
        def forward(ctx, i):
            result = i.exp()
            ctx.save_for_backward(result)
            return result

        @staticmethod
        def backward(ctx, grad_output):
            (result,) = ctx.saved_tensors
            return grad_output * result

    x = torch.tensor([0.5, 1.0, -2.0], requires_grad=True)
    y = MyExp.apply(x)
    show(y)
    y.sum().backward()
    show(x.grad)


@section
def modules(show, value):
    class LinearModule(nn.Module):
        def __init__(self, x_dim, y_dim):
            super().__init__()
            self.W = nn.Parameter(torch.randn(y_dim, x_dim))
            self.b = nn.Parameter(torch.randn(y_dim))

        def forward(self, x):
            return self.W @ x + self.b

    class TwoLinearModule(nn.Module):
        def __init__(self, x_dim, h_dim, y_dim):
            super().__init__()
            self.linear1 = LinearModule(x_dim, h_dim)
            self.linear2 = LinearModule(h_dim, y_dim)

        def forward(self, x):
            h = torch.sigmoid(self.linear1(x))
            return self.linear2(h)

    torch.manual_seed(0)
    x = torch.randn(5)
    model = TwoLinearModule(5, 4, 2)
    show(model)
    for name, param in model.named_parameters():
        show(name)
        show(list(param.size()))
    pred = model(x)
    value(pred)
    pred.sum().backward()
    value(model.linear1.W.grad)
    show(list(model.state_dict().keys()))


@section
def built_in_training(show, value):
    torch.manual_seed(0)
    x = torch.randn(5)
    y = torch.softmax(torch.randn(2), dim=0)
    model = nn.Linear(5, 2)
    loss_fn = nn.MSELoss()
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    show(model)
    show(optimizer)
    losses = []
    for i in range(30):
        optimizer.zero_grad()
        loss = loss_fn(torch.softmax(model(x), dim=0), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    value(losses)
    net = nn.Sequential(nn.Linear(5, 10), nn.ReLU(), nn.Linear(10, 2), nn.Softmax(dim=0))
    show(net)
    show(net[0])
    value(net(x))


@section
def loading(show, value):
    torch.manual_seed(0)
    data = TensorDataset(torch.arange(24.0).view(12, 2), torch.arange(12))
    show(len(data))
    show(data[3][0])
    for x, y in DataLoader(data, batch_size=5, shuffle=True):
        show(x)
        show(y)


@section
def square_regression(show, value):
    torch.manual_seed(0)
    x = torch.linspace(-1, 1, 100).unsqueeze(1)
    y = x.pow(2) + 0.2 * torch.rand(x.size())
    net = nn.Sequential(nn.Linear(1, 10), nn.ReLU(), nn.Linear(10, 1))
    optimizer = optim.SGD(net.parameters(), lr=0.5)
    loss_fn = nn.MSELoss()
    history = []
    for t in range(100):
        loss = loss_fn(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if t % 20 == 0 or t == 99:
            history.append(loss.item())
    value(history)


if __name__ == "__main__":
    print(json.dumps(sections, indent=1))
