/** Text as tokens, by the tokenizer.json of a folder (npm package @huggingface/tokenizers). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as Tokenizers from '@huggingface/tokenizers' with { 'resolution-mode': 'import' };

type Tokenizer = Tokenizers.Tokenizer;

// The package has a CommonJS side, which its types do not tell of.
const { Tokenizer } = require('@huggingface/tokenizers') as typeof Tokenizers;

function json(file: string): object {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

export function loadTokenizer(folder: string): Tokenizer {
  const file = join(folder, 'tokenizer.json');
  if (!existsSync(file)) throw new Error(`${folder} has no tokenizer.json`);
  return new Tokenizer(json(file), json(join(folder, 'tokenizer_config.json')));
}

/** What tokens stand for, given out as soon as it is certain: a letter may take several tokens. */
export class TextStream {
  private readonly tokens: number[];
  /** The tokens from `start` to `shown` are context, since a token's text depends on the one before; all their text is out. */
  private start = 0;
  private shown: number;

  constructor(
    private readonly tokenizer: Tokenizer,
    prompt: readonly number[],
  ) {
    this.tokens = [...prompt];
    this.shown = prompt.length;
  }

  private text(from: number, to: number): string {
    return this.tokenizer.decode(this.tokens.slice(from, to), { skip_special_tokens: true });
  }

  /** The text that a further token makes certain. */
  push(token: number): string {
    this.tokens.push(token);
    const before = this.text(this.start, this.shown);
    const text = this.text(this.start, this.tokens.length);
    if (text.endsWith('\ufffd')) return ''; // in the middle of a letter
    this.start = this.shown;
    this.shown = this.tokens.length;
    return text.slice(before.length);
  }
}

/** The letters that stand for bytes in the vocabularies of GPT-2 and its heirs. */
function byteLetters(): string[] {
  const printed = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  let others = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printed(byte) ? byte : others++));
}

/** The tokenizer.json of a model whose tokens are bytes. */
export function byteTokenizer(): object {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
  return {
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: { type: 'BPE', vocab: Object.fromEntries(byteLetters().map((letter, i) => [letter, i])), merges: [] },
  };
}
