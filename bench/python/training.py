"""One training step of each model, and inference: each function prepares and gives the step."""

import random
from collections import deque

import torch
from models import CNN, BiLSTMCRF, CharRNN, LanguageModel, mlp, q_network, transformer
from torch import nn, optim
from torch.nn import functional as F


def train_mlp(make_optimizer):
    model = mlp()
    optimizer = make_optimizer(model.parameters())
    x, y = torch.randn(16, 10), torch.randn(16, 1)

    def step():
        optimizer.zero_grad()
        F.mse_loss(model(x), y).backward()
        optimizer.step()

    return step


def mlp_sgd():
    return train_mlp(lambda parameters: optim.SGD(parameters, lr=0.01))


def mlp_adam():
    return train_mlp(lambda parameters: optim.Adam(parameters, lr=0.001))


def cnn_64():
    model = CNN()
    optimizer = optim.SGD(model.parameters(), lr=0.01, momentum=0.5)
    x, y = torch.randn(64, 1, 28, 28), torch.randint(0, 10, (64,))

    def step():
        optimizer.zero_grad()
        F.nll_loss(model(x), y).backward()
        optimizer.step()

    return step


def char_rnn():
    model = CharRNN(57, 128, 18)
    name = torch.randn(8, 1, 57)
    category = torch.tensor([3])

    def step():
        model.zero_grad()
        hidden = torch.zeros(1, model.hidden)
        for i in range(8):
            output, hidden = model(name[i], hidden)
        F.nll_loss(output, category).backward()
        for p in model.parameters():
            p.data.add_(p.grad, alpha=-0.005)

    return step


def lstm_35():
    model = LanguageModel(50)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    x, y = torch.randint(0, 50, (35, 8)), torch.randint(0, 50, (35 * 8,))

    def step():
        optimizer.zero_grad()
        F.cross_entropy(model(x).view(-1, 50), y).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.25)
        optimizer.step()

    return step


def transformer_2():
    model = transformer()
    optimizer = optim.SGD(model.parameters(), lr=0.01)
    x, y = torch.randn(16, 4, 32), torch.randn(16, 4, 32)

    def step():
        optimizer.zero_grad()
        F.mse_loss(model(x), y).backward()
        optimizer.step()

    return step


def bilstm_crf():
    """The tutorial's sentence of eleven words: many operations on single numbers."""
    model = BiLSTMCRF(17, 5)
    optimizer = optim.SGD(model.parameters(), lr=0.01, weight_decay=1e-4)
    words, tags = torch.arange(11), [0, 1, 1, 1, 2, 2, 2, 0, 1, 2, 2]

    def step():
        model.zero_grad()
        model.neg_log_likelihood(words, tags).backward()
        optimizer.step()

    return step


def jacrev():
    """The Jacobian of a small function, one backward pass for all rows."""
    x = torch.randn(8)
    jacobian = torch.func.jacrev(lambda y: y.sin() * y)
    return lambda: jacobian(x)


def dqn():
    """As in the tutorial: act, remember, replay a batch, clip, and let the target network follow."""
    policy, target = q_network(), q_network()
    target.load_state_dict(policy.state_dict())
    optimizer = optim.AdamW(policy.parameters(), lr=1e-4, amsgrad=True)
    memory = deque(maxlen=1000)
    state = torch.randn(1, 4)

    def act():
        nonlocal state
        with torch.no_grad():
            action = policy(state).max(1).indices.view(1, 1)
        force = action.item() - 0.5
        next_state = torch.tensor([force, 0.1, -force, random.random()]).unsqueeze(0)
        memory.append((state, action, next_state, torch.tensor([1.0])))
        state = next_state

    def learn():
        states, actions, next_states, rewards = (torch.cat(x) for x in zip(*random.choices(memory, k=128)))
        values = policy(states).gather(1, actions)
        with torch.no_grad():
            next_values = target(next_states).max(1).values
        loss = F.smooth_l1_loss(values, (next_values * 0.99 + rewards).unsqueeze(1))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_value_(policy.parameters(), 100)
        optimizer.step()

    def follow():
        target_state, policy_state = target.state_dict(), policy.state_dict()
        for key in policy_state:
            target_state[key] = policy_state[key] * 0.005 + target_state[key] * 0.995
        target.load_state_dict(target_state)

    def step():
        act()
        learn()
        follow()

    return step


def infer(model, x):
    def step():
        with torch.no_grad():
            model(x)

    return step


def mlp_1():
    return infer(mlp(), torch.randn(1, 10))


def cnn_1():
    return infer(CNN(), torch.randn(1, 1, 28, 28))


training = [mlp_sgd, mlp_adam, cnn_64, char_rnn, lstm_35, transformer_2, dqn, bilstm_crf, jacrev]
inference = [mlp_1, cnn_1]
