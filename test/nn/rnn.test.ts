/** The checks of recurrent modules that programs call or override. */
import torch, { nn, type Tensor } from 'tsorch';

const input = torch.ones(5, 2, 3); // (L, N, *)
const batch_sizes = torch.tensor([2n, 1n]);

describe('the bases of recurrent modules', () => {
  it('are made by position or by name', () => {
    expect(String(new nn.RNNCellBase(2, 3, true, 4))).toBe('RNNCellBase(2, 3)');
    const cell = new nn.RNNCellBase({
      input_size: 2,
      hidden_size: 3,
      bias: false,
      num_chunks: 4,
      dtype: torch.float64,
    });
    expect([String(cell), cell.weight_hh.shape, cell.bias_ih]).toEqual([
      'RNNCellBase(2, 3, bias=False)',
      [12, 3],
      null,
    ]);
    expect(String(new nn.RNNBase('LSTM', 2, 3, { num_layers: 2 }))).toBe('RNNBase(2, 3, num_layers=2)');
    const base = new nn.RNNBase({ mode: 'GRU', input_size: 2, hidden_size: 3 });
    expect(base.get_parameter('weight_ih_l0').shape).toEqual([9, 2]);
  });

  it('refuse what Python refuses', () => {
    expect(() => new nn.RNNCellBase({ input_size: 2, hidden_size: 3 } as never)).toThrow(
      "RNNCellBase.__init__() missing 2 required positional arguments: 'bias' and 'num_chunks'",
    );
    expect(() => new nn.RNNCellBase(2, 3, true, 4, { foo: 1 } as never)).toThrow("unexpected keyword argument 'foo'");
    expect(() => new nn.RNNBase('X' as never, 2, 3)).toThrow('Unrecognized RNN mode: X');
    expect(() => new nn.RNNBase({ mode: 'GRU' } as never)).toThrow("'input_size' and 'hidden_size'");
    expect(() => new nn.RNNBase('GRU', 2, 3)(torch.ones(1, 2))).toThrow(
      'Module [RNNBase] is missing the required "forward" function',
    );
  });
});

describe('the states of a recurrent module', () => {
  it('have sizes that depend on the input', () => {
    const gru = new nn.GRU(3, 4, { num_layers: 2, bidirectional: true });
    expect(gru.get_expected_hidden_size(input, null)).toEqual([4, 2, 4]);
    expect(gru.get_expected_hidden_size(torch.ones(3, 3), batch_sizes)).toEqual([4, 2, 4]);
    const lstm = new nn.LSTM(3, 4, { proj_size: 2, batch_first: true });
    expect(lstm.get_expected_hidden_size(input, null)).toEqual([1, 5, 2]);
    expect(lstm.get_expected_cell_size(input, null)).toEqual([1, 5, 4]);
  });

  it('are checked', () => {
    const [gru, lstm] = [new nn.GRU(3, 4), new nn.LSTM(3, 4)];
    const state = torch.zeros(1, 2, 4);
    gru.check_forward_args(input, state, null);
    lstm.check_forward_args(input, [state, state], null);
    expect(() => gru.check_forward_args(input, torch.zeros(1, 3, 4), null)).toThrow(
      'Expected hidden size (1, 2, 4), got [1, 3, 4]',
    );
    expect(() => lstm.check_forward_args(input, [state, torch.zeros(1, 2, 5)], null)).toThrow(
      'Expected hidden[1] size (1, 2, 4), got [1, 2, 5]',
    );
    expect(() => gru.check_input(torch.ones(3, 5), batch_sizes)).toThrow('Expected 3, got 5');
  });

  it('go into another order', () => {
    const state = torch.arange(6).reshape(1, 3, 2);
    const order = torch.tensor([2n, 0n, 1n]);
    expect(new nn.RNN(3, 2).permute_hidden(state, order).tolist()).toEqual([
      [
        [4, 5],
        [0, 1],
        [2, 3],
      ],
    ]); // prettier-ignore
    const [hidden, cell] = new nn.LSTM(3, 2).permute_hidden([state, state.neg()], order);
    expect([hidden.index(0, 0, 0).item(), cell.index(0, 0, 0).item()]).toEqual([4, -4]);
    expect(new nn.GRU(3, 2).permute_hidden(state, null)).toBe(state);
  });

  it('are checked by what a subclass has', () => {
    class Strict extends nn.GRU {
      override check_forward_args(input: Tensor, hidden: Tensor, sizes: Tensor | null): void {
        super.check_forward_args(input, hidden, sizes);
        if (input.size(0) > 4) throw new Error('too long');
      }
    }
    expect(() => new Strict(3, 4)(input)).toThrow('too long');
  });
});
