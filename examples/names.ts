/**
 * Which language is a surname from? A recurrent network reads it letter by letter.
 *
 * The names are those of the npm package @faker-js/faker. Expect about 75% of the names held back to be told right
 * among nine languages (guessing gives 11%), after ten seconds; the picture shows which are taken for each other.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn, optim, type Tensor } from 'tsorch';
import * as plt from 'tsorch/pyplot';
import { tqdm } from 'tsorch/tqdm';
import { percent } from './support/classification';
import { interrupted, untilInterrupted } from './support/interrupt';
import { positive, whole } from './support/options';

export const description = 'a recurrent network reads names letter by letter and tells their language (char-RNN)';

export const options = {
  epochs: { type: 'string', default: '12', description: 'how often to go through the names' },
  'batch-size': { type: 'string', default: '64', description: 'names a step' },
  'hidden-size': { type: 'string', default: '128', description: 'of the state' },
  lr: { type: 'string', default: '0.003', description: 'learning rate' },
  seed: { type: 'string', default: '1', description: 'of the weights, and of the names held back' },
  name: { type: 'string', default: 'Rossi', description: 'a name to tell the language of, at the end' },
  out: { type: 'string', default: 'out/names', description: 'folder for the picture and the weights' },
} as const;

type Values = { [Name in keyof typeof options]: string };

/** Languages, and where the package has their surnames. */
const LOCALES = {
  Czech: 'cs_CZ',
  English: 'en',
  French: 'fr',
  German: 'de',
  Italian: 'it',
  Polish: 'pl',
  Serbian: 'sr_RS_latin',
  Spanish: 'es',
  Turkish: 'tr',
} as const;

const categories = Object.keys(LOCALES) as (keyof typeof LOCALES)[];
const all_letters = "abcdefghijklmnopqrstuvwxyz '-";
const n_letters = all_letters.length;

/** Plain small letters, without the marks that would give a language away: Ślusàrski is read as slusarski. */
function plain(name: string): string {
  const letters = name.toLowerCase().replaceAll('ł', 'l').replaceAll('ı', 'i').replaceAll('đ', 'd').normalize('NFD');
  return [...letters].filter((letter) => all_letters.includes(letter)).join('');
}

/** One-hot vectors of the letters: [length, letters]. */
function lineToTensor(line: string): Tensor {
  const indices = torch.tensor([...plain(line)].map((letter) => all_letters.indexOf(letter)));
  return nn.functional.one_hot(indices.to(torch.int64), n_letters).to(torch.float32);
}

interface Sample {
  name: string;
  category: number;
  line: Tensor;
}

/** The surnames of each language, each once, and none that two languages have. */
async function loadNames(): Promise<Sample[]> {
  const { allLocales } = await import('@faker-js/faker');
  const languages = new Map<string, Set<number>>();
  categories.forEach((category, i) => {
    const { generic = [], male = [] } = allLocales[LOCALES[category]].person?.last_name ?? {};
    for (const name of [...generic, ...male]) {
      if (plain(name).length < 2) continue;
      const known = languages.get(name) ?? new Set();
      languages.set(name, known.add(i));
    }
  });
  return [...languages].flatMap(([name, [category, another]]) =>
    another === undefined ? [{ name, category: category!, line: lineToTensor(name) }] : [],
  );
}

class CharRNN extends nn.Module {
  rnn: nn.GRU;
  h2o: nn.Linear;
  softmax = new nn.LogSoftmax({ dim: 1 });

  constructor(input_size: number, hidden_size: number, output_size: number) {
    super();
    this.rnn = new nn.GRU(input_size, hidden_size);
    this.h2o = new nn.Linear(hidden_size, output_size);
  }

  /** Names of different lengths; the log probabilities of their categories. */
  override forward(lines: nn.utils.rnn.PackedSequence): Tensor {
    const [, hidden] = this.rnn(lines);
    return this.softmax(this.h2o(hidden.index(0)));
  }
}

/** The names as one packed batch, and their categories. */
function batchOf(samples: readonly Sample[]): [nn.utils.rnn.PackedSequence, Tensor] {
  const lines = nn.utils.rnn.pack_sequence(
    samples.map(({ line }) => line),
    { enforce_sorted: false },
  );
  return [lines, torch.tensor(samples.map(({ category }) => category)).to(torch.int64)];
}

