/** Files that TensorBoard's projector reads. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssertionError } from '../../base/errors';
import { pngBytes } from '../../face/files';
import { callOperator } from '../../face/tensors';
import type { Tensor } from '../../tensor/tensor';
import { imageGrid, imageOf, type TensorLike, tensorOf } from './values';

export type Metadata = readonly unknown[] | readonly (readonly unknown[])[];

/** The rows of a matrix, tabs between its values. */
export function writeMatrix(folder: string, matrix: TensorLike): number {
  const rows = tensorOf(matrix);
  if (rows.ndim !== 2) throw new AssertionError('mat should be 2D, where mat.size(0) is the number of data points');
  const lines = (rows.tolist() as number[][]).map((row) => `${row.join('\t')}\n`);
  writeFileSync(join(folder, 'tensors.tsv'), lines.join(''));
  return rows.shape[0]!;
}

export function writeMetadata(folder: string, metadata: Metadata, header: readonly string[] | null): void {
  const rows =
    header === null ? metadata.map(String) : [header, ...metadata].map((row) => (row as string[]).join('\t'));
  writeFileSync(join(folder, 'metadata.tsv'), `${rows.join('\n')}\n`);
}

/** All images in one square picture, row by row. */
export function writeSprite(folder: string, images: TensorLike): void {
  const all = tensorOf(images);
  const columns = Math.ceil(Math.sqrt(all.shape[0]!));
  const grid = imageOf(imageGrid(all, columns), 'CHW');
  const missing = grid.shape[2]! - grid.shape[1]!;
  const square = missing > 0 ? callOperator<Tensor>('constant_pad_nd', grid, [0, 0, 0, missing], 0) : grid;
  writeFileSync(join(folder, 'sprite.png'), pngBytes(square, 6, 'SummaryWriter.add_embedding'));
}

/** An entry of projector_config.pbtxt. */
export function projectorEntry(name: string, folder: string, metadata: boolean, images: Tensor | null): string {
  const lines = [`tensor_name: ${JSON.stringify(name)}`, `tensor_path: ${JSON.stringify(`${folder}/tensors.tsv`)}`];
  if (metadata) lines.push(`metadata_path: ${JSON.stringify(`${folder}/metadata.tsv`)}`);
  if (images !== null) {
    const [, , height, width] = images.shape;
    const sizes = `single_image_dim: ${width} single_image_dim: ${height}`;
    lines.push(`sprite { image_path: ${JSON.stringify(`${folder}/sprite.png`)} ${sizes} }`);
  }
  return `embeddings {\n  ${lines.join('\n  ')}\n}\n`;
}
