"""The models that training and inference share."""

import torch
from torch import nn
from torch.nn import functional as F


def mlp():
    return nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 10, 5)
        self.conv2 = nn.Conv2d(10, 20, 5)
        self.fc1 = nn.Linear(320, 50)
        self.fc2 = nn.Linear(50, 10)

    def forward(self, x):
        x = F.relu(F.max_pool2d(self.conv1(x), 2))
        x = F.relu(F.max_pool2d(self.conv2(x), 2))
        x = F.relu(self.fc1(x.view(-1, 320)))
        return F.log_softmax(self.fc2(x), dim=1)


class CharRNN(nn.Module):
    """A recurrent cell written by hand, as in the tutorial on classifying names."""

    def __init__(self, letters, hidden, categories):
        super().__init__()
        self.hidden = hidden
        self.i2h = nn.Linear(letters + hidden, hidden)
        self.h2o = nn.Linear(hidden, categories)

    def forward(self, letter, hidden):
        hidden = torch.tanh(self.i2h(torch.cat((letter, hidden), 1)))
        return F.log_softmax(self.h2o(hidden), dim=1), hidden


class LanguageModel(nn.Module):
    def __init__(self, words):
        super().__init__()
        self.embedding = nn.Embedding(words, 32)
        self.lstm = nn.LSTM(32, 64)
        self.decoder = nn.Linear(64, words)

    def forward(self, x):
        output, _ = self.lstm(self.embedding(x))
        return self.decoder(output)


def transformer():
    return nn.TransformerEncoder(nn.TransformerEncoderLayer(32, 2, 64), 2, enable_nested_tensor=False)


def q_network():
    return nn.Sequential(nn.Linear(4, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 2))


START, STOP = 3, 4


def log_sum_exp(row):
    """The logarithm of a sum of exponentials, as the tutorial writes it."""
    best = row[0, row.argmax(1).item()]
    return best + torch.log(torch.sum(torch.exp(row - best.view(1, -1).expand(1, row.size(1)))))


class BiLSTMCRF(nn.Module):
    """The tagger of the tutorial on dynamic networks, whose loss loops over words and tags."""

    def __init__(self, words, tags):
        super().__init__()
        self.tags = tags
        self.embedding = nn.Embedding(words, 5)
        self.lstm = nn.LSTM(5, 2, bidirectional=True)
        self.hidden2tag = nn.Linear(4, tags)
        self.transitions = nn.Parameter(torch.randn(tags, tags))
        with torch.no_grad():
            self.transitions[START] = -10000
            self.transitions[:, STOP] = -10000

    def features(self, words):
        output, _ = self.lstm(self.embedding(words).view(len(words), 1, -1))
        return self.hidden2tag(output.view(len(words), 4))

    def partition(self, features):
        forward = torch.full((1, self.tags), -10000.0)
        forward[0][START] = 0.0
        for feature in features:
            alphas = []
            for next in range(self.tags):
                emission = feature[next].view(1, -1).expand(1, self.tags)
                transition = self.transitions[next].view(1, -1)
                alphas.append(log_sum_exp(forward + transition + emission).view(1))
            forward = torch.cat(alphas).view(1, -1)
        return log_sum_exp(forward + self.transitions[STOP])

    def score(self, features, tags):
        score = torch.zeros(1)
        before = START
        for i, feature in enumerate(features):
            score = score + self.transitions[tags[i], before] + feature[tags[i]]
            before = tags[i]
        return score + self.transitions[STOP, before]

    def forward(self, words):
        return self.features(words)

    def neg_log_likelihood(self, words, tags):
        features = self.features(words)
        return self.partition(features) - self.score(features, tags)
