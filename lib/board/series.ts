/** What one tag of one run has, in bounded memory. */
export interface Sample<Value> {
  step: number;
  /** Seconds since 1970. */
  time: number;
  value: Value;
}

/**
 * Samples in the order of their arrival. When there are more than `limit`, every second one is left out, of those that come
 * later too; the newest is always there.
 */
export class Series<Value> {
  private kept: Sample<Value>[] = [];
  private stride = 1;
  private count = 0;
  private newest: Sample<Value> | undefined;

  constructor(private readonly limit: number) {}

  add(sample: Sample<Value>): void {
    this.newest = sample;
    if (this.count++ % this.stride !== 0) return;
    this.kept.push(sample);
    if (this.kept.length <= this.limit) return;
    this.kept = this.kept.filter((_, i) => i % 2 === 0);
    this.stride *= 2;
  }

  samples(): readonly Sample<Value>[] {
    return this.newest === undefined || this.newest === this.kept.at(-1) ? this.kept : [...this.kept, this.newest];
  }

  /** Forgets what is at `step` and later: a run that starts again there writes it once more. */
  purge(step: number): void {
    this.kept = this.samples().filter((sample) => sample.step < step);
    this.newest = this.kept.at(-1);
  }
}
