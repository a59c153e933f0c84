/** Logs for TensorBoard. https://docs.pytorch.org/docs/2.13/tensorboard.html */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { AssertionError } from '../../base/errors';
import { bytes, integer, message, string } from '../../face/protobuf';
import { callOperator } from '../../face/tensors';
import { Figure } from '../../pyplot/figure';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/utils_tensorboard';
import { projectorEntry, writeMatrix, writeMetadata, writeSprite } from './embedding';
import { FileWriter } from './file_writer';
import * as summaries from './summary';
import { elements, imageOf, scalarOf } from './values';

export type { SummaryWriterOptions } from '../generated/utils_tensorboard';

interface When {
  global_step?: number | null;
  walltime?: number | null;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `runs/Nov20_09-56-46_host`. */
function defaultFolder(comment: string): string {
  const now = new Date();
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${MONTHS[now.getMonth()]}${two(now.getDate())}`;
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('-');
  return join('runs', `${day}_${time}_${hostname()}${comment}`);
}

/** A tag as the name of a folder. */
function encodeTag(tag: string): string {
  return tag.replaceAll('%', '%25').replaceAll('/', '%2f').replaceAll('\\', '%5c');
}

/** SessionLog.START of TensorFlow. */
const SESSION_START = 1;

/**
 * Writes event files for TensorBoard: `new SummaryWriter('runs/first').add_scalar('loss', loss, step)`. Needs the package
 * `@bufbuild/protobuf`; images need `sharp`, figures `echarts` too. `close()` or `using` writes what is in memory.
 * https://docs.pytorch.org/docs/2.13/tensorboard.html#torch.utils.tensorboard.writer.SummaryWriter
 */
export class SummaryWriter {
  readonly log_dir: string;
  private readonly options: Required<signatures.SummaryWriterOptions>;
  private purge_step: number | null;
  private writer: FileWriter | undefined;
  /** By folder: `add_scalars` writes one for each of its lines. */
  private readonly others = new Map<string, FileWriter>();
  private projector = '';

  constructor(...args: signatures.SummaryWriterArgs) {
    this.options = signatures.SummaryWriter.read(args);
    this.log_dir = this.options.log_dir || defaultFolder(this.options.comment);
    this.purge_step = this.options.purge_step;
    this._get_file_writer();
  }

  /** The file of the folder itself, opened again after `close()`. */
  _get_file_writer(): FileWriter {
    if (this.writer === undefined) {
      this.writer = this.open(this.log_dir);
      const step = this.purge_step;
      if (step !== null) {
        this.writer.add_event([string(3, 'brain.Event:2')], step);
        this.writer.add_event([bytes(7, message(integer(1, SESSION_START)))], step);
        this.purge_step = null;
      }
    }
    return this.writer;
  }

  private open(folder: string): FileWriter {
    const { max_queue, flush_secs, filename_suffix } = this.options;
    return new FileWriter(folder, max_queue, flush_secs, filename_suffix);
  }

  /** The folder of the event files. */
  get_logdir(): string {
    return this.log_dir;
  }

  private add(summary: Uint8Array, { global_step, walltime }: When): void {
    this._get_file_writer().add_summary(summary, global_step, walltime);
  }

  /** A number at a step. */
  add_scalar(...args: signatures.SummaryWriterAddScalarArgs): void {
    const { tag, scalar_value, new_style, double_precision, ...when } = signatures.SummaryWriter_add_scalar.read(args);
    this.add(summaries.scalar(tag, scalarOf(scalar_value), new_style, double_precision), when);
  }

  /** Several lines in one chart; each goes to a folder of its own. */
  add_scalars(...args: signatures.SummaryWriterAddScalarsArgs): void {
    const { main_tag, tag_scalar_dict, global_step, walltime } = signatures.SummaryWriter_add_scalars.read(args);
    this._get_file_writer();
    for (const [tag, value] of Object.entries(tag_scalar_dict)) {
      const folder = join(this.log_dir, `${main_tag.replaceAll('/', '_')}_${tag}`);
      const writer = this.others.get(folder) ?? this.open(folder);
      this.others.set(folder, writer);
      writer.add_summary(summaries.scalar(main_tag, scalarOf(value)), global_step, walltime);
    }
  }

  /** A tensor as it is. */
  add_tensor(...args: signatures.SummaryWriterAddTensorArgs): void {
    const { tag, tensor, ...when } = signatures.SummaryWriter_add_tensor.read(args);
    this.add(summaries.tensorSummary(tag, tensor), when);
  }

  /** How values are spread. */
  add_histogram(...args: signatures.SummaryWriterAddHistogramArgs): void {
    const { tag, values, bins, max_bins, ...when } = signatures.SummaryWriter_add_histogram.read(args);
    const edges = bins === 'tensorflow' ? summaries.defaultBins : bins;
    if (typeof edges === 'string') throw new RangeError(`'${edges}' is not a valid estimator for \`bins\``);
    this.add(summaries.histogram(tag, values, edges, max_bins), when);
  }

  /** A histogram that is counted already. */
  add_histogram_raw(...args: signatures.SummaryWriterAddHistogramRawArgs): void {
    const { tag, global_step, walltime, ...raw } = signatures.SummaryWriter_add_histogram_raw.read(args);
    if (raw.bucket_limits.length !== raw.bucket_counts.length) {
      throw new RangeError('len(bucket_limits) != len(bucket_counts), see the document.');
    }
    this.add(summaries.histogramRaw(tag, raw), { global_step, walltime });
  }

  /** An image: bytes, or floats from 0 to 1. */
  add_image(...args: signatures.SummaryWriterAddImageArgs): void {
    const { tag, img_tensor, dataformats, ...when } = signatures.SummaryWriter_add_image.read(args);
    this.add(summaries.image(tag, imageOf(img_tensor, dataformats)), when);
  }

  /** Images side by side, eight in a row. */
  add_images(...args: signatures.SummaryWriterAddImagesArgs): void {
    const { tag, img_tensor, dataformats, ...when } = signatures.SummaryWriter_add_images.read(args);
    this.add(summaries.image(tag, imageOf(img_tensor, dataformats)), when);
  }

  /** A figure of tsorch/pyplot, or several side by side. */
  add_figure(...args: signatures.SummaryWriterAddFigureArgs): void {
    const { tag, figure, close, ...when } = signatures.SummaryWriter_add_figure.read(args);
    const figures = figure instanceof Figure ? [figure] : figure;
    const images = figures.map((each) => each.to_image());
    const [image, format] =
      figure instanceof Figure ? [images[0]!, 'CHW'] : [callOperator<Tensor>('stack', images, 0), 'NCHW'];
    this.add(summaries.image(tag, imageOf(image, format)), when);
    if (close) for (const each of figures) each.clear();
  }

  /** Sound with one channel, of samples from -1 to 1. */
  add_audio(...args: signatures.SummaryWriterAddAudioArgs): void {
    const { tag, snd_tensor, sample_rate, ...when } = signatures.SummaryWriter_add_audio.read(args);
    this.add(summaries.audio(tag, snd_tensor, sample_rate), when);
  }

  /** Text, shown as Markdown. */
  add_text(...args: signatures.SummaryWriterAddTextArgs): void {
    const { tag, text_string, ...when } = signatures.SummaryWriter_add_text.read(args);
    this.add(summaries.text(tag, text_string), when);
  }

  /** Hyperparameters with what came of them, in a folder of their own below this one. */
  add_hparams(...args: signatures.SummaryWriterAddHparamsArgs): void {
    const { hparam_dict, metric_dict, hparam_domain_discrete, run_name, global_step } =
      signatures.SummaryWriter_add_hparams.read(args);
    const three = summaries.hparams(hparam_dict, Object.keys(metric_dict), hparam_domain_discrete ?? {});
    const writer = new SummaryWriter({ log_dir: join(this.log_dir, run_name || String(Date.now() / 1000)) });
    try {
      for (const summary of three) writer.add(summary, { global_step });
      for (const [tag, value] of Object.entries(metric_dict)) writer.add_scalar(tag, value, global_step);
    } finally {
      writer.close();
    }
  }

  /** Points for the projector, with labels and small images. */
  add_embedding(...args: signatures.SummaryWriterAddEmbeddingArgs): void {
    const { mat, metadata, label_img, global_step, tag, metadata_header } =
      signatures.SummaryWriter_add_embedding.read(args);
    const step = String(global_step ?? 0).padStart(5, '0');
    const subfolder = `${step}/${encodeTag(tag)}`;
    const folder = join(this._get_file_writer().log_dir, subfolder);
    if (existsSync(folder) && !statSync(folder).isDirectory()) {
      throw new Error(`Path: \`${folder}\` exists, but is a file. Cannot proceed.`);
    }
    mkdirSync(folder, { recursive: true });
    const count = writeMatrix(folder, mat);
    if (metadata !== null) {
      if (metadata.length !== count) throw new AssertionError('#labels should equal with #data points');
      writeMetadata(folder, metadata, metadata_header);
    }
    if (label_img !== null) {
      if (label_img.shape[0] !== count) throw new AssertionError('#images should equal with #data points');
      writeSprite(folder, label_img);
    }
    this.projector += projectorEntry(`${tag}:${step}`, subfolder, metadata !== null, label_img);
    writeFileSync(join(this.log_dir, 'projector_config.pbtxt'), this.projector);
  }

  /** Precision and recall of predictions from 0 to 1, at every threshold. */
  add_pr_curve(...args: signatures.SummaryWriterAddPrCurveArgs): void {
    const { tag, labels, predictions, num_thresholds, weights, ...when } =
      signatures.SummaryWriter_add_pr_curve.read(args);
    const count = Math.min(127, num_thresholds);
    this.add(summaries.prCurve(tag, summaries.precisionRecall(labels, predictions, count, weights), count), when);
  }

  /** A precision and recall curve from counts made elsewhere. */
  add_pr_curve_raw(...args: signatures.SummaryWriterAddPrCurveRawArgs): void {
    const { tag, num_thresholds, global_step, walltime, ...counts } =
      signatures.SummaryWriter_add_pr_curve_raw.read(args);
    const rows = [
      counts.true_positive_counts,
      counts.false_positive_counts,
      counts.true_negative_counts,
      counts.false_negative_counts,
      counts.precision,
      counts.recall,
    ].map((row) => Array.from(elements(row)));
    this.add(summaries.prCurve(tag, rows, num_thresholds), { global_step, walltime });
  }

  /** Charts that gather scalars: `{ losses: { both: ['Multiline', ['loss/train', 'loss/test']] } }`. Once a writer. */
  add_custom_scalars(...args: signatures.SummaryWriterAddCustomScalarsArgs): void {
    const [layout] = signatures.SummaryWriter_add_custom_scalars.list(args);
    this.add(summaries.customScalars(layout), {});
  }

  /** A chart of several scalars, by their tags. */
  add_custom_scalars_multilinechart(...args: signatures.SummaryWriterAddCustomScalarsMultilinechartArgs): void {
    const { tags, category, title } = signatures.SummaryWriter_add_custom_scalars_multilinechart.read(args);
    this.add_custom_scalars({ [category]: { [title]: ['Multiline', tags] } });
  }

  /** A chart of a value between a lower and an upper one, by their tags. */
  add_custom_scalars_marginchart(...args: signatures.SummaryWriterAddCustomScalarsMarginchartArgs): void {
    const { tags, category, title } = signatures.SummaryWriter_add_custom_scalars_marginchart.read(args);
    this.add_custom_scalars({ [category]: { [title]: ['Margin', tags] } });
  }

  /** Writes what is in memory. */
  flush(): void {
    for (const writer of this.all()) writer.flush();
  }

  /** Writes what is in memory and closes the files. What is added later goes to new ones. */
  close(): void {
    for (const writer of this.all()) writer.close();
    this.writer = undefined;
    this.others.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private all(): FileWriter[] {
    return [...(this.writer === undefined ? [] : [this.writer]), ...this.others.values()];
  }
}
