/** What add_custom_scalars writes: categories of charts that gather tags. */
import { readMessage } from '../face/protobuf';
import type { ChartLayout } from './replies';

export function decodeLayout(bytes: Uint8Array): ChartLayout[] {
  const charts: ChartLayout[] = [];
  readMessage(bytes, {
    2: (reader) => {
      let category = '';
      const inside: ChartLayout[] = [];
      readMessage(reader.bytes(), {
        1: (inner) => {
          category = inner.string();
        },
        2: (inner) => inside.push(decodeChart(inner.bytes())),
      });
      charts.push(...inside.map((chart) => ({ ...chart, category })));
    },
  });
  return charts;
}

function decodeChart(bytes: Uint8Array): ChartLayout {
  const chart: ChartLayout = { category: '', title: '', tags: [], margin: false };
  const series = (inner: Uint8Array) => {
    const tags = ['', '', ''];
    const take = (i: number) => (reader: { string(): string }) => {
      tags[i] = reader.string();
    };
    readMessage(inner, { 1: take(0), 2: take(1), 3: take(2) });
    chart.tags.push(...tags);
    chart.margin = true;
  };
  readMessage(bytes, {
    1: (reader) => {
      chart.title = reader.string();
    },
    2: (reader) => readMessage(reader.bytes(), { 1: (tag) => chart.tags.push(tag.string()) }),
    3: (reader) => readMessage(reader.bytes(), { 1: (inner) => series(inner.bytes()) }),
  });
  return chart;
}