/** Pieces of a list, in the order of `indices`. */
function* chunks(samples: readonly Sample[], indices: readonly number[], size: number): Generator<Sample[]> {
  for (let start = 0; start < indices.length; start += size)
    yield indices.slice(start, start + size).map((i) => samples[i]!);
}

/** How often each category (rows) was taken for each (columns). */
function confusion(rnn: CharRNN, samples: readonly Sample[]): Tensor {
  const [lines, targets] = batchOf(samples);
  const guesses = torch.no_grad(() => rnn(lines)).argmax(1);
  const n = categories.length;
  return torch.bincount(targets.mul(n).add(guesses), { minlength: n * n }).view(n, n);
}

const rightOf = (matrix: Tensor) => matrix.trace().item() / matrix.sum().item();

function draw(losses: number[], matrix: Tensor): plt.Figure {
  const [figure, [left, right]] = plt.subplots(1, 2, { figsize: [13, 5.5] });
  left.plot(
    losses.map((_, i) => i + 1),
    losses,
  );
  left.set_title('Training loss of each epoch');
  left.set_xlabel('epoch');
  left.set_ylabel('negative log likelihood');
  // Shares of each language, as there are more names of some than of others.
  right.confusion_matrix(matrix.div(matrix.sum(1, { keepdim: true })), { display_labels: categories });
  right.set_title(`Names held back: ${percent(rightOf(matrix))} right`);
  return figure;
}

export async function main(values: Values): Promise<void> {
  torch.set_num_threads(1); // the network is too small for more
  torch.manual_seed(whole('seed', values.seed, 0));
  const samples = await loadNames();
  const order = torch.randperm(samples.length).tolist() as number[];
  const held = Math.floor(samples.length / 8);
  const [test, train] = [order.slice(0, held), order.slice(held)].map((part) => part.map((i) => samples[i]!)) as [
    Sample[],
    Sample[],
  ];
  console.log(`${train.length} names to learn from, ${test.length} held back`);

  const rnn = new CharRNN(n_letters, whole('hidden-size', values['hidden-size']), categories.length);
  console.log(String(rnn));
  // Languages with few names count as much as those with many.
  const [, targets] = batchOf(train);
  const counts = torch.bincount(targets, { minlength: categories.length });
  const weight = counts.reciprocal().mul(train.length / categories.length);
  const criterion = new nn.NLLLoss({ weight });
  const optimizer = new optim.Adam(rnn.parameters(), { lr: positive('lr', values.lr) });

  const batch_size = whole('batch-size', values['batch-size']);
  const epochs = whole('epochs', values.epochs);
  const losses: number[] = [];
  const bar = tqdm({ total: epochs * Math.ceil(train.length / batch_size), desc: 'training' });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    let total = 0;
    for await (const batch of untilInterrupted(
      chunks(train, torch.randperm(train.length).tolist() as number[], batch_size),
    )) {
      const [lines, categories] = batchOf(batch);
      const loss = criterion(rnn(lines), categories);
      optimizer.zero_grad();
      loss.backward();
      nn.utils.clip_grad_norm_(rnn.parameters(), 3);
      optimizer.step();
      total += loss.item() * batch.length;
      bar.set_postfix({ loss: loss.item() });
      bar.update();
    }
    if (interrupted()) break;
    losses.push(total / train.length);
    const share = percent(rightOf(confusion(rnn, test)), 1);
    tqdm.write(`epoch ${epoch}: loss ${losses.at(-1)!.toFixed(3)}, held back ${share} right`);
  }
  bar.close();

  mkdirSync(values.out, { recursive: true });
  const file = (name: string) => join(values.out, name);
  torch.save(rnn.state_dict(), file('weights.pt'));
  if (interrupted()) {
    console.log(`stopped: wrote ${file('weights.pt')}`);
    return;
  }

  for (const name of [values.name, 'Kowalczyk', 'Fernandez', 'Öztürk', 'Jovanović', 'Novotný']) {
    const [lines] = batchOf([{ name, category: 0, line: lineToTensor(name) }]);
    const { values: scores, indices } = torch.no_grad(() => rnn(lines).index(0).exp()).topk(3);
    const guesses = (indices.tolist() as number[]).map(
      (i, rank) => `${categories[i]} ${percent(scores.index(rank).item())}`,
    );
    console.log(`${name}: ${guesses.join(', ')}`);
  }

  draw(losses, confusion(rnn, test)).savefig(file('confusion.svg'));
  console.log(`wrote ${['confusion.svg', 'weights.pt'].map(file).join(', ')}`);
}
