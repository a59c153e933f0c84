/** Logs for TensorBoard. https://docs.pytorch.org/docs/2.13/tensorboard.html */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { AssertionError } from '../../base/errors';
import { type ArgumentsOf, isOptions, signature } from '../../face/arguments';
import { callOperator } from '../../face/tensors';
import { Figure } from '../../pyplot/figure';
import type { Tensor } from '../../tensor/tensor';
import { type Metadata, projectorEntry, writeMatrix, writeMetadata, writeSprite } from './embedding';
import { FileWriter } from './file_writer';
import { bytes, integer, message, string } from './message';
import * as summaries from './summary';
import { elements, imageOf, type Scalar, scalarOf, type TensorLike } from './values';

export interface SummaryWriterOptions {
  /** The folder; `runs/` with time and host by default. */
  log_dir?: string | null;
  /** Ends the default folder's name. */
  comment?: string;
  /** Events of this step and later ones in the folder are hidden: they are from before a crash. */
  purge_step?: number | null;
  /** How many events are kept in memory. */
  max_queue?: number;
  /** How many seconds they are kept. */
  flush_secs?: number;
  filename_suffix?: string;
}

interface When {
  global_step?: number | null;
  /** Seconds since 1970; now by default. */
  walltime?: number | null;
}

interface ScalarArguments extends When {
  tag: string;
  scalar_value: Scalar;
  new_style?: boolean;
  double_precision?: boolean;
}

interface ScalarsArguments extends When {
  main_tag: string;
  tag_scalar_dict: Record<string, Scalar>;
}

interface HistogramArguments extends When {
  tag: string;
  values: TensorLike;
  /** 'tensorflow', how many, or their edges. */
  bins?: 'tensorflow' | number | readonly number[];
  max_bins?: number | null;
}

interface RawHistogramArguments extends When, summaries.RawHistogram {
  tag: string;
}

interface ImageArguments extends When {
  tag: string;
  img_tensor: TensorLike;
  dataformats?: string;
}

interface FigureArguments extends When {
  tag: string;
  figure: Figure | readonly Figure[];
  close?: boolean;
}

interface TextArguments extends When {
  tag: string;
  text_string: string;
}

interface TensorArguments extends When {
  tag: string;
  tensor: Tensor;
}

interface AudioArguments extends When {
  tag: string;
  snd_tensor: TensorLike;
  sample_rate?: number;
}

interface HparamsArguments {
  hparam_dict: Record<string, summaries.HParam>;
  metric_dict: Record<string, Scalar>;
  hparam_domain_discrete?: Record<string, readonly (number | string | boolean)[]> | null;
  run_name?: string | null;
  global_step?: number | null;
}

interface EmbeddingArguments {
  mat: TensorLike;
  metadata?: Metadata | null;
  label_img?: Tensor | null;
  global_step?: number | null;
  tag?: string;
  metadata_header?: readonly string[] | null;
}

interface PrCurveArguments extends When {
  tag: string;
  labels: TensorLike;
  predictions: TensorLike;
  num_thresholds?: number;
  weights?: TensorLike | null;
}

interface RawPrCurveArguments extends When {
  tag: string;
  true_positive_counts: TensorLike;
  false_positive_counts: TensorLike;
  true_negative_counts: TensorLike;
  false_negative_counts: TensorLike;
  precision: TensorLike;
  recall: TensorLike;
  num_thresholds?: number;
}

interface ChartArguments {
  tags: readonly string[];
  category?: string;
  title?: string;
}

const WHEN = ['global_step', 'walltime'] as const;
const anytime = { global_step: null, walltime: null };

