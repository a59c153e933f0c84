/** docs/gallery.md shows every example, with small pictures that the script makes. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..');
const page = readFileSync(join(root, 'docs', 'gallery.md'), 'utf8');
const pictures = readdirSync(join(root, 'docs', 'pictures'));

test('every example has its command there', () => {
  const names = readdirSync(join(root, 'examples')).flatMap((file) => /^(.*)\.ts$/.exec(file)?.[1] ?? []);
  expect(names.length).toBeGreaterThan(10);
  const commands = [...page.matchAll(/`npm start(?: -- (\w+))?/g)].map(([, name]) => name ?? 'mnist');
  expect(names.filter((name) => !commands.includes(name))).toEqual([]);
});

test('every picture is shown, and every one shown is there', () => {
  const shown = [...page.matchAll(/\]\(pictures\/([^)]+)\)/g)].map(([, name]) => name);
  expect(shown.sort()).toEqual(pictures.sort());
});

test('they are small', () => {
  const sizes = pictures.map((name) => statSync(join(root, 'docs', 'pictures', name)).size);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(60_000);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_000_000);
});
