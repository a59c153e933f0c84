import torch, { nn, optim, type Tensor } from 'tsorch';
import * as F from 'tsorch/nn/functional';
import type { Training } from './training';

const SOS_token = 0;
const MAX_LENGTH = 6;

class EncoderRNN extends nn.Module {
  hidden_size: number;
  embedding: nn.Embedding;
  gru: nn.GRU;
  dropout: nn.Dropout;

  constructor(input_size: number, hidden_size: number, dropout_p = 0.1) {
    super();
    this.hidden_size = hidden_size;
    this.embedding = new nn.Embedding(input_size, hidden_size);
    this.gru = new nn.GRU(hidden_size, hidden_size, { batch_first: true });
    this.dropout = new nn.Dropout(dropout_p);
  }

  override forward(input: Tensor): [Tensor, Tensor] {
    const embedded = this.dropout(this.embedding(input));
    const [output, hidden] = this.gru(embedded);
    return [output, hidden];
  }
}

class BahdanauAttention extends nn.Module {
  Wa: nn.Linear;
  Ua: nn.Linear;
  Va: nn.Linear;

  constructor(hidden_size: number) {
    super();
    this.Wa = new nn.Linear(hidden_size, hidden_size);
    this.Ua = new nn.Linear(hidden_size, hidden_size);
    this.Va = new nn.Linear(hidden_size, 1);
  }

  override forward(query: Tensor, keys: Tensor): [Tensor, Tensor] {
    let scores = this.Va(torch.tanh(this.Wa(query).add(this.Ua(keys))));
    scores = scores.squeeze(2).unsqueeze(1);
    const weights = F.softmax(scores, { dim: -1 });
    const context = torch.bmm(weights, keys);
    return [context, weights];
  }
}

class AttnDecoderRNN extends nn.Module {
  embedding: nn.Embedding;
  attention: BahdanauAttention;
  gru: nn.GRU;
  out: nn.Linear;
  dropout: nn.Dropout;

  constructor(hidden_size: number, output_size: number, dropout_p = 0.1) {
    super();
    this.embedding = new nn.Embedding(output_size, hidden_size);
    this.attention = new BahdanauAttention(hidden_size);
    this.gru = new nn.GRU(2 * hidden_size, hidden_size, { batch_first: true });
    this.out = new nn.Linear(hidden_size, output_size);
    this.dropout = new nn.Dropout(dropout_p);
  }

  override forward(
    encoder_outputs: Tensor,
    encoder_hidden: Tensor,
    target_tensor: Tensor | null = null,
  ): [Tensor, Tensor, Tensor] {
    const batch_size = encoder_outputs.size(0);
    let decoder_input = torch.empty(batch_size, 1, { dtype: torch.long }).fill_(SOS_token);
    let decoder_hidden = encoder_hidden;
    const decoder_outputs: Tensor[] = [];
    const attentions: Tensor[] = [];
    for (let i = 0; i < MAX_LENGTH; i++) {
      const [decoder_output, hidden, attn_weights] = this.forward_step(decoder_input, decoder_hidden, encoder_outputs);
      decoder_hidden = hidden;
      decoder_outputs.push(decoder_output);
      attentions.push(attn_weights);
      if (target_tensor !== null) {
        decoder_input = target_tensor.index(':', i).unsqueeze(1);
      } else {
        const [, topi] = decoder_output.topk(1);
        decoder_input = topi.squeeze(-1).detach();
      }
    }
    const outputs = F.log_softmax(torch.cat(decoder_outputs, { dim: 1 }), { dim: -1 });
    return [outputs, decoder_hidden, torch.cat(attentions, { dim: 1 })];
  }

  forward_step(input: Tensor, hidden: Tensor, encoder_outputs: Tensor): [Tensor, Tensor, Tensor] {
    const embedded = this.dropout(this.embedding(input));
    const query = hidden.permute(1, 0, 2);
    const [context, attn_weights] = this.attention(query, encoder_outputs);
    const input_gru = torch.cat([embedded, context], { dim: 2 });
    const [output, next] = this.gru(input_gru, hidden);
    return [this.out(output), next, attn_weights];
  }
}

export function seq2seq(): Training {
  const encoder = new EncoderRNN(12, 8);
  const decoder = new AttnDecoderRNN(8, 10);
  const input_tensor = torch.randint(2, 12, [4, MAX_LENGTH]);
  const target_tensor = torch.randint(2, 10, [4, MAX_LENGTH]);
  const encoder_optimizer = new optim.Adam(encoder.parameters(), { lr: 0.01 });
  const decoder_optimizer = new optim.Adam(decoder.parameters(), { lr: 0.01 });
  const criterion = new nn.NLLLoss();

  const step = () => {
    encoder_optimizer.zero_grad();
    decoder_optimizer.zero_grad();
    const [encoder_outputs, encoder_hidden] = encoder(input_tensor);
    const [decoder_outputs] = decoder(encoder_outputs, encoder_hidden, target_tensor);
    const loss = criterion(decoder_outputs.view(-1, decoder_outputs.size(-1)), target_tensor.view(-1));
    loss.backward();
    encoder_optimizer.step();
    decoder_optimizer.step();
    return [loss];
  };
  return { models: [encoder, decoder], step };
}
