/** The wrong calls whose error is not PyTorch's, each with the reason. */

const helper = 'PyTorch names a private helper or a base class; here it is the name that was called';
const attribute =
  'Python looks an attribute up before anything checks the type, and has no other message than its absence';
const conversion = "Python's own conversion of a value to a number, or its comparison, fails there";
const key = "a KeyError of Python's says nothing but the missing key";
const counts = 'no argument is looked at: JavaScript drops those too many, and TypeScript refuses them';
const meta = 'kernels for meta tensors that PyTorch has written in Python, which check devices in words of their own';

export const differences: Readonly<Record<string, string>> = {
  'x.sub({  })': 'an empty object is a call without named arguments',
  "x.index('a:')": 'a slice is a text here, and this one cannot be read',
  "torch.manual_seed('a')": conversion,
  "nn.init.trunc_normal_(w, 'a')": conversion,
  "nn.utils.clip_grad_norm_(w, 'a')": conversion,
  "nn.utils.prune.l1_unstructured(lin, 'weight', 2.0)": '2.0 is the whole number 2, which may be an amount',
  "torch.norm('a')": attribute,
  "F.softmax('a', 0)": attribute,
  "F.mse_loss(x, 'a')": attribute,
  'new nn.Parameter(1)': attribute,
  'torch.masked.sum(x, { mask: 1 })': attribute,
  'torch.unique(1)': helper,
  'F.threshold(x, 1)': helper,
  "F.cross_entropy(x, 'a')": helper,
  'new nn.MaxPool2d()': helper,
  "new nn.Parameter(v, 'a')": helper,
  'lin.bias = lin': "a class of Python's knows its module: torch.nn.modules.linear.Linear",
  'x.set_(1)': 'storages have no class here, so one signature is left',
  'x.apply_(1)': "Python calls the value and says that it is not callable; here the argument's name is told",
  'w.mul(2).backward(1)': 'Python takes what is not a tensor for a list',
  "F.adaptive_max_pool2d(img, 'a')": 'a text is a list of its letters in Python',
  'x.dim(1)': counts,
  'x.storage_offset(1)': counts,
  'x.element_size(1)': counts,
  'new optim.SGD([{ foo: [w] }], { lr: 0.1 })': key,
  'torch.hann_window(4, { dtype: torch.int64 })': 'libtorch prints which options were given; Python gives all of them',
  "torch.stack([x, torch.ones(2, 3, { device: 'meta' })])": meta,
  "x.add(torch.ones(2, 3, { device: 'meta' }))": meta,
  "new nn.ModuleDict().pop('a')": key,
  "new nn.ParameterDict().pop('a')": key,
  "new nn.LSTM(3, 4, 'a')": conversion,
  "new nn.RNN(3, 4, { dropout: 'a' })": conversion,
  "new nn.Dropout('a')": conversion,
  'new nn.Dropout(null)': conversion,
  'new nn.AdaptiveLogSoftmaxWithLoss(3, 10, null)': conversion,
  "new nn.TransformerEncoder(lin, 'a')": conversion,
  'nn.utils.clip_grad_norm_(w, null)': conversion,
  "nn.utils.clip_grad_value_(w, 'a')": conversion,
  'nn.init.xavier_uniform_(x, null)': conversion,
  "nn.init.sparse_(x, 'a')": conversion,
  'new optim.Adam([w], { betas: 0.9 })': conversion,
  'new optim.SGD([w], { lr: null })': conversion,
  "new optim.Adam([w], { lr: 'a' })": conversion,
  'new optim.lr_scheduler.LambdaLR(x, (e) => e)': attribute,
  'new optim.lr_scheduler.MultiStepLR(new optim.SGD([w], { lr: 0.1 }), 2)': conversion,
  'new torch.distributions.Categorical([0.1, 0.9])': attribute,
  'new torch.distributions.Dirichlet(1.0)': attribute,
  'new torch.distributions.MultivariateNormal(v, 1)': attribute,
  'new torch.distributions.Independent(v, 1)': attribute,
  'torch.distributions.register_kl(1, 2)': conversion,
  'new torch.utils.data.TensorDataset([1, 2])': attribute,
  'nn.utils.skip_init(3)': conversion,
};
