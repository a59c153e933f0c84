/** What the user has chosen, kept in the browser, and what the server has. */
import type { IndexReply } from '../replies';

export type Axis = 'step' | 'relative' | 'wall';

export interface Settings {
  smoothing: number;
  axis: Axis;
  log: boolean;
  outliers: boolean;
  theme: 'light' | 'dark' | 'auto';
  hidden: string[];
  closed: string[];
  runFilter: string;
  tagFilter: string;
}

const KEY = 'tsorch-board';

const defaults: Settings = {
  smoothing: 0.6,
  axis: 'step',
  log: false,
  outliers: false,
  theme: 'auto',
  hidden: [],
  closed: [],
  runFilter: '',
  tagFilter: '',
};

function stored(): Partial<Settings> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Settings>;
  } catch {
    return {}; // storage may be forbidden, or hold what another version wrote
  }
}

/** Readable on light and on dark. */
const COLORS = [
  '#4f7be8',
  '#e8672c',
  '#2ba25f',
  '#b25be0',
  '#d99a00',
  '#12a3b8',
  '#dc3d7f',
  '#84939f',
  '#9c7a34',
  '#6d70d6',
];

export class State {
  readonly settings: Settings = { ...defaults, ...stored() };
  index: IndexReply | undefined;
  private readonly listeners: (() => void)[] = [];
  private readonly colors = new Map<string, string>();

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  change(changes: Partial<Settings>): void {
    Object.assign(this.settings, changes);
    try {
      localStorage.setItem(KEY, JSON.stringify(this.settings));
    } catch {
      // it holds until the page is left
    }
    for (const listener of this.listeners) listener();
  }

  /** A run keeps its colour while the page is open. */
  color(run: string): string {
    const color = this.colors.get(run) ?? COLORS[this.colors.size % COLORS.length]!;
    this.colors.set(run, color);
    return color;
  }

  matching(): string[] {
    const wanted = pattern(this.settings.runFilter);
    return (this.index?.runs ?? []).filter((run) => wanted.test(run));
  }

  isShown(run: string): boolean {
    return !this.settings.hidden.includes(run) && pattern(this.settings.runFilter).test(run);
  }

  shownRuns(): string[] {
    return this.matching().filter((run) => !this.settings.hidden.includes(run));
  }
}

/** A regular expression, or the text itself where it is none. */
export function pattern(text: string): RegExp {
  try {
    return new RegExp(text, 'i');
  } catch {
    return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
  }
}
