"use strict";
var __createBinding = (this && this.__createBinding) || (Object.create ? (function(o, m, k, k2) {
    if (k2 === undefined) k2 = k;
    var desc = Object.getOwnPropertyDescriptor(m, k);
    if (!desc || ("get" in desc ? !m.__esModule : desc.writable || desc.configurable)) {
      desc = { enumerable: true, get: function() { return m[k]; } };
    }
    Object.defineProperty(o, k2, desc);
}) : (function(o, m, k, k2) {
    if (k2 === undefined) k2 = k;
    o[k2] = m[k];
}));
var __setModuleDefault = (this && this.__setModuleDefault) || (Object.create ? (function(o, v) {
    Object.defineProperty(o, "default", { enumerable: true, value: v });
}) : function(o, v) {
    o["default"] = v;
});
var __importStar = (this && this.__importStar) || (function () {
    var ownKeys = function(o) {
        ownKeys = Object.getOwnPropertyNames || function (o) {
            var ar = [];
            for (var k in o) if (Object.prototype.hasOwnProperty.call(o, k)) ar[ar.length] = k;
            return ar;
        };
        return ownKeys(o);
    };
    return function (mod) {
        if (mod && mod.__esModule) return mod;
        var result = {};
        if (mod != null) for (var k = ownKeys(mod), i = 0; i < k.length; i++) if (k[i] !== "default") __createBinding(result, mod, k[i]);
        __setModuleDefault(result, mod);
        return result;
    };
})();
var __addDisposableResource = (this && this.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var __disposeResources = (this && this.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});
Object.defineProperty(exports, "__esModule", { value: true });
exports.GPT2 = void 0;
exports.loadGPT2 = loadGPT2;
exports.checkpointOf = checkpointOf;
exports.generate = generate;
/** GPT-2 as Hugging Face's checkpoints have it: a folder with config.json and model.safetensors. */
const node_fs_1 = require("node:fs");
const node_path_1 = require("node:path");
const tsorch_1 = __importStar(require("tsorch"));
const F = __importStar(require("tsorch/nn/functional"));
const safetensors_1 = require("tsorch/safetensors");
class Attention extends tsorch_1.nn.Module {
    config;
    c_attn;
    c_proj;
    past = null;
    constructor(config) {
        super();
        this.config = config;
        this.c_attn = new tsorch_1.nn.Linear(config.n_embd, 3 * config.n_embd);
        this.c_proj = new tsorch_1.nn.Linear(config.n_embd, config.n_embd);
    }
    reset() {
        this.past = null;
    }
    /** With `cache`, `x` goes on where the last call ended: all at once at first, then token by token. */
    forward(x, cache) {
        const [batch, length, width] = x.shape;
        const heads = (y) => y.view(batch, length, this.config.n_head, -1).transpose(1, 2);
        let [query, key, value] = this.c_attn(x).split(width, 2).map(heads);
        const is_causal = length > 1;
        if (cache) {
            if (this.past !== null) {
                key = tsorch_1.default.cat([this.past[0], key], 2);
                value = tsorch_1.default.cat([this.past[1], value], 2);
            }
            this.past = [key, value];
        }
        const y = F.scaled_dot_product_attention(query, key, value, { is_causal });
        return this.c_proj(y.transpose(1, 2).reshape(batch, length, width));
    }
}
class MLP extends tsorch_1.nn.Module {
    c_fc;
    c_proj;
    constructor({ n_embd }) {
        super();
        this.c_fc = new tsorch_1.nn.Linear(n_embd, 4 * n_embd);
        this.c_proj = new tsorch_1.nn.Linear(4 * n_embd, n_embd);
    }
    forward(x) {
        return this.c_proj(F.gelu(this.c_fc(x), { approximate: 'tanh' }));
    }
}
class Block extends tsorch_1.nn.Module {
    ln_1;
    attn;
    ln_2;
    mlp;
    constructor(config) {
        super();
        const eps = config.layer_norm_epsilon;
        this.ln_1 = new tsorch_1.nn.LayerNorm(config.n_embd, { eps });
        this.attn = new Attention(config);
        this.ln_2 = new tsorch_1.nn.LayerNorm(config.n_embd, { eps });
        this.mlp = new MLP(config);
    }
    forward(x, cache) {
        const y = x.add(this.attn(this.ln_1(x), cache));
        return y.add(this.mlp(this.ln_2(y)));
    }
}
class GPT2 extends tsorch_1.nn.Module {
    config;
    wte;
    wpe;
    h;
    ln_f;
    /** Tokens in the cache. */
    cached = 0;
    constructor(config) {
        super();
        this.config = config;
        this.wte = new tsorch_1.nn.Embedding(config.vocab_size, config.n_embd);
        this.wpe = new tsorch_1.nn.Embedding(config.n_positions, config.n_embd);
        this.h = new tsorch_1.nn.ModuleList(Array.from({ length: config.n_layer }, () => new Block(config)));
        this.ln_f = new tsorch_1.nn.LayerNorm(config.n_embd, { eps: config.layer_norm_epsilon });
    }
    /** Forgets what was read with `cache`. */
    reset() {
        this.cached = 0;
        for (const block of this.h)
            block.attn.reset();
    }
    /** The scores of the next token after each of `tokens`, which has the shape (batch, length). */
    forward(tokens, cache = false) {
        const start = cache ? this.cached : 0;
        const end = start + tokens.size(1);
        let x = this.wte(tokens).add(this.wpe(tsorch_1.default.arange(start, end)));
        for (const block of this.h)
            x = block(x, cache);
        if (cache)
            this.cached = end;
        return F.linear(this.ln_f(x), this.wte.weight); // the output layer is tied to the embedding
    }
}
exports.GPT2 = GPT2;
/** Hugging Face has its linear layers' weights the other way round ("Conv1D"). */
const TRANSPOSED = /\.(c_attn|c_proj|c_fc)\.weight$/;
/** Masks, and the output layer, which is the embedding. */
const LEFT_OUT = /\.attn\.(bias|masked_bias)$|^lm_head\.weight$/;
/** Reads a model; its checkpoint may be in several files. */
function loadGPT2(folder) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const config = JSON.parse((0, node_fs_1.readFileSync)((0, node_path_1.join)(folder, 'config.json'), 'utf8'));
        const index = (0, node_path_1.join)(folder, 'model.safetensors.index.json');
        const model = new GPT2(config);
        const state = {};
        const file = __addDisposableResource(env_1, (0, safetensors_1.safe_open)((0, node_fs_1.existsSync)(index) ? index : (0, node_path_1.join)(folder, 'model.safetensors')), false);
        for (const key of file.keys()) {
            const name = key.replace(/^transformer\./, '');
            if (LEFT_OUT.test(name))
                continue;
            const tensor = file.get_tensor(key);
            state[name] = TRANSPOSED.test(name) ? tensor.t() : tensor;
        }
        model.load_state_dict(state);
        return model.eval();
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        __disposeResources(env_1);
    }
}
/** What `loadGPT2` reads. */
function checkpointOf(model) {
    const entries = Object.entries(model.state_dict());
    return Object.fromEntries(entries.map(([name, x]) => [name, TRANSPOSED.test(name) ? x.t().contiguous() : x]));
}
function sample(scores, { temperature, top_k }) {
    if (temperature === 0)
        return scores.argmax(-1).item();
    let logits = scores.div(temperature);
    if (top_k > 0) {
        const least = logits.topk(Math.min(top_k, logits.numel())).values.index(-1);
        logits = logits.masked_fill(logits.lt(least), -Infinity);
    }
    return tsorch_1.default.multinomial(logits.softmax(-1), 1).item();
}
/** Goes on with a text, token by token. When the model's positions run out, it goes on from the second half. */
function* generate(model, prompt, sampling) {
    const { n_positions } = model.config;
    const tokens = [...prompt];
    let fresh = tokens.slice(-n_positions);
    let held = 0;
    model.reset();
    for (let i = 0; i < sampling.max_new_tokens; i++) {
        if (held + fresh.length > n_positions) {
            model.reset();
            fresh = tokens.slice(-Math.ceil(n_positions / 2));
            held = 0;
        }
        const next = tsorch_1.default.no_grad(() => {
            const scores = model(tsorch_1.default.tensor([fresh], { dtype: tsorch_1.default.int64 }), true).index(0, -1);
            return sample(scores, sampling);
        });
        held += fresh.length;
        tokens.push(next);
        fresh = [next];
        yield next;
    }
}
//# sourceMappingURL=gpt2.js.map