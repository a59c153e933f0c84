// npx tsorch board: serves the page until Ctrl-C.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * @param {Record<string, string | undefined>} values
 * @param {string} name
 * @param {number} [least]
 */
function number(values, name, least = 0) {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !(value >= least))
    throw new Error(`--${name} takes a number from ${least} on, not '${text}'`);
  return value;
}

/**
 * @param {string} folder
 * @param {Record<string, string | undefined>} values
 */
export async function board(folder, values) {
  const { serveBoard } = require('../dist/board/index.js');
  const served = await serveBoard(folder, {
    port: number(values, 'port'),
    host: values.host,
    reload_interval: number(values, 'reload-interval', 0.1),
    samples: number(values, 'samples', 10),
  });
  console.log(`${folder} is shown at ${served.url} (Ctrl-C ends it)`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void served.close());
}
