/** The table of hyperparameters. */
import type { HParamsReply } from '../replies';
import { askHParams } from './api';
import { h, swatch } from './dom';
import { short } from './format';
import type { State } from './state';

type Cell = string | number | boolean | undefined;
type Row = HParamsReply['rows'][number];

interface Column {
  title: string;
  kind: 'run' | 'param' | 'metric';
  of: (row: Row) => Cell;
}

export class HParamsTable {
  readonly element = h('div', { class: 'table' });
  private reply: HParamsReply = { params: [], metrics: [], rows: [] };
  private sorted: { column: string; down: boolean } | undefined;

  constructor(private readonly state: State) {}

  async load(): Promise<void> {
    this.reply = await askHParams();
    this.draw();
  }

  draw(): void {
    const columns = this.columns();
    const rows = this.reply.rows.filter(({ run }) => this.state.isShown(run));
    const by = columns.find((column) => this.key(column) === this.sorted?.column);
    if (by !== undefined) rows.sort((a, b) => compare(by.of(a), by.of(b), this.sorted!.down));
    const focused = (document.activeElement as HTMLElement | null)?.dataset.column;
    const head = h('thead', {}, h('tr', {}, ...columns.map((column) => this.heading(column))));
    const body = h('tbody', {}, ...rows.map((row) => this.row(row, columns)));
    this.element.replaceChildren(
      rows.length === 0
        ? h('p', { class: 'empty' }, 'No hyperparameters in the chosen runs.')
        : h('table', {}, head, body),
    );
    if (focused)
      for (const each of this.element.querySelectorAll('button')) if (each.dataset.column === focused) each.focus();
  }

  private columns(): Column[] {
    return [
      { title: 'run', kind: 'run', of: (row) => row.run },
      ...this.reply.params.map((title): Column => ({ title, kind: 'param', of: (row) => row.params[title] })),
      ...this.reply.metrics.map(
        (title): Column => ({ title, kind: 'metric', of: (row) => numeric(row.metrics[title]) }),
      ),
    ];
  }

  private key({ kind, title }: Column): string {
    return `${kind} ${title}`;
  }

  private heading(column: Column): HTMLElement {
    const key = this.key(column);
    const mine = this.sorted?.column === key ? this.sorted : undefined;
    const button = h('button', { type: 'button' }, column.title, mine ? (mine.down ? ' ▼' : ' ▲') : '');
    button.dataset.column = key;
    button.addEventListener('click', () => {
      this.sorted = { column: key, down: mine ? !mine.down : column.kind === 'metric' };
      this.draw();
    });
    const order = mine ? (mine.down ? 'descending' : 'ascending') : null;
    return h('th', { scope: 'col', class: column.kind, 'aria-sort': order }, button);
  }

  private row(row: Row, columns: readonly Column[]): HTMLElement {
    return h('tr', {}, ...columns.map((column) => this.cell(row, column)));
  }

  private cell(row: Row, column: Column): HTMLElement {
    const value = column.of(row);
    if (column.kind === 'run') {
      const status = row.status === 'success' ? null : h('small', { class: 'dim' }, row.status);
      return h('th', { scope: 'row' }, swatch(this.state.color(row.run)), row.run, status);
    }
    const text = value === undefined ? '' : typeof value === 'number' ? short(value) : String(value);
    return h('td', { class: typeof value === 'number' ? 'number' : null, title: String(value ?? '') }, text);
  }
}

const numeric = (value: Row['metrics'][string] | undefined): Cell => (value === undefined ? undefined : Number(value));

/** Numbers by size, texts by their letters; what is missing or no number comes last either way. */
function compare(a: Cell, b: Cell, down: boolean): number {
  const lost = (value: Cell) => value === undefined || (typeof value === 'number' && Number.isNaN(value));
  if (lost(a) || lost(b)) return Number(lost(a)) - Number(lost(b));
  const order =
    typeof a === 'number' && typeof b === 'number'
      ? a - b
      : String(a).localeCompare(String(b), undefined, { numeric: true });
  return down ? -order : order;
}
