import { nn, type Tensor } from 'tsorch';
export interface Config {
    vocab_size: number;
    n_positions: number;
    n_embd: number;
    n_layer: number;
    n_head: number;
    layer_norm_epsilon: number;
}
declare class Attention extends nn.Module {
    private readonly config;
    c_attn: nn.Linear;
    c_proj: nn.Linear;
    private past;
    constructor(config: Config);
    reset(): void;
    /** With `cache`, `x` goes on where the last call ended: all at once at first, then token by token. */
    forward(x: Tensor, cache: boolean): Tensor;
}
declare class MLP extends nn.Module {
    c_fc: nn.Linear;
    c_proj: nn.Linear;
    constructor({ n_embd }: Config);
    forward(x: Tensor): Tensor;
}
declare class Block extends nn.Module {
    ln_1: nn.LayerNorm;
    attn: Attention;
    ln_2: nn.LayerNorm;
    mlp: MLP;
    constructor(config: Config);
    forward(x: Tensor, cache: boolean): Tensor;
}
export declare class GPT2 extends nn.Module {
    readonly config: Config;
    wte: nn.Embedding;
    wpe: nn.Embedding;
    h: nn.ModuleList<Block>;
    ln_f: nn.LayerNorm;
    /** Tokens in the cache. */
    private cached;
    constructor(config: Config);
    /** Forgets what was read with `cache`. */
    reset(): void;
    /** The scores of the next token after each of `tokens`, which has the shape (batch, length). */
    forward(tokens: Tensor, cache?: boolean): Tensor;
}
/** Reads a model; its checkpoint may be in several files. */
export declare function loadGPT2(folder: string): GPT2;
/** What `loadGPT2` reads. */
export declare function checkpointOf(model: GPT2): Record<string, Tensor>;
export interface Sampling {
    max_new_tokens: number;
    /** 0 takes the likeliest token; higher values are more adventurous. */
    temperature: number;
    /** Only this many of the likeliest tokens; 0 for all. */
    top_k: number;
}
/** Goes on with a text, token by token. When the model's positions run out, it goes on from the second half. */
export declare function generate(model: GPT2, prompt: readonly number[], sampling: Sampling): Generator<number>;
export {};
