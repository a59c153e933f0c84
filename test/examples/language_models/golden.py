"""Writes two small models with random weights, a GPT-2 and a Llama, with tokenizers, and what transformers says of them.

    pip install torch transformers tokenizers && python test/examples/language_models/golden.py
"""

import json
import pathlib
import shutil

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

here = pathlib.Path(__file__).parent
text = (here.parents[2] / "docs" / "memory.md").read_text().splitlines()
sentence = "A tensor’s memory is freed, naïvely: 12 MiB 🙂"


def byte_level():
    """As GPT-2's and Llama 3's."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(text, trainers.BpeTrainer(vocab_size=320, initial_alphabet=alphabet))
    return tokenizer


def pieces():
    """As Llama 2's: words begin with a bar, and what is not in the vocabulary is spelt in bytes."""
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    special = ["<unk>", "<s>", "</s>"]
    trainer = trainers.BpeTrainer(vocab_size=420, special_tokens=special + [f"<0x{i:02X}>" for i in range(256)])
    tokenizer.train_from_iterator(text, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    state = json.loads(tokenizer.to_str())
    state["added_tokens"] = [each for each in state["added_tokens"] if each["content"] in special]
    return Tokenizer.from_str(json.dumps(state))


def save(name, model, tokenizer, **options):
    folder = here / name
    shutil.rmtree(folder, ignore_errors=True)
    model.eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0, 0.3) if parameter.dim() > 1 else parameter.add_(torch.randn_like(parameter) * 0.1)
    model.save_pretrained(folder, **options)
    (folder / "generation_config.json").unlink(missing_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    ids = tokenizer.encode(sentence).ids
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0, -1]
        tokens = list(ids)
        for _ in range(12):
            tokens.append(int(model(torch.tensor([tokens])).logits[0, -1].argmax()))
    return {"ids": ids, "text": tokenizer.decode(ids), "last": logits.tolist(), "greedy": tokens[len(ids) :]}


torch.manual_seed(0)
gpt2 = GPT2LMHeadModel(GPT2Config(vocab_size=320, n_positions=64, n_embd=16, n_layer=2, n_head=4, eos_token_id=319, bos_token_id=319))
llama = LlamaForCausalLM(
    LlamaConfig(
        vocab_size=420,
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=128,
        rope_parameters={
            "rope_type": "llama3",
            "rope_theta": 10000.0,
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 32,
        },
        tie_word_embeddings=True,
    )
)
golden = {
    "sentence": sentence,
    "gpt2": save("gpt2", gpt2, byte_level()),
    "llama": save("llama", llama, pieces(), max_shard_size="16KB"),
}
(here / "golden.json").write_text(json.dumps(golden) + "\n")
