"""Writes training.json: five steps of training from a seed, for a model of each kind. Needs torch 2.13."""

import torch
from golden import plain, write
from torch import nn, optim
from torch.nn import functional as F

golden = {}


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1)
        )
        self.classifier = nn.Sequential(nn.Flatten(), nn.Dropout(0.2), nn.Linear(8, 3))

    def forward(self, x):
        return self.classifier(self.features(x))


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 6, padding_idx=0)
        self.lstm = nn.LSTM(6, 5, num_layers=2, dropout=0.1, bidirectional=True, batch_first=True)
        self.out = nn.Linear(10, 4)

    def forward(self, x):
        return self.out(self.lstm(self.embed(x))[0])


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 8)
        self.position = nn.Parameter(torch.zeros(6, 8))
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, 0.1, batch_first=True), 2)
        self.head = nn.Linear(8, 10)

    def forward(self, x):
        mask = nn.Transformer.generate_square_subsequent_mask(x.size(1))
        return self.head(self.encoder(self.embed(x) + self.position, mask=mask, is_causal=True))


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(12, 8)
        self.fc21 = nn.Linear(8, 2)
        self.fc22 = nn.Linear(8, 2)
        self.fc3 = nn.Linear(2, 8)
        self.fc4 = nn.Linear(8, 12)

    def forward(self, x):
        h = F.relu(self.fc1(x))
        mu, logvar = self.fc21(h), self.fc22(h)
        z = mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)
        return torch.sigmoid(self.fc4(F.relu(self.fc3(z)))), mu, logvar


def train(name, make, batch, loss_of, make_optimizer):
    torch.manual_seed(0)
    model = make()
    inputs = batch()
    optimizer = make_optimizer(model.parameters())
    losses = []
    for _ in range(5):
        optimizer.zero_grad()
        loss = loss_of(model, *inputs)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    golden[name] = {
        "repr": repr(model),
        "count": sum(p.numel() for p in model.parameters()),
        "losses": losses,
        "state": {k: plain(v) for k, v in model.state_dict().items()},
    }


def vae_loss(model, x):
    out, mu, logvar = model(x)
    return F.binary_cross_entropy(out, x, reduction="sum") - 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())


train(
    "CNN",
    CNN,
    lambda: (torch.randn(6, 1, 8, 8), torch.randint(3, (6,))),
    lambda m, x, y: F.cross_entropy(m(x), y),
    lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=1e-4),
)
train(
    "LSTM",
    Tagger,
    lambda: (torch.randint(10, (3, 5)), torch.randint(4, (3, 5))),
    lambda m, x, y: F.cross_entropy(m(x).flatten(0, 1), y.flatten()),
    lambda p: optim.Adam(p, lr=0.01),
)
train(
    "Transformer encoder",
    Encoder,
    lambda: (torch.randint(10, (3, 6)), torch.randint(10, (3, 6))),
    lambda m, x, y: F.cross_entropy(m(x).flatten(0, 1), y.flatten()),
    # the gradient of the keys' bias is zero but for rounding, which Adam would blow up
    lambda p: optim.SGD(p, lr=0.1),
)
train("VAE", VAE, lambda: (torch.rand(4, 12),), vae_loss, lambda p: optim.Adam(p, lr=0.01))

write("training.json", golden)
