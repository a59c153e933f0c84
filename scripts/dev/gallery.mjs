// npm run gallery [-- NAME ...] [--pictures]: runs the examples with their defaults, on one thread, says how long each
// worked and how its output ends, and makes the pictures of docs/gallery.md (docs/pictures) of what they wrote to out/.
// With --pictures nothing is run: the pictures are made of what earlier runs wrote.
import { mkdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { capture, root, script } from '../tools/run.mjs';

/** @typedef {{ from: string, width?: number, zoom?: number, colours?: number }} Picture */

/** Each example's pictures: a file of its folder in out/, and how it is made small. @type {Record<string, Picture[]>} */
const gallery = {
  regression: [{ from: 'regression.svg' }],
  polynomial: [{ from: 'polynomial.svg', width: 480 }],
  quadratic: [{ from: 'quadratic.svg', width: 480 }],
  fashion: [{ from: 'samples.svg' }, { from: 'weights.png' }],
  mnist: [{ from: 'samples.svg' }, { from: 'digits.png' }, { from: 'loss.svg', width: 480 }],
  rnn: [{ from: 'rnn.svg' }],
  names: [{ from: 'confusion.svg' }],
  vae: [
    { from: 'sample.png', zoom: 2 },
    { from: 'reconstruction.png', zoom: 2 },
  ],
  dcgan: [{ from: 'sample.png', zoom: 2 }],
  gpt: [{ from: 'loss.svg', width: 480 }],
  gpt2: [{ from: 'loss.svg', width: 480 }],
  generate: [{ from: 'loss.svg', width: 480 }],
  reinforce: [{ from: 'returns.svg', width: 480 }],
  dqn: [{ from: 'returns.svg', width: 480 }],
  ppo: [{ from: 'returns.svg', width: 480 }],
  wrestling: [
    { from: 'bout.gif', width: 240, colours: 8 },
    { from: 'loss.svg', width: 480 },
  ],
};

/** Bytes that a picture may have: they are kept in the repository. */
const MOST = 60_000;

const pictures = join(root, 'docs', 'pictures');

/** Prints the seconds of a core that a process took, as it ends. */
const meter = `data:text/javascript,${encodeURIComponent(`
  import { writeSync } from 'node:fs';
  process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    writeSync(2, '\\nworked ' + ((user + system) / 1e6).toFixed(1) + ' s\\n');
  });
`)}`;

/** @param {string} name */
async function runExample(name) {
  const env = { ...process.env, OMP_NUM_THREADS: '1' };
  const args = ['--import', meter, 'scripts/dev/start.mjs', name];
  const { status, stdout, stderr } = await capture(process.execPath, args, { env });
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
  const seconds = /worked (\S+) s/.exec(stderr)?.[1];
  console.log(
    `\n== npm start -- ${name}: ${seconds} s of one core\n${stdout.split('\n').slice(-14).join('\n').trim()}`,
  );
}

/** @param {string} name @param {Picture} picture */
async function makePicture(name, { from, width = 800, zoom, colours = 48 }) {
  const source = join(root, 'out', name, from);
  const animated = extname(from) === '.gif';
  const part = basename(from, extname(from));
  const to = join(pictures, `${part === name ? name : `${name}_${part}`}${animated ? '.gif' : '.png'}`);
  let image = sharp(source, { animated });
  const size = (await image.metadata()).width;
  if (zoom) image = image.resize({ width: zoom * size, kernel: 'nearest' });
  else if (size > width) image = image.resize({ width });
  if (extname(from) === '.svg') image = image.flatten({ background: 'white' });
  image = animated ? image.gif({ colours, dither: 0, effort: 10 }) : image.png({ palette: true, colours, effort: 10 });
  await image.toFile(to);
  const bytes = statSync(to).size;
  console.log(`${to.slice(root.length + 1)}: ${bytes} bytes`);
  if (bytes > MOST) throw new Error(`${basename(to)} has ${bytes} bytes; ${MOST} may be kept`);
}

await script(async () => {
  const { values, positionals } = parseArgs({ options: { pictures: { type: 'boolean' } }, allowPositionals: true });
  mkdirSync(pictures, { recursive: true });
  for (const name of positionals.length ? positionals : Object.keys(gallery)) {
    const each = gallery[name];
    if (!each) throw new Error(`there is no example '${name}': it is one of ${Object.keys(gallery).join(', ')}`);
    if (!values.pictures) await runExample(name);
    for (const picture of each) await makePicture(name, picture);
  }
});
