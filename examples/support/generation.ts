/** Text from a language model, token by token. */
import torch, { type Tensor } from 'tsorch';

/** A model that keeps the keys and values of what it has read. */
export interface LanguageModel {
  /** How many tokens it can look at. */
  readonly positions: number;
  /**
   * The scores of the next token after each of `tokens`, which has the shape (batch, length). With `cache`, these go on
   * where the last call ended.
   */
  forward(tokens: Tensor, cache?: boolean): Tensor;
  /** Forgets what was read with `cache`. */
  reset(): void;
}

export interface Sampling {
  max_new_tokens: number;
  /** 0 takes the likeliest token; higher values are more adventurous. */
  temperature: number;
  /** Only this many of the likeliest tokens; 0 for all. */
  top_k: number;
  /** Only the likeliest tokens that together have this probability; 1 for all. */
  top_p?: number;
  /** What ends the text. */
  stop?: readonly number[];
}

/** Scores with minus infinity where a token is not among those to choose from. */
export function filtered(scores: Tensor, top_k: number, top_p: number): Tensor {
  let logits = scores;
  if (top_k > 0) {
    const least = logits.topk(Math.min(top_k, logits.numel())).values.index(-1);
    logits = logits.masked_fill(logits.lt(least), -Infinity);
  }
  if (top_p < 1) {
    const [sorted, order] = logits.sort({ descending: true });
    const probabilities = sorted.softmax(-1);
    const before = probabilities.cumsum(-1).sub(probabilities); // the likeliest always stays
    const left = before.gt(top_p);
    logits = logits.masked_fill(torch.zeros_like(left).scatter(-1, order, left), -Infinity);
  }
  return logits;
}

function sample(scores: Tensor, { temperature, top_k, top_p = 1 }: Sampling): number {
  if (temperature === 0) return scores.argmax(-1).item();
  const logits = filtered(scores.to(torch.float32).div(temperature), top_k, top_p);
  return torch.multinomial(logits.softmax(-1), 1).item();
}

/** Goes on with a text, token by token. When the model's positions run out, it goes on from the second half. */
export function* generate(
  model: LanguageModel,
  prompt: readonly number[],
  sampling: Sampling,
): Generator<number, void, void> {
  const { positions } = model;
  const tokens = [...prompt];
  let fresh = tokens.slice(-positions);
  let held = 0;
  model.reset();
  for (let i = 0; i < sampling.max_new_tokens; i++) {
    if (held + fresh.length > positions) {
      model.reset();
      fresh = tokens.slice(-Math.ceil(positions / 2));
      held = 0;
    }
    const next = torch.no_grad(() => {
      const scores = model.forward(torch.tensor([fresh], { dtype: torch.int64 }), true).index(0, -1);
      return sample(scores, sampling);
    });
    if (sampling.stop?.includes(next)) return;
    held += fresh.length;
    tokens.push(next);
    fresh = [next];
    yield next;
  }
}
