"""Single operations on small tensors: statements over the names below."""

import torch

x = torch.randn(2, 2)
y = torch.randn(2, 2)
sums = torch.zeros(2, 2)
rows = torch.randn(4, 4)
mask = rows > 0
places = torch.tensor([[0], [1], [2], [3]])
weights = torch.randn(2, 2, requires_grad=True)
one = torch.tensor(1.5)

operations = {
    'add': 'x + y',
    'mul': 'x * y',
    'matmul': 'x @ y',
    'add_': 'sums.add_(y)',
    'view': 'x.view(4)',
    'transpose': 'x.transpose(0, 1)',
    'detach': 'x.detach()',
    'data': 'x.data',
    'sum': 'x.sum()',
    'sum_dim': 'x.sum(1)',
    'cat': 'torch.cat([x, y, x])',
    'gather': 'rows.gather(1, places)',
    'index_integer': 'rows[1]',
    'index_slice': 'rows[1:3]',
    'index_mask': 'rows[mask]',
    'relu_grad': 'torch.relu(weights)',
    'item': 'one.item()',
    'tensor_number': 'torch.tensor(1.5)',
    'tolist_4': 'x.tolist()',
    'zeros': 'torch.zeros(2, 2)',
}

names = globals()
