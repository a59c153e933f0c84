/** Tables of vectors. https://docs.pytorch.org/docs/2.13/nn.html#sparse-layers */
import { no_grad } from '../../autograd/grad_mode';
import { AssertionError } from '../../base/errors';
import type { Tensor } from '../../tensor/tensor';
import * as F from '../functional';
import * as signatures from '../generated/nn';
import * as init from '../init';
import { Parameter } from '../parameter';
import { empty } from './factory';
import { Module } from './module';
import { float, repr } from './repr';

function row(index: number | null, rows: number, message: string): number | null {
  if (index === null) return null;
  if (index >= rows || index < -rows) throw new AssertionError(message);
  return index < 0 ? rows + index : index;
}

function checkWeight(weight: Tensor, rows: number, width: number): void {
  const [first, second, ...rest] = weight.shape;
  if (first === rows && second === width && rest.length === 0) return;
  throw new AssertionError('Shape of weight does not match num_embeddings and embedding_dim');
}

function drawRows(weight: Tensor, padding: number | null): void {
  init.normal_(weight);
  if (padding !== null) no_grad(() => weight.index(padding).fill_(0));
}

/**
 * Looks up rows of a table: indices (*) → (*, embedding_dim).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Embedding.html
 */
export class Embedding extends Module {
  num_embeddings: number;
  embedding_dim: number;
  padding_idx: number | null;
  max_norm: number | null;
  norm_type: number;
  scale_grad_by_freq: boolean;
  sparse: boolean;
  declare weight: Parameter;

  constructor(...args: signatures.EmbeddingArgs) {
    super();
    const options = signatures.Embedding.read(args);
    const { num_embeddings, embedding_dim, _weight, _freeze } = options;
    this.num_embeddings = num_embeddings;
    this.embedding_dim = embedding_dim;
    this.padding_idx = row(options.padding_idx, num_embeddings, 'Padding_idx must be within num_embeddings');
    this.max_norm = options.max_norm;
    this.norm_type = options.norm_type;
    this.scale_grad_by_freq = options.scale_grad_by_freq;
    this.sparse = options.sparse;
    if (_weight !== null) checkWeight(_weight, num_embeddings, embedding_dim);
    this.weight = new Parameter(_weight ?? empty([num_embeddings, embedding_dim], options), !_freeze);
    if (_weight === null) this.reset_parameters();
  }

  /** Draws new rows. */
  reset_parameters(): void {
    drawRows(this.weight, this.padding_idx);
  }

  override forward(input: Tensor): Tensor {
    const { weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse } = this;
    return F.embedding(input, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse);
  }

  override extra_repr(): string {
    const parts = [`${this.num_embeddings}, ${this.embedding_dim}`];
    if (this.padding_idx !== null) parts.push(`padding_idx=${this.padding_idx}`);
    if (this.max_norm !== null) parts.push(`max_norm=${float(this.max_norm)}`);
    if (this.norm_type !== 2) parts.push(`norm_type=${float(this.norm_type)}`);
    if (this.scale_grad_by_freq) parts.push('scale_grad_by_freq=True');
    if (this.sparse) parts.push('sparse=True');
    return parts.join(', ');
  }

  /**
   * A table of given rows (num_embeddings, embedding_dim), which do not learn unless `freeze` is false.
   * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Embedding.html#torch.nn.Embedding.from_pretrained
   */
  static from_pretrained(...args: signatures.EmbeddingFromPretrainedArgs): Embedding {
    const { embeddings, freeze, ...options } = signatures.Embedding_from_pretrained.read(args);
    if (embeddings.dim() !== 2) throw new AssertionError('Embeddings parameter is expected to be 2-dimensional');
    const [num_embeddings, embedding_dim] = embeddings.shape as [number, number];
    return new this({ num_embeddings, embedding_dim, _weight: embeddings, _freeze: freeze, ...options });
  }
}

/**
 * Sums, means or maxima of bags of rows, without making the rows.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.EmbeddingBag.html
 */
export class EmbeddingBag extends Module {
  num_embeddings: number;
  embedding_dim: number;
  max_norm: number | null;
  norm_type: number;
  scale_grad_by_freq: boolean;
  padding_idx: number | null;
  mode: F.BagMode;
  sparse: boolean;
  include_last_offset: boolean;
  declare weight: Parameter;

  constructor(...args: signatures.EmbeddingBagArgs) {
    super();
    const options = signatures.EmbeddingBag.read(args);
    const { num_embeddings, embedding_dim, _weight } = options;
    this.num_embeddings = num_embeddings;
    this.embedding_dim = embedding_dim;
    this.max_norm = options.max_norm;
    this.norm_type = options.norm_type;
    this.scale_grad_by_freq = options.scale_grad_by_freq;
    this.padding_idx = row(options.padding_idx, num_embeddings, 'padding_idx must be within num_embeddings');
    this.mode = options.mode;
    this.sparse = options.sparse;
    this.include_last_offset = options.include_last_offset;
    if (_weight !== null) checkWeight(_weight, num_embeddings, embedding_dim);
    this.weight = new Parameter(_weight ?? empty([num_embeddings, embedding_dim], options));
    if (_weight === null) this.reset_parameters();
  }

  /** Draws new rows. */
  reset_parameters(): void {
    drawRows(this.weight, this.padding_idx);
  }

  override forward(input: Tensor, offsets: Tensor | null = null, per_sample_weights: Tensor | null = null): Tensor {
    return F.embedding_bag(
      input,
      this.weight,
      offsets,
      this.max_norm,
      this.norm_type,
      this.scale_grad_by_freq,
      this.mode,
      this.sparse,
      per_sample_weights,
      this.include_last_offset,
      this.padding_idx,
    );
  }

  override extra_repr(): string {
    const parts = [`${this.num_embeddings}, ${this.embedding_dim}`];
    if (this.max_norm !== null) parts.push(`max_norm=${float(this.max_norm)}`);
    if (this.norm_type !== 2) parts.push(`norm_type=${float(this.norm_type)}`);
    if (this.scale_grad_by_freq) parts.push('scale_grad_by_freq=True');
    parts.push(`mode=${repr(this.mode)}`);
    if (this.padding_idx !== null) parts.push(`padding_idx=${this.padding_idx}`);
    return parts.join(', ');
  }

  /**
   * A table of given rows (num_embeddings, embedding_dim), which do not learn unless `freeze` is false.
   * https://docs.pytorch.org/docs/2.13/generated/torch.nn.EmbeddingBag.html#torch.nn.EmbeddingBag.from_pretrained
   */
  static from_pretrained(...args: signatures.EmbeddingBagFromPretrainedArgs): EmbeddingBag {
    const { embeddings, freeze, ...options } = signatures.EmbeddingBag_from_pretrained.read(args);
    if (embeddings.dim() !== 2) throw new AssertionError('Embeddings parameter is expected to be 2-dimensional');
    const [num_embeddings, embedding_dim] = embeddings.shape as [number, number];
    const bag = new this({ num_embeddings, embedding_dim, _weight: embeddings, ...options });
    bag.weight.requires_grad = !freeze;
    return bag;
  }
}
