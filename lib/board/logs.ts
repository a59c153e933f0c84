/** All runs below a folder. */
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { ChartLayout, Kind } from './replies';
import { kinds, type Limits, Run } from './run';

export class Logs {
  readonly runs = new Map<string, Run>();
  /** Grows with every change. */
  revision = 0;
  /** By kind and tag: the revision of the last change. */
  private readonly changes = new Map<string, number>();
  private found: string[] = [];
  private readonly unreadable = new Map<string, string>();

  constructor(
    readonly folder: string,
    private readonly limits: Limits,
  ) {}

  /**
   * Reads what was written since the last call. What cannot be read now is told by `warnings` and tried again.
   * @returns whether something changed
   */
  async reload(): Promise<boolean> {
    const before = this.revision;
    const told = this.warnings().join();
    this.unreadable.clear();
    const files = await this.search();
    for (const name of this.runs.keys()) if (!files.has(name)) this.drop(name);
    for (const [name, paths] of [...files].sort(([a], [b]) => order(a, b))) await this.readRun(name, paths.sort());
    if (told !== this.warnings().join()) this.revision++;
    return this.revision !== before;
  }

  private async readRun(name: string, paths: string[]): Promise<void> {
    try {
      const run = this.runs.get(name) ?? this.add(name);
      if (await run.read(paths)) return;
      this.drop(name);
      await this.add(name).read(paths);
    } catch (error) {
      this.unreadable.set(name, (error as Error).message);
    }
  }

  private add(name: string): Run {
    const run = new Run(this.limits, (kind, tag) => this.change(kind, tag));
    this.runs.set(name, run);
    this.revision++;
    return run;
  }

  private drop(name: string): void {
    const run = this.runs.get(name)!;
    for (const kind of kinds) for (const tag of run.tags(kind)) this.change(kind, tag);
    this.runs.delete(name);
    this.revision++;
  }

  private change(kind: Kind, tag: string): void {
    this.changes.set(`${kind} ${tag}`, ++this.revision);
  }

  revisionOf(kind: Kind, tag: string): number {
    return this.changes.get(`${kind} ${tag}`) ?? 0;
  }

  /** Names of runs in their order on the page. */
  names(): string[] {
    return [...this.runs.keys()].sort(order);
  }

  layouts(): ChartLayout[] {
    const charts = [...this.runs.values()].flatMap((run) => run.layout);
    return [...new Map(charts.map((chart) => [`${chart.category}\n${chart.title}`, chart])).values()];
  }

  warnings(): string[] {
    const damaged = this.names().flatMap((name) => this.runs.get(name)!.warnings());
    const unreadable = [...this.unreadable].map(([name, reason]) => `${name}: ${reason}`);
    return [...damaged.map((text) => text.replace(this.folder + sep, '')), ...unreadable];
  }

  /** The event files by the name of their run: the folder's path below the logs, `.` for the logs themselves. */
  private async search(): Promise<Map<string, string[]>> {
    const files = new Map<string, string[]>();
    const visited = new Set<string>(); // links may lead in circles
    this.found = [this.folder];
    for (const folder of this.found) {
      const entries = await this.entries(folder, visited);
      for (const entry of entries) {
        const path = join(folder, entry.name);
        const kind = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
        if (kind?.isDirectory()) this.found.push(path);
        if (!kind?.isFile() || !entry.name.includes('tfevents')) continue;
        const name = relative(this.folder, folder).replaceAll(sep, '/') || '.';
        files.set(name, [...(files.get(name) ?? []), path]);
      }
    }
    return files;
  }

  private async entries(folder: string, visited: Set<string>): Promise<Dirent[]> {
    try {
      const real = await realpath(folder);
      if (visited.has(real)) return [];
      visited.add(real);
      return await readdir(folder, { withFileTypes: true });
    } catch (error) {
      this.unreadable.set(relative(this.folder, folder) || '.', (error as Error).message);
      return [];
    }
  }
}

const collator = new Intl.Collator('en', { numeric: true });

/** `run 2` before `run 10`. */
export const order = (a: string, b: string): number => collator.compare(a, b) || (a < b ? -1 : 1);