const ofWriter = signature<SummaryWriterOptions>()(
  'SummaryWriter.__init__',
  ['log_dir', 'comment', 'purge_step', 'max_queue', 'flush_secs', 'filename_suffix'],
  { log_dir: null, comment: '', purge_step: null, max_queue: 10, flush_secs: 120, filename_suffix: '' },
);
const ofScalar = signature<ScalarArguments>()(
  'SummaryWriter.add_scalar',
  ['tag', 'scalar_value', ...WHEN, 'new_style', 'double_precision'],
  { ...anytime, new_style: false, double_precision: false },
);
const ofScalars = signature<ScalarsArguments>()(
  'SummaryWriter.add_scalars',
  ['main_tag', 'tag_scalar_dict', ...WHEN],
  anytime,
);
const ofHistogram = signature<HistogramArguments>()(
  'SummaryWriter.add_histogram',
  ['tag', 'values', 'global_step', 'bins', 'walltime', 'max_bins'],
  { ...anytime, bins: 'tensorflow', max_bins: null },
);
const ofRawHistogram = signature<RawHistogramArguments>()(
  'SummaryWriter.add_histogram_raw',
  ['tag', 'min', 'max', 'num', 'sum', 'sum_squares', 'bucket_limits', 'bucket_counts', ...WHEN],
  anytime,
);
const IMAGE = ['tag', 'img_tensor', ...WHEN, 'dataformats'] as const;
const ofImage = signature<ImageArguments>()('SummaryWriter.add_image', IMAGE, { ...anytime, dataformats: 'CHW' });
const ofImages = signature<ImageArguments>()('SummaryWriter.add_images', IMAGE, { ...anytime, dataformats: 'NCHW' });
const ofFigure = signature<FigureArguments>()(
  'SummaryWriter.add_figure',
  ['tag', 'figure', 'global_step', 'close', 'walltime'],
  { ...anytime, close: true },
);
const ofText = signature<TextArguments>()('SummaryWriter.add_text', ['tag', 'text_string', ...WHEN], anytime);
const ofTensor = signature<TensorArguments>()('SummaryWriter.add_tensor', ['tag', 'tensor', ...WHEN], anytime);
const ofAudio = signature<AudioArguments>()(
  'SummaryWriter.add_audio',
  ['tag', 'snd_tensor', 'global_step', 'sample_rate', 'walltime'],
  { ...anytime, sample_rate: 44100 },
);
const ofHparams = signature<HparamsArguments>()(
  'SummaryWriter.add_hparams',
  ['hparam_dict', 'metric_dict', 'hparam_domain_discrete', 'run_name', 'global_step'],
  { hparam_domain_discrete: null, run_name: null, global_step: null },
);
const ofEmbedding = signature<EmbeddingArguments>()(
  'SummaryWriter.add_embedding',
  ['mat', 'metadata', 'label_img', 'global_step', 'tag', 'metadata_header'],
  { metadata: null, label_img: null, global_step: null, tag: 'default', metadata_header: null },
);
const ofPrCurve = signature<PrCurveArguments>()(
  'SummaryWriter.add_pr_curve',
  ['tag', 'labels', 'predictions', 'global_step', 'num_thresholds', 'weights', 'walltime'],
  { ...anytime, num_thresholds: 127, weights: null },
);
const ofRawPrCurve = signature<RawPrCurveArguments>()(
  'SummaryWriter.add_pr_curve_raw',
  [
    'tag',
    'true_positive_counts',
    'false_positive_counts',
    'true_negative_counts',
    'false_negative_counts',
    'precision',
    'recall',
    'global_step',
    'num_thresholds',
    'walltime',
  ],
  { ...anytime, num_thresholds: 127 },
);
const CHART = ['tags', 'category', 'title'] as const;
const chartDefaults = { category: 'default', title: 'untitled' };
const ofMultiline = signature<ChartArguments>()('add_custom_scalars_multilinechart', CHART, chartDefaults);
const ofMargin = signature<ChartArguments>()('add_custom_scalars_marginchart', CHART, chartDefaults);

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `runs/Nov20_09-56-46_host`. */
function defaultFolder(comment: string): string {
  const now = new Date();
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${MONTHS[now.getMonth()]}${two(now.getDate())}`;
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('-');
  return join('runs', `${day}_${time}_${hostname()}${comment}`);
}

/**
 * Arguments whose last one is a dictionary, not options: one of the first `count`, or one with other keys than `names`.
 */
function withDictionaries(args: readonly unknown[], count: number, names: readonly string[]): readonly unknown[] {
  const last = args[args.length - 1];
  if (args.length < 2 || !isOptions(last)) return args;
  const isDictionary = args.length <= count || Object.keys(last).some((key) => !names.includes(key));
  return isDictionary ? [...args, {}] : args;
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
  private readonly options: Required<SummaryWriterOptions>;
  private purge_step: number | null;
  private writer: FileWriter | undefined;
  /** By folder: `add_scalars` writes one for each of its lines. */
  private readonly others = new Map<string, FileWriter>();
  private projector = '';

  constructor(...args: ArgumentsOf<typeof ofWriter>) {
    this.options = ofWriter.read(args);
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
  add_scalar(...args: ArgumentsOf<typeof ofScalar>): void {
    const { tag, scalar_value, new_style, double_precision, ...when } = ofScalar.read(args);
    this.add(summaries.scalar(tag, scalarOf(scalar_value), new_style, double_precision), when);
  }

  /** Several lines in one chart; each goes to a folder of its own. */
  add_scalars(...args: ArgumentsOf<typeof ofScalars>): void {
    const { main_tag, tag_scalar_dict, global_step, walltime } = ofScalars.read(withDictionaries(args, 2, WHEN));
    this._get_file_writer();
    for (const [tag, value] of Object.entries(tag_scalar_dict)) {
      const folder = join(this.log_dir, `${main_tag.replaceAll('/', '_')}_${tag}`);
      const writer = this.others.get(folder) ?? this.open(folder);
      this.others.set(folder, writer);
      writer.add_summary(summaries.scalar(main_tag, scalarOf(value)), global_step, walltime);
    }
  }

  /** A tensor as it is. */
  add_tensor(...args: ArgumentsOf<typeof ofTensor>): void {
    const { tag, tensor, ...when } = ofTensor.read(args);
    this.add(summaries.tensorSummary(tag, tensor), when);
  }

  /** How values are spread. */
  add_histogram(...args: ArgumentsOf<typeof ofHistogram>): void {
    const { tag, values, bins, max_bins, ...when } = ofHistogram.read(args);
    const edges = bins === 'tensorflow' ? summaries.defaultBins : bins;
    if (typeof edges === 'string') throw new RangeError(`'${edges}' is not a valid estimator for \`bins\``);
    this.add(summaries.histogram(tag, values, edges, max_bins), when);
  }

  /** A histogram that is counted already. */
  add_histogram_raw(...args: ArgumentsOf<typeof ofRawHistogram>): void {
    const { tag, global_step, walltime, ...raw } = ofRawHistogram.read(args);
    if (raw.bucket_limits.length !== raw.bucket_counts.length) {
      throw new RangeError('len(bucket_limits) != len(bucket_counts), see the document.');
    }
    this.add(summaries.histogramRaw(tag, raw), { global_step, walltime });
  }

  /** An image: bytes, or floats from 0 to 1. */
  add_image(...args: ArgumentsOf<typeof ofImage>): void {
    const { tag, img_tensor, dataformats, ...when } = ofImage.read(args);
    this.add(summaries.image(tag, imageOf(img_tensor, dataformats)), when);
  }

  /** Images side by side, eight in a row. */
  add_images(...args: ArgumentsOf<typeof ofImages>): void {
    const { tag, img_tensor, dataformats, ...when } = ofImages.read(args);
    this.add(summaries.image(tag, imageOf(img_tensor, dataformats)), when);
  }

  /** A figure of tsorch/pyplot, or several side by side. */
  add_figure(...args: ArgumentsOf<typeof ofFigure>): void {
    const { tag, figure, close, ...when } = ofFigure.read(args);
    const figures = figure instanceof Figure ? [figure] : figure;
    const images = figures.map((each) => each.to_image());
    const [image, format] =
      figure instanceof Figure ? [images[0]!, 'CHW'] : [callOperator<Tensor>('stack', images, 0), 'NCHW'];
    this.add(summaries.image(tag, imageOf(image, format)), when);
    if (close) for (const each of figures) each.clear();
  }

  /** Sound with one channel, of samples from -1 to 1. */
  add_audio(...args: ArgumentsOf<typeof ofAudio>): void {
    const { tag, snd_tensor, sample_rate, ...when } = ofAudio.read(args);
    this.add(summaries.audio(tag, snd_tensor, sample_rate), when);
  }

  /** Text, shown as Markdown. */
  add_text(...args: ArgumentsOf<typeof ofText>): void {
    const { tag, text_string, ...when } = ofText.read(args);
    this.add(summaries.text(tag, text_string), when);
  }

  /** Hyperparameters with what came of them, in a folder of their own below this one. */
  add_hparams(...args: ArgumentsOf<typeof ofHparams>): void {
    const { hparam_dict, metric_dict, hparam_domain_discrete, run_name, global_step } = ofHparams.read(
      withDictionaries(args, 2, ['hparam_domain_discrete', 'run_name', 'global_step']),
    );
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
  add_embedding(...args: ArgumentsOf<typeof ofEmbedding>): void {
    const { mat, metadata, label_img, global_step, tag, metadata_header } = ofEmbedding.read(args);
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
  add_pr_curve(...args: ArgumentsOf<typeof ofPrCurve>): void {
    const { tag, labels, predictions, num_thresholds, weights, ...when } = ofPrCurve.read(args);
    const count = Math.min(127, num_thresholds);
    this.add(summaries.prCurve(tag, summaries.precisionRecall(labels, predictions, count, weights), count), when);
  }

  /** A precision and recall curve from counts made elsewhere. */
  add_pr_curve_raw(...args: ArgumentsOf<typeof ofRawPrCurve>): void {
    const { tag, num_thresholds, global_step, walltime, ...counts } = ofRawPrCurve.read(args);
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
  add_custom_scalars(layout: summaries.ScalarLayout): void {
    this.add(summaries.customScalars(layout), {});
  }

  /** A chart of several scalars, by their tags. */
  add_custom_scalars_multilinechart(...args: ArgumentsOf<typeof ofMultiline>): void {
    const { tags, category, title } = ofMultiline.read(args);
    this.add_custom_scalars({ [category]: { [title]: ['Multiline', tags] } });
  }

  /** A chart of a value between a lower and an upper one, by their tags. */
  add_custom_scalars_marginchart(...args: ArgumentsOf<typeof ofMargin>): void {
    const { tags, category, title } = ofMargin.read(args);
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
