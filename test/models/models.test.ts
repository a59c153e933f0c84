/** Tutorial models ported line by line: printed modules, parameter counts and 20 losses beside PyTorch's. */
import torch from 'tsorch';
import { actor_critic } from './actor_critic';
import { char_rnn } from './char_rnn';
import { dcgan } from './dcgan';
import golden from './golden/models.json';
import { gpt } from './gpt';
import { resnet } from './resnet';
import { seq2seq } from './seq2seq';
import { stn } from './stn';
import { unet } from './unet';
import { vae } from './vae';
import { word_language } from './word_language';

/** What rounding in another order becomes over 20 steps. */
const RELATIVE = 2e-5;

const makers = { resnet, unet, char_rnn, seq2seq, dcgan, vae, gpt, stn, actor_critic, word_language };

beforeAll(() => torch.set_num_threads(1)); // as the golden script

test.each(Object.entries(makers))('%s', (name, make) => {
  const expected = golden[name as keyof typeof makers];
  torch.manual_seed(11);
  const { models, step } = make();
  expect(models.map(String)).toEqual(expected.printed);
  const counts = models.map((model) => model.parameters().reduce((sum, p) => sum + p.numel(), 0));
  expect(counts).toEqual(expected.parameters);
  expected.losses.forEach((want, i) => {
    const got = step().map((loss) => loss.item());
    want.forEach((value, k) => {
      if (!(Math.abs(got[k]! - value) <= RELATIVE * Math.abs(value))) {
        throw new Error(`loss ${k} of step ${i} is ${got[k]}, PyTorch has ${value}`);
      }
    });
  });
});
