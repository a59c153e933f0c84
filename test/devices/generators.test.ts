/** A generator's stream on the accelerator, or on the CPU without one. */
import torch from 'tsorch';
import { device } from './device';

/** Goes back to a place: by the offset where there is one. */
function marked(generator: torch.Generator): () => void {
  if (device === 'cuda') {
    const offset = generator.get_offset();
    return () => generator.set_offset(offset);
  }
  const state = generator.get_state();
  return () => generator.set_state(state);
}

it('a generator finds a place of its stream again', () => {
  const generator = new torch.Generator(device).manual_seed(1);
  torch.rand(5, { generator, device });
  const back = marked(generator);
  const clone = generator.clone_state();
  const wanted = torch.rand(3, { generator, device });
  back();
  expect(torch.rand(3, { generator, device }).equal(wanted)).toBe(true);
  expect(torch.rand(3, { generator: clone, device }).equal(wanted)).toBe(true);
});
