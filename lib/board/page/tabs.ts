/** The parts of the page, each for one kind of what runs write. */
import type { IndexReply, Kind } from '../replies';
import { type Card, CardGrid, type CardKey, groupOf } from './cards';
import { DistributionCard, HistogramCard, histogramKey } from './histograms';
import { HParamsTable } from './hparams';
import { MediaCard } from './media';
import { PrCurveCard } from './pr_curves';
import { ScalarCard } from './scalars';
import { pattern, type State } from './state';
import { TextCard } from './text';

export interface Tab {
  name: string;
  title: string;
  element: HTMLElement;
  /** Which settings of charts are of use. */
  charts: 'all' | 'axis' | 'none';
  /** Whether it has tags to filter. */
  tags: boolean;
  count: (index: IndexReply) => number;
  update: (index: IndexReply) => void;
  redraw: () => void;
}

const count = (kind: Kind) => (index: IndexReply) => Object.keys(index.tags[kind]).length;

export function tabs(state: State): Tab[] {
  const scalar = (key: string): Card => new ScalarCard(state, key, [key]);
  return [
    { ...grid(state, 'scalars', scalar, tagsOf(state, 'scalars')), title: 'Scalars', charts: 'all' },
    custom(state),
    {
      ...grid(state, 'images', (tag) => new MediaCard(state, 'images', tag), tagsOf(state, 'images')),
      title: 'Images',
    },
    { ...grid(state, 'audio', (tag) => new MediaCard(state, 'audio', tag), tagsOf(state, 'audio')), title: 'Audio' },
    {
      ...grid(state, 'histograms', (key) => new HistogramCard(state, key), runsOf(state, 'histograms')),
      title: 'Histograms',
    },
    {
      ...grid(state, 'histograms', (key) => new DistributionCard(state, key), runsOf(state, 'histograms')),
      name: 'distributions',
      title: 'Distributions',
      charts: 'axis',
    },
    { ...grid(state, 'text', (key) => new TextCard(state, key), runsOf(state, 'text')), title: 'Text' },
    {
      ...grid(state, 'pr_curves', (tag) => new PrCurveCard(state, tag), tagsOf(state, 'pr_curves')),
      title: 'PR curves',
    },
    hparams(state),
  ];
}

function grid(
  state: State,
  kind: Kind,
  create: (key: string) => Card,
  keys: (index: IndexReply) => CardKey[],
): Omit<Tab, 'title'> {
  const cards = new CardGrid(state, create, 'Nothing here that matches.');
  return {
    name: kind,
    element: cards.element,
    charts: 'none',
    tags: true,
    count: count(kind),
    update: (index) => cards.update(keys(index)),
    redraw: () => cards.redraw(),
  };
}

/** A card for each tag that a chosen run has. */
function tagsOf(state: State, kind: Kind) {
  return (index: IndexReply): CardKey[] => {
    const wanted = pattern(state.settings.tagFilter);
    return sortedTags(index, kind).flatMap(([tag, { runs, revision }]) =>
      wanted.test(tag) && runs.some((run) => state.isShown(index.runs[run]!))
        ? [{ key: tag, group: groupOf(tag), revision }]
        : [],
    );
  };
}

/** A card for each tag of each chosen run. */
function runsOf(state: State, kind: Kind) {
  return (index: IndexReply): CardKey[] => {
    const wanted = pattern(state.settings.tagFilter);
    return sortedTags(index, kind).flatMap(([tag, { runs, revision }]) => {
      if (!wanted.test(tag)) return [];
      const shown = runs.map((run) => index.runs[run]!).filter((run) => state.isShown(run));
      return shown.map((run) => ({ key: histogramKey(run, tag), group: groupOf(tag), revision }));
    });
  };
}

function sortedTags(index: IndexReply, kind: Kind) {
  const order = new Intl.Collator('en', { numeric: true });
  return Object.entries(index.tags[kind]).sort(([a], [b]) => order.compare(a, b));
}

/** Charts of several scalars, as add_custom_scalars lays them out. */
function custom(state: State): Tab {
  let index: IndexReply;
  const layout = (key: string) => index.layouts.find((chart) => `${chart.category}/${chart.title}` === key)!;
  const create = (key: string) => new ScalarCard(state, layout(key).title, layout(key).tags);
  const keys = (): CardKey[] =>
    index.layouts.map((chart) => {
      const revision = Math.max(0, ...chart.tags.map((tag) => index.tags.scalars[tag]?.revision ?? 0));
      return { key: `${chart.category}/${chart.title}`, group: chart.category, revision };
    });
  const cards = new CardGrid(state, create, 'No charts were laid out.');
  return {
    name: 'custom',
    title: 'Custom',
    element: cards.element,
    charts: 'all',
    tags: false,
    count: ({ layouts }) => layouts.length,
    update: (now) => {
      index = now;
      cards.update(keys());
    },
    redraw: () => cards.redraw(),
  };
}

function hparams(state: State): Tab {
  const table = new HParamsTable(state);
  let revision = -1;
  return {
    name: 'hparams',
    title: 'HParams',
    element: table.element,
    charts: 'none',
    tags: false,
    count: (index) => Number(index.hparams),
    update: (index) => {
      if (index.revision === revision) return;
      revision = index.revision;
      table.load().catch((error: unknown) => {
        revision = -1; // tried again with the next change
        console.error(error);
      });
    },
    redraw: () => table.draw(),
  };
}
