"""Makes advanced.json: what the advanced notebook's sections compute, on small made data, by PyTorch.

    python test/lectures/golden/advanced.py > test/lectures/golden/advanced.json
"""

import json
import math

import torch
from torch import nn, optim
from torch.nn import init
from torch.utils.data import DataLoader, TensorDataset

from record import section, sections

torch.set_num_threads(1)


@section
def linear_regression(show, value):
    torch.manual_seed(0)
    features = torch.randn(1000, 2)
    labels = features @ torch.tensor([2, -3.4]) + 4.2 + torch.randn(1000) * 0.01
    data_iter = DataLoader(TensorDataset(features, labels), batch_size=10, shuffle=True)
    net = nn.Sequential(nn.Linear(2, 1))
    show(net)
    init.normal_(net[0].weight, mean=0, std=0.01)
    init.constant_(net[0].bias, val=0)
    loss = nn.MSELoss()
    optimizer = optim.SGD(net.parameters(), lr=0.03)
    show(optimizer)
    for epoch in range(1, 4):
        for X, y in data_iter:
            l = loss(net(X), y.view(-1, 1))
            optimizer.zero_grad()
            l.backward()
            optimizer.step()
        value(l)
    value(net[0].weight)
    value(net[0].bias)


@section
def softmax_classification(show, value):
    torch.manual_seed(0)
    images = torch.rand(512, 1, 8, 8)
    labels = torch.randint(10, (512,))
    for i in range(512):
        images[i, 0, labels[i] // 2, :] += 1 + labels[i] % 2
    train_iter = DataLoader(TensorDataset(images[:384], labels[:384]), batch_size=64, shuffle=True)

    def init_weights(m):
        if type(m) == nn.Linear:
            nn.init.normal_(m.weight, std=0.01)

    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    net.apply(init_weights)
    show(net)
    loss = nn.CrossEntropyLoss(reduction="none")
    trainer = optim.SGD(net.parameters(), lr=0.1)

    def accuracy(X, y):
        with torch.no_grad():
            cmp = net(X).argmax(axis=1).type(y.dtype) == y
            return float(cmp.type(y.dtype).sum()) / y.numel()

    for epoch in range(10):
        for X, y in train_iter:
            l = loss(net(X), y)
            trainer.zero_grad()
            l.mean().backward()
            trainer.step()
        value(l.sum())
    value(accuracy(images[384:], labels[384:]))


@section
def recurrent(show, value):
    class RNN(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.RNN(input_size=1, hidden_size=32, num_layers=1, batch_first=True)
            self.out = nn.Linear(32, 1)

        def forward(self, x, h_state):
            r_out, h_state = self.rnn(x, h_state)
            outs = []
            for time_step in range(r_out.size(1)):
                outs.append(self.out(r_out[:, time_step, :]))
            return torch.stack(outs, dim=1), h_state

    torch.manual_seed(0)
    rnn = RNN()
    show(rnn)
    optimizer = optim.Adam(rnn.parameters(), lr=0.02)
    loss_func = nn.MSELoss()
    h_state = None
    history = []
    for step in range(60):
        steps = torch.tensor([(step + i / 9) * math.pi for i in range(10)])
        x = torch.sin(steps).view(1, 10, 1)
        y = torch.cos(steps).view(1, 10, 1)
        prediction, h_state = rnn(x, h_state)
        h_state = h_state.data
        loss = loss_func(prediction, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 10 == 0 or step == 59:
            history.append(loss.item())
    value(history)


@section
def convolutional(show, value):
    class CNN(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
            self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
            self.pool = nn.MaxPool2d(2, 2)
            self.fc1 = nn.Linear(16 * 3 * 3, 64)
            self.fc2 = nn.Linear(64, 32)
            self.fc3 = nn.Linear(32, 4)

        def forward(self, x):
            x = self.pool(torch.relu(self.conv1(x)))
            x = self.pool(torch.relu(self.conv2(x)))
            x = x.view(-1, 16 * 3 * 3)
            x = torch.relu(self.fc1(x))
            x = torch.relu(self.fc2(x))
            return self.fc3(x)

    torch.manual_seed(0)
    labels = torch.arange(128) % 4
    images = (torch.rand(128, 1, 12, 12) - 0.5) / 0.5
    for i in range(128):
        row, column = 6 * (int(labels[i]) // 2), 6 * (int(labels[i]) % 2)
        images[i, 0, row : row + 6, column : column + 6] += 2
    net = CNN()
    show(net)
    value(sum(p.numel() for p in net.parameters()))
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    loader = DataLoader(TensorDataset(images, labels), batch_size=32, shuffle=True)
    for epoch in range(6):
        running_loss = 0.0
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss = criterion(net(inputs), targets)
            loss.backward()
            optimizer.step()
            running_loss += loss.item()
        value(running_loss / len(loader))
    with torch.no_grad():
        _, predicted = torch.max(net(images), 1)
    correct = (predicted == labels).float()
    value([correct[labels == c].mean().item() for c in range(4)])


print(json.dumps(sections, indent=1))
