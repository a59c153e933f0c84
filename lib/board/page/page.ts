/** The page: parts for each kind of what runs write, kept up to date while they write it. */
import 'uplot/dist/uPlot.min.css';
import './page.css';
import { askIndex, watch } from './api';
import { h } from './dom';
import { Sidebar } from './sidebar';
import { State } from './state';
import { type Tab, tabs } from './tabs';

const state = new State();
const all = tabs(state);
const sidebar = new Sidebar(state);
const main = h('main', { id: 'main' });
const bar = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'What runs wrote' });
const live = h('span', { class: 'live', role: 'status' });
const warnings = h('ul', { class: 'warnings', role: 'alert', hidden: true });
const filter = h('input', { type: 'search', placeholder: 'Filter tags (regex)', 'aria-label': 'Filter tags' });
let current: Tab | undefined;

const named = () => all.find(({ name }) => name === location.hash.slice(1));

/** The part that the address names, else the first that has something. */
function choose(): Tab {
  const index = state.index;
  return named() ?? all.find((tab) => index !== undefined && tab.count(index) > 0) ?? all[0]!;
}

function draw(): void {
  const { index } = state;
  if (index === undefined) return;
  const tab = choose();
  if (tab !== current) {
    main.replaceChildren(filter, tab.element);
    current = tab;
  }
  filter.hidden = !tab.tags;
  drawTabs(tab);
  sidebar.update(tab.charts);
  tab.update(index);
  warnings.hidden = index.warnings.length === 0;
  warnings.replaceChildren(...index.warnings.map((text) => h('li', {}, text)));
}

function drawTabs(chosen: Tab): void {
  const index = state.index!;
  const shown = all.filter((tab) => tab === chosen || tab.count(index) > 0);
  const names = shown.map(({ name }) => name).join();
  if (bar.dataset.names !== names) {
    bar.dataset.names = names;
    bar.replaceChildren(...shown.map(button));
  }
  for (const each of bar.querySelectorAll('button')) {
    const selected = each.dataset.name === chosen.name;
    each.setAttribute('aria-selected', String(selected));
    each.tabIndex = selected ? 0 : -1;
  }
}

function button({ name, title }: Tab): HTMLElement {
  const element = h('button', { type: 'button', role: 'tab', 'aria-controls': 'main' }, title);
  element.dataset.name = name;
  element.addEventListener('click', () => {
    location.hash = name;
  });
  return element;
}

bar.addEventListener('keydown', (event) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (by === undefined) return;
  const buttons = [...bar.querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const next = buttons[(at + by + buttons.length) % buttons.length]!;
  next.click();
  next.focus();
});

const THEMES = ['auto', 'light', 'dark'] as const;
const SIGNS = { auto: '◐', light: '☀', dark: '☾' };
const theme = h('button', { type: 'button', class: 'icon' });
theme.addEventListener('click', () => {
  const at = THEMES.indexOf(state.settings.theme);
  state.change({ theme: THEMES[(at + 1) % THEMES.length]! });
});

function drawTheme(): void {
  const chosen = state.settings.theme;
  document.documentElement.dataset.theme = chosen;
  theme.textContent = SIGNS[chosen];
  theme.title = `Colours: ${chosen}`;
  theme.setAttribute('aria-label', theme.title);
}

let asking: Promise<void> | undefined;
let again = false;

/** One question at a time; what changes meanwhile asks once more. */
function refresh(): void {
  if (asking !== undefined) {
    again = true;
    return;
  }
  again = false;
  asking = askIndex()
    .then((index) => {
      state.index = index;
      for (const run of index.runs) state.color(run);
      document.title = `${index.folder.split('/').at(-1)} · tsorch board`;
      draw();
    })
    .catch((error: unknown) => console.error(error))
    .finally(() => {
      asking = undefined;
      if (again) refresh();
    });
}

filter.value = state.settings.tagFilter;
filter.addEventListener('input', () => state.change({ tagFilter: filter.value }));
state.onChange(() => {
  drawTheme();
  draw();
  current?.redraw();
});
window.addEventListener('hashchange', () => {
  draw();
  current?.redraw();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => current?.redraw());
watch(refresh, (connected) => {
  live.classList.toggle('lost', !connected);
  live.textContent = connected ? 'live' : 'not connected';
});

drawTheme();
const header = h('header', { class: 'top' }, h('h1', {}, 'tsorch', h('span', {}, ' board')), bar, live, theme);
document.body.append(
  header,
  h('div', { class: 'columns' }, sidebar.element, h('div', { class: 'right' }, warnings, main)),
);
