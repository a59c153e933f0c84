/** Drawings of the autograd graph. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch, { nn } from 'tsorch';
import { make_dot } from 'tsorch/torchviz';

/** Labels by name, and edges between labels. */
function parsed(source: string) {
  const labels = new Map(
    [...source.matchAll(/^\t"(n\d+)" \[label="([^"]*)"/gm)].map((match) => [match[1]!, match[2]!]),
  );
  const edges = [...source.matchAll(/^\t"(n\d+)" -> "(n\d+)"$/gm)].map(
    (match) => `${labels.get(match[1]!)} -> ${labels.get(match[2]!)}`,
  );
  return { labels: [...labels.values()].sort(), edges: edges.sort() };
}

test('steps, leaves and results of a layer', () => {
  const model = new nn.Linear(3, 2);
  const loss = model(torch.ones(4, 3)).pow(2).sum();
  const { labels, edges } = parsed(make_dot(loss, { params: model.named_parameters() }).source);
  expect(labels).toEqual(
    ['()', 'AccumulateGrad', 'AccumulateGrad', 'AddmmBackward0', 'PowBackward0', 'SumBackward0', 'TBackward0']
      .concat(['bias\\n(2)', 'weight\\n(2, 3)'])
      .sort(),
  );
  expect(edges).toEqual(
    [
      'SumBackward0 -> ()',
      'PowBackward0 -> SumBackward0',
      'AddmmBackward0 -> PowBackward0',
      'AccumulateGrad -> AddmmBackward0',
      'TBackward0 -> AddmmBackward0',
      'AccumulateGrad -> TBackward0',
      'bias\\n(2) -> AccumulateGrad',
      'weight\\n(2, 3) -> AccumulateGrad',
    ].sort(),
  );
  expect(make_dot(loss, Object.fromEntries(model.named_parameters())).source).toBe(
    make_dot(loss, { params: model.named_parameters() }).source,
  );
});

test('what is used twice is drawn once, and several results share their graph', () => {
  const x = torch.ones(2, { requires_grad: true });
  const y = x.mul(x);
  const { labels, edges } = parsed(make_dot([y.sum(), y.exp()], { x }).source);
  expect(labels.filter((label) => label === 'MulBackward0')).toHaveLength(1);
  expect(labels.filter((label) => label === 'x\\n(2)')).toHaveLength(1);
  expect(edges.filter((edge) => edge === 'AccumulateGrad -> MulBackward0')).toHaveLength(2);
});

/** As torchviz 0.0.3 writes them, but for the names of nodes. */
test('what steps have saved is drawn and listed', () => {
  const x = torch.ones(2, 3, { requires_grad: true });
  const y = x.mul(x).exp().sum(1);
  const plain = make_dot(y, { x }).source;
  const { source } = make_dot(y, { params: { x }, show_saved: true, show_attrs: true });
  expect(source).not.toBe(plain);
  const { labels } = parsed(source);
  expect(labels).toEqual(
    [
      '(2)',
      'AccumulateGrad',
      'ExpBackward0\\n----------------------\\nresult: [saved tensor]',
      'MulBackward0\\n---------------------\\nother: [saved tensor]\\nself : [saved tensor]',
      'SumBackward1\\n----------------------\\ndim           :   (1,)\\nkeepdim       :  False\\nself_sym_sizes: (2, 3)',
      'result\\n(2, 3)',
      'x\\n(2, 3)',
    ].sort(),
  );
  expect(source.match(/-> "n\d+" \[dir="none"\]/g)).toHaveLength(3);
  expect(source.match(/fillcolor="orange"/g)).toHaveLength(2);
  expect(make_dot(y, { x }, { show_attrs: true }).source).toContain('[saved tensor]');
  expect(make_dot(y, { params: { x }, show_attrs: true, max_attr_chars: 8 }).source).toContain('result: [save...');
  expect(make_dot(y, { params: x }).source).toContain('params\\n(2, 3)'); // a tensor of that name
});

test('a freed graph has nothing to list', () => {
  const y = torch.ones(2, { requires_grad: true }).exp();
  y.sum().backward();
  expect(make_dot(y).source).toContain('ExpBackward0');
  expect(() => make_dot(y, { show_saved: true })).toThrow(/^Trying to backward through the graph a second time/);
  expect(() => make_dot(y, { show_attrs: 1 as never })).toThrow(TypeError);
});

test('a long graph is drawn without recursion; a leaf alone is a graph', () => {
  let x = torch.ones(1, { requires_grad: true });
  const first = x;
  for (let i = 0; i < 20000; i++) x = x.add(1);
  expect(make_dot(x).source.match(/AddBackward0/g)).toHaveLength(20000);
  expect(make_dot(first, { 'the "x"': first }).source).toContain('label="the \\"x\\"\\n(1)"');
});

test('SVG, PNG and DOT files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsorch-torchviz-'));
  try {
    const x = torch.ones(2, { requires_grad: true });
    const graph = make_dot(x.sin().sum(), { x });
    expect(graph.svg()).toMatch(/<svg [\s\S]*SinBackward0[\s\S]*<\/svg>/);
    const read = (path: string) => readFileSync(path);
    expect(read(graph.render(join(folder, 'a'))).toString()).toContain('SumBackward0');
    expect(
      read(graph.render(join(folder, 'a'), 'png'))
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    expect(read(graph.render(join(folder, 'a'), 'dot')).toString()).toBe(graph.source);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
