/** Where the plots of a figure lie, in pixels. */
import type { Axes } from './axes';

export interface Rect {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Places of the rows and columns that an Axes takes. */
export interface Cell {
  row: number;
  column: number;
  rows: number;
  columns: number;
}

const OUTSIDE = 12;

/** The frame of the plot in a cell: less what titles, ticks and labels need. */
export function frameOf(axes: Axes, { row, column, rows, columns }: Cell, area: Rect, yTickWidth: number): Rect {
  const [width, height] = [area.width / columns, area.height / rows];
  const left = (axes.shown ? 12 + yTickWidth + (axes.yaxis.label ? 20 : 0) : 4) + (column === 0 ? OUTSIDE / 2 : 0);
  const right = axes.shown ? 14 : 4;
  const top = axes.title ? 30 : axes.shown ? 14 : 4;
  const bottom = axes.shown ? 26 + (axes.xaxis.label ? 20 : 0) : 4;
  const frame = {
    left: area.left + column * width + left,
    top: area.top + row * height + top,
    width: Math.max(10, width - left - right),
    height: Math.max(10, height - top - bottom),
  };
  return axes.equal ? withAspect(axes, frame) : frame;
}

/** The largest frame in the middle in which a unit is equally long on both axes. */
function withAspect(axes: Axes, frame: Rect): Rect {
  const [x, y] = [axes.limits('x'), axes.limits('y')];
  const unit = Math.min(frame.width / (x[1] - x[0]), frame.height / (y[1] - y[0]));
  const [width, height] = [unit * (x[1] - x[0]), unit * (y[1] - y[0])];
  return {
    left: frame.left + (frame.width - width) / 2,
    top: frame.top + (frame.height - height) / 2,
    width,
    height,
  };
}
