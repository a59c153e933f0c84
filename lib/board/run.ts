/** A run: what the event files of one folder say. */
import type { Blob, Datum, Event, Values } from './decode';
import { EventFile } from './event_file';
import type { HParams } from './hparams';
import type { ChartLayout, HParamValue, Kind } from './replies';
import { Series } from './series';

export const kinds: readonly Kind[] = ['scalars', 'images', 'audio', 'histograms', 'text', 'pr_curves'];

/** How many samples a tag keeps. Of images and sounds only their places in the files are kept. */
export type Limits = Record<Kind, number>;

export class Run {
  private readonly files = new Map<string, EventFile>();
  private readonly plugins = new Map<string, string>();
  private readonly series: { [K in Kind]: Map<string, Series<Values[K]>> } = {
    scalars: new Map(),
    images: new Map(),
    audio: new Map(),
    histograms: new Map(),
    text: new Map(),
    pr_curves: new Map(),
  };
  readonly hparamNames = new Set<string>();
  readonly metricNames = new Set<string>();
  hparams: Record<string, HParamValue> | undefined;
  status: 'running' | 'success' | 'failure' = 'running';
  layout: ChartLayout[] = [];

  constructor(
    private readonly limits: Limits,
    /** Told of every value that comes. */
    private readonly changed: (kind: Kind, tag: string) => void,
  ) {}

  /**
   * Reads what was written to its files since the last call.
   * @returns false when a file is gone or was replaced, so that the run has to be read anew
   */
  async read(paths: readonly string[]): Promise<boolean> {
    const present = new Set(paths);
    if ([...this.files.keys()].some((path) => !present.has(path))) return false;
    for (const path of paths) {
      const file = this.files.get(path) ?? new EventFile(path, this.plugins);
      this.files.set(path, file);
      if (!(await file.read((event) => this.take(event)))) return false;
    }
    return true;
  }

  private take(event: Event): void {
    const { step, time } = event;
    if (event.restart) for (const kind of kinds) for (const series of this.series[kind].values()) series.purge(step);
    for (const datum of event.data) this.add(datum, step, time);
    for (const each of event.hparams) this.takeHParams(each);
    if (event.layout.length > 0) this.layout = event.layout;
  }

  private add({ kind, tag, value }: Datum, step: number, time: number): void {
    const ofKind = this.series[kind] as Map<string, Series<typeof value>>;
    const series = ofKind.get(tag) ?? new Series(this.limits[kind]);
    ofKind.set(tag, series);
    series.add({ step, time, value });
    this.changed(kind, tag);
  }

  private takeHParams({ names, metrics, values, status }: HParams): void {
    for (const name of names) this.hparamNames.add(name);
    for (const name of metrics) this.metricNames.add(name);
    if (values !== undefined) this.hparams = values;
    if (status !== undefined) this.status = status;
  }

  get<K extends Kind>(kind: K, tag: string): Series<Values[K]> | undefined {
    return this.series[kind].get(tag);
  }

  tags(kind: Kind): IterableIterator<string> {
    return this.series[kind].keys();
  }

  blob(kind: 'images' | 'audio', tag: string, id: number): Blob | undefined {
    const samples = this.get(kind, tag)?.samples() ?? [];
    return samples.flatMap(({ value }) => value.blobs).find((blob) => blob.id === id);
  }

  /** What was damaged, in sentences. */
  warnings(): string[] {
    return [...this.files.values()].flatMap(({ path, damaged, stopped }) => [
      ...(damaged > 0 ? [`${path}: ${damaged} damaged ${damaged === 1 ? 'record' : 'records'} left out`] : []),
      ...(stopped === undefined ? [] : [`${path}: damaged at byte ${stopped}, not read any further`]),
    ]);
  }
}
