/** The page in a browser, on a run in progress. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import torch from 'tsorch';
import { SummaryWriter } from 'tsorch/utils/tensorboard';
import { launch, withChromium } from './chromium';
import { type Board, serveBoard } from './inside';

let folder: string;
let board: Board;
let browser: Browser | undefined;
let page: Page;
let writers: SummaryWriter[];
const complaints: string[] = [];

/** What two runs write at a step. */
function step(at: number): void {
  writers.forEach((writer, i) => {
    writer.add_scalar('loss/train', (i + 1) / (at + 1), at);
    writer.add_histogram('weights', torch.arange(100).add(at), at);
    writer.add_image('sample', torch.full([3, 4, 6], at / 10), at);
    writer.flush();
  });
}

async function open(): Promise<void> {
  browser ??= await launch();
  page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(board.url);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tsorch-board-'));
  writers = ['first', 'second'].map((name) => new SummaryWriter({ log_dir: join(folder, name) }));
  for (const at of [0, 1, 2]) step(at);
  board = await serveBoard(folder, { port: 0, reload_interval: 0.1 });
  complaints.length = 0;
});
afterEach(async () => {
  await page?.close();
  for (const writer of writers) writer.close();
  await board.close();
  rmSync(folder, { recursive: true });
});
afterAll(() => browser?.close());

const chart = () => page.getByRole('img', { name: /^loss\/train/ });
const label = (text: string | RegExp) => page.getByRole('img', { name: text }).waitFor();

withChromium('curves of all runs, which grow while the runs go on', async () => {
  await open();
  await label('loss/train: first 0.5068 (0.33333) at 2, second 1.0136 (0.66667) at 2');
  expect(await page.locator('.chart canvas').count()).toBe(1);
  step(3);
  await label(/^loss\/train: first .* \(0\.25\) at 3, second .* \(0\.5\) at 3$/);
  writers.push(new SummaryWriter({ log_dir: join(folder, 'third') }));
  step(4);
  await label(/third 0\.6 \(0\.6\) at 4$/);
  await page.getByLabel('third', { exact: true }).waitFor();
  expect(complaints).toEqual([]);
});

withChromium('runs are chosen, curves smoothed, axes changed, and the choice stays', async () => {
  await open();
  await chart().waitFor();
  await page.getByLabel('second', { exact: true }).uncheck();
  await label(/^loss\/train: first [^,]*$/);
  await page.getByLabel('Smoothing', { exact: true }).first().fill('0');
  await label('loss/train: first 0.33333 at 2');
  await page.getByLabel('Relative').check({ force: true });
  await label(/first 0\.33333 at [\d.]+ s$/);
  await page.getByRole('button', { name: 'Log scale' }).click();
  await page.reload();
  await label(/^loss\/train: first 0\.33333 at [\d.]+ s$/);
  expect(await page.getByRole('button', { name: 'Log scale' }).getAttribute('aria-pressed')).toBe('true');
  await page.getByRole('searchbox', { name: 'Filter tags' }).fill('accuracy');
  await page.getByText('Nothing here that matches.').waitFor();
  expect(complaints).toEqual([]);
});

withChromium('values are read with the pointer and with the keyboard', async () => {
  await open();
  await chart().waitFor();
  await page.locator('.u-over').hover({ position: { x: 5, y: 5 } });
  const tip = page.locator('.tip');
  await tip.getByText('1 (1)').waitFor();
  await page.mouse.move(600, 790);
  await chart().focus();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
  await tip.getByText('(0.33333)').waitFor();
  expect(await tip.locator('tr').count()).toBe(2);
  await page.getByRole('tab', { name: 'Scalars' }).focus();
  await page.keyboard.press('ArrowRight');
  expect(await page.getByRole('tab', { name: 'Images' }).getAttribute('aria-selected')).toBe('true');
  expect(complaints).toEqual([]);
});

