/** Wrong calls end with PyTorch's error, of the type it stands for and with its text. golden/errors.py made them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn, optim } from 'tsorch';
import { differences } from './differences';

interface Case {
  python: string;
  call: string;
  type: string;
  message: string;
}

const file = join(__dirname, '../../../test/errors/golden/errors.json');
const { prelude, cases } = JSON.parse(readFileSync(file, 'utf8')) as { prelude: string; cases: Case[] };
