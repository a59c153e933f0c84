/** How well a network tells classes of images apart: the share of each class that it names, and a picture. */
import torch, { type nn, type Tensor } from 'tsorch';
import * as plt from 'tsorch/pyplot';
import type { DataLoader } from 'tsorch/utils/data';

export type Batches = DataLoader<[Tensor, Tensor]>;
export type Classifier = nn.Module & ((images: Tensor) => Tensor);

export interface Accuracy {
  /** The share of all images that were named rightly. */
  total: number;
  /** The same for the images of each class. */
  classes: number[];
}

/** Scores are [batch, classes]. */
export function accuracy(model: Classifier, batches: Batches, classes: number): Accuracy {
  model.eval();
  return torch.no_grad(() => {
    const right = torch.zeros(classes);
    const images = torch.zeros(classes);
    for (const [x, y] of batches) {
      images.add_(torch.bincount(y, { minlength: classes }));
      right.add_(torch.bincount(y.index(model(x).argmax(1).eq(y)), { minlength: classes }));
    }
    return { total: right.sum().div(images.sum()).item(), classes: right.div(images).tolist() as number[] };
  });
}

export const percent = (share: number, digits = 0): string => `${(100 * share).toFixed(digits)}%`;

/** Images [n, 1, height, width] in rows of ten, with what the model takes them for: in red where it is wrong. */
export function drawGuesses(
  model: Classifier,
  images: Tensor,
  labels: Tensor,
  names: readonly string[],
  title: string,
): plt.Figure {
  const { values, indices } = torch.no_grad(() => model(images).softmax(1)).max(1);
  const rows = Math.ceil(images.length / 10);
  const [figure, table] = plt.subplots(rows, 10, { figsize: [10, 1.2 * rows] });
  figure.suptitle(title);
  table.flat(2).forEach((axes, i) => {
    axes.axis('off');
    if (i >= images.length) return;
    const guess = indices.index(i).item();
    const color = guess === labels.index(i).item() ? 'k' : 'r';
    axes.imshow(images.index(i), { cmap: 'gray' });
    axes.set_title(`${names[guess]} ${percent(values.index(i).item())}`, { color, fontsize: 8 });
  });
  return figure;
}