withChromium('images have a slider over their steps, which goes with the newest', async () => {
  await open();
  await page.getByRole('tab', { name: 'Images' }).click();
  const shown = (run: string, at: number) => page.getByAltText(new RegExp(`^sample, ${run}, step ${at},`)).waitFor();
  await shown('first', 2);
  const width = () => page.getByAltText(/first/).evaluate((image: { naturalWidth: number }) => image.naturalWidth);
  expect(await width()).toBe(6);
  await page.getByRole('slider', { name: 'step' }).first().press('Home');
  await shown('first', 0);
  step(3);
  await shown('second', 3);
  await shown('first', 0);
  expect(complaints).toEqual([]);
});

withChromium('histograms and distributions', async () => {
  await open();
  await page.getByRole('tab', { name: 'Histograms' }).click();
  await label('weights, first: 3 histograms from 0 to 101');
  expect(await page.locator('.ridges').first().locator('.ridge').count()).toBe(3);
  await page.getByRole('tab', { name: 'Distributions' }).click();
  await label(/^weights, second: least 2 at 2, .*median .*greatest 101 at 2$/);
  expect(complaints).toEqual([]);
});

withChromium('text is Markdown without the HTML of the run', async () => {
  const evil = '<img src=x onerror="document.title=1"> [link](javascript:alert(1)) ![x](http://127.0.0.1:1/x.png)';
  writers[0]!.add_text('notes', `# Title\n\n**bold** ${evil}\n\n|a|b|\n|-|-:|\n|1|2|`, 0);
  writers[0]!.add_text('<b>tag</b>', 'plain', 0);
  writers[0]!.flush();
  await board.reload();
  await open();
  await page.getByRole('tab', { name: 'Text' }).click();
  await page.getByRole('heading', { name: 'Title' }).waitFor();
  expect(await page.locator('.text strong').textContent()).toBe('bold');
  expect(await page.locator('.text td').last().getAttribute('class')).toBe('right');
  expect(await page.locator('.text img').count()).toBe(0);
  expect(await page.locator('.text a[href^="javascript"]').count()).toBe(0);
  expect(await page.title()).toMatch('tsorch board');
  await page.getByRole('heading', { name: '<b>tag</b>' }).waitFor();
  expect(complaints).toEqual([]);
});

withChromium('hyperparameters are sorted by any column', async () => {
  for (const [lr, accuracy] of [
    [0.1, 0.7],
    [0.01, 0.9],
    [1, 0.2],
  ] as const) {
    writers[0]!.add_hparams({ lr, optimizer: 'SGD' }, { 'hparam/accuracy': accuracy }, null, `lr ${lr}`);
  }
  await board.reload();
  await open();
  await page.getByRole('tab', { name: 'HParams' }).click();
  const column = () => page.locator('tbody td:nth-child(2)').allTextContents();
  await page.getByRole('button', { name: 'hparam/accuracy' }).click();
  expect(await column()).toEqual(['0.01', '0.1', '1']);
  await page.getByRole('button', { name: /^lr/ }).press('Enter');
  expect(await column()).toEqual(['0.01', '0.1', '1']);
  await page.getByRole('button', { name: /^lr/ }).press('Enter');
  expect(await column()).toEqual(['1', '0.1', '0.01']);
  expect(complaints).toEqual([]);
});

withChromium('precision and recall, in a browser that is told to be dark', async () => {
  writers[0]!.add_pr_curve('curve', torch.tensor([0, 1, 1, 0]), torch.tensor([0.1, 0.8, 0.4, 0.6]), 7);
  writers[0]!.flush();
  await board.reload();
  await open();
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('tab', { name: 'PR curves' }).click();
  await label(/^curve: first 0\.66667 at 1$/);
  const background = await page.locator('body').evaluate((body: object) => {
    const { getComputedStyle } = globalThis as unknown as { getComputedStyle(of: object): { backgroundColor: string } };
    return getComputedStyle(body).backgroundColor;
  });
  expect(background).toBe('rgb(18, 21, 27)');
  expect(complaints).toEqual([]);
});
