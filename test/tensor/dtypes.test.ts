/** What each dtype is: golden/dtypes.py asks PyTorch. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import torch, { type Tensor } from 'tsorch';

type DType = Tensor['dtype'];

interface Facts {
  aliases: string[];
  itemsize: number;
  is_floating_point: boolean;
  is_complex: boolean;
  is_signed?: boolean;
  type?: string;
  real?: string;
  complex?: string;
}

const file = join(__dirname, '../../../test/tensor/golden/dtypes.json');
const golden = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Facts>;
const byName = torch as unknown as Record<string, DType>;

describe.each(Object.entries(golden))('%s', (name, facts) => {
  const dtype = byName[name]!;

  it('has its names and sizes', () => {
    for (const alias of facts.aliases) expect(byName[alias]).toBe(dtype);
    expect(String(dtype)).toBe(`torch.${name}`);
    const { itemsize, is_floating_point, is_complex } = facts;
    expect(dtype).toMatchObject({ itemsize, is_floating_point, is_complex });
  });

  if (facts.type !== undefined) {
    it('has a sign or none, and an old type name, which makes such tensors', () => {
      expect(dtype.is_signed).toBe(facts.is_signed);
      const x = torch.empty(1, { dtype });
      expect(x.type()).toBe(facts.type);
      expect(torch.zeros(1).type(facts.type!).dtype).toBe(dtype);
    });
  }

  if (facts.real !== undefined) {
    it('has parts, or a complex counterpart', () => {
      expect([String(dtype.to_real()), String(dtype.to_complex())]).toEqual([facts.real, facts.complex]);
    });
  }
});

it('a type name that is none is refused', () => {
  expect(() => torch.ones(1).type('torch.uint16Tensor')).toThrow("invalid type: 'torch.uint16Tensor'");
});

test('the old name of a type says its layout, and whether it is quantized', () => {
  const quantized = [torch.qint8, torch.quint8, torch.qint32].map((dtype) =>
    torch.quantize_per_tensor(torch.ones(2), 0.1, 0, dtype).type(),
  );
  expect(quantized).toEqual(['QInt8', 'QUInt8', 'QInt32'].map((name) => `torch.quantized.${name}Tensor`));
  expect(torch.ones(2).to_sparse().type()).toBe('torch.sparse.FloatTensor');
  expect(torch.ones(2, { device: 'meta' }).type()).toBe('torch.meta.FloatTensor');
});
