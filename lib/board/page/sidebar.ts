/** Runs to choose from, and how charts are drawn. */
import { h, swatch, toggle } from './dom';
import type { Axis, State } from './state';

export class Sidebar {
  readonly element: HTMLElement;
  private readonly list = h('ul', { class: 'runs' });
  private readonly all = h('input', { type: 'checkbox', id: 'all-runs' });
  private readonly boxes = new Map<string, { row: HTMLElement; box: HTMLInputElement }>();

  constructor(
    private readonly state: State,
    private readonly drawing = charts(state),
  ) {
    this.all.addEventListener('change', () => this.setAll(this.all.checked));
    const filter = h('input', { type: 'search', placeholder: 'Filter runs (regex)', 'aria-label': 'Filter runs' });
    filter.value = state.settings.runFilter;
    filter.addEventListener('input', () => state.change({ runFilter: filter.value }));
    const heading = h('h2', {}, h('label', { for: 'all-runs', class: 'all' }, this.all, 'Runs'));
    this.element = h(
      'aside',
      { 'aria-label': 'Runs and settings' },
      drawing,
      h('section', {}, heading, filter, this.list),
    );
  }

  /** @param charts which settings of charts are of use */
  update(charts: 'all' | 'axis' | 'none'): void {
    this.drawing.hidden = charts === 'none';
    this.drawing.classList.toggle('axis-only', charts === 'axis');
    const runs = this.state.matching();
    for (const [run, { row }] of this.boxes) if (!runs.includes(run)) row.remove();
    runs.forEach((run, i) => {
      const { row, box } = this.row(run);
      box.checked = this.state.isShown(run);
      if (this.list.children[i] !== row) this.list.insertBefore(row, this.list.children[i] ?? null);
    });
    const shown = this.state.shownRuns().length;
    this.all.checked = shown > 0 && shown === runs.length;
    this.all.indeterminate = shown > 0 && shown < runs.length;
  }

  private row(run: string): { row: HTMLElement; box: HTMLInputElement } {
    const known = this.boxes.get(run);
    if (known !== undefined) return known;
    const box = h('input', { type: 'checkbox' });
    box.addEventListener('change', () => this.set(run, box.checked));
    const only = h(
      'button',
      { type: 'button', class: 'only', title: `Only ${run}`, click: () => this.only(run) },
      'only',
    );
    const label = h('label', { title: run }, box, swatch(this.state.color(run)), h('span', { class: 'name' }, run));
    const entry = { row: h('li', {}, label, only), box };
    this.boxes.set(run, entry);
    return entry;
  }

  private set(run: string, shown: boolean): void {
    const hidden = new Set(this.state.settings.hidden);
    if (shown) hidden.delete(run);
    else hidden.add(run);
    this.state.change({ hidden: [...hidden] });
  }

  private setAll(shown: boolean): void {
    const hidden = new Set(this.state.settings.hidden);
    for (const run of this.state.matching()) {
      if (shown) hidden.delete(run);
      else hidden.add(run);
    }
    this.state.change({ hidden: [...hidden] });
  }

  private only(run: string): void {
    this.state.change({ hidden: this.state.index!.runs.filter((other) => other !== run) });
  }
}

const AXES: [axis: Axis, text: string][] = [
  ['step', 'Step'],
  ['relative', 'Relative'],
  ['wall', 'Wall'],
];

function charts(state: State): HTMLElement {
  const { smoothing, axis, log, outliers } = state.settings;
  const slider = h('input', { type: 'range', min: 0, max: 0.999, step: 0.001, value: smoothing, id: 'smoothing' });
  const number = h('input', {
    type: 'number',
    min: 0,
    max: 0.999,
    step: 0.01,
    value: smoothing,
    'aria-label': 'Smoothing',
  });
  const smooth = (from: HTMLInputElement, to: HTMLInputElement) => {
    const value = Math.min(Math.max(Number(from.value) || 0, 0), 0.999);
    to.value = String(value);
    state.change({ smoothing: value });
  };
  slider.addEventListener('input', () => smooth(slider, number));
  number.addEventListener('input', () => smooth(number, slider));
  const axes = AXES.map(([value, text]) => {
    const input = h('input', { type: 'radio', name: 'axis', value, checked: axis === value });
    input.addEventListener('change', () => state.change({ axis: value }));
    return h('label', {}, input, text);
  });
  return h(
    'section',
    {},
    h('h2', {}, h('label', { for: 'smoothing' }, 'Smoothing')),
    h('div', { class: 'row' }, slider, number),
    h('fieldset', { class: 'segments' }, h('legend', {}, 'Horizontal axis'), ...axes),
    h(
      'div',
      { class: 'row' },
      toggle('Log scale', log, (pressed) => state.change({ log: pressed })),
      toggle('Ignore outliers', outliers, (pressed) => state.change({ outliers: pressed })),
    ),
  );
}
