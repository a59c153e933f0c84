/** The returns of an agent's episodes: their running mean, and a picture of them. */
import * as plt from 'tsorch/pyplot';

/** The mean of the last 100 values; of all, if there are fewer. */
export function recentMean(values: readonly number[], end = values.length): number {
  const last = values.slice(Math.max(0, end - 100), end);
  return last.reduce((sum, value) => sum + value, 0) / last.length;
}

/** Whether the last 100 episodes got as much on average. */
export function isSolved(returns: readonly number[], threshold: number): boolean {
  return returns.length >= 100 && recentMean(returns) >= threshold;
}

/** Draws the return of each episode, and the mean of the 100 before. */
export function drawReturns(returns: readonly number[], threshold: number, title: string): plt.Figure {
  const [figure, axes] = plt.subplots();
  axes.plot(returns, { label: 'episode', color: '#b9d3ea', lw: 1 });
  axes.plot(
    returns.map((_, i) => recentMean(returns, i + 1)),
    { label: 'mean of 100' },
  );
  axes.axhline(threshold, { color: 'k', ls: '--', label: `solved: ${threshold}` });
  axes.set_title(title);
  axes.set_xlabel('episode');
  axes.set_ylabel('return');
  axes.legend();
  return figure;
}
