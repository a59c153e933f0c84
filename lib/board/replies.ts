/** What the server tells the page, as JSON. Times are seconds since 1970. */

export type Kind = 'scalars' | 'images' | 'audio' | 'histograms' | 'text' | 'pr_curves';

export interface TagReply {
  /** Places in `runs`. */
  runs: number[];
  /** Grows when something is added. */
  revision: number;
}

export interface IndexReply {
  folder: string;
  /** Grows with every change. */
  revision: number;
  runs: string[];
  tags: Record<Kind, Record<string, TagReply>>;
  /** Charts that were laid out with add_custom_scalars. */
  layouts: ChartLayout[];
  hparams: boolean;
  warnings: string[];
}

export interface ChartLayout {
  category: string;
  title: string;
  tags: string[];
  /** The second and third tag are the limits around the first. */
  margin: boolean;
}

/** JSON has no NaN and no infinity: they go by name. */
export type JsonNumber = number | 'NaN' | 'Infinity' | '-Infinity';

export interface ScalarReply {
  steps: number[];
  times: number[];
  values: JsonNumber[];
}

/** One sample of another kind, at its step. */
export interface At {
  step: number;
  time: number;
}

/** `ids` are for /api/blob. */
export interface ImageReply extends At {
  width: number;
  height: number;
  ids: number[];
}

export interface AudioReply extends At {
  ids: number[];
}

/** Each with its left and right limit and its count. */
export type Bucket = [left: number, right: number, count: number];

export interface HistogramReply extends At {
  buckets: Bucket[];
}

export interface TextReply extends At {
  text: string[];
}

export interface PrCurveReply extends At {
  precision: number[];
  recall: number[];
}

/** By run. */
export type ByRun<Reply> = Record<string, Reply>;

export type HParamValue = number | string | boolean;

export interface HParamsReply {
  params: string[];
  metrics: string[];
  rows: {
    run: string;
    status: 'running' | 'success' | 'failure';
    params: Record<string, HParamValue>;
    metrics: Record<string, JsonNumber>;
  }[];
}
