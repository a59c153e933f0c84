import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../../..');

test('every folder of lib is in the table of folders, and no other', () => {
  const page = readFileSync(join(root, 'docs', 'architecture.md'), 'utf8');
  const table = page.split('\n## ').find((section) => section.startsWith('Folders\n'))!;
  const rows = [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell]) => cell!.match(/[a-z_]+(?=`)/g)!);
  const folders = readdirSync(join(root, 'lib'));
  expect(rows.filter((name) => name !== 'tensorboard').sort()).toEqual(folders.sort());
});
