/** From PyTorch's operators to ONNX's: by name, without the overload. */
import type { Name } from './builder';
import type { Call } from './call';
import { arranging } from './table/arrange';
import { elementwise } from './table/elementwise';
import { layers } from './table/layers';
import { losses } from './table/loss';
import { mathematics } from './table/math';
import { quantizedOperators } from './table/quantized';
import { recurrent } from './table/recurrent';
import { reductions } from './table/reduction';
import { builtins } from './table/scalar';
import { scattering } from './table/scatter';
import { shape } from './table/shape';
import type { Value } from './values';

/** How an operator is written: the names of its results, or values. */
export type Rule = (call: Call) => Name | readonly Name[] | Value;

export type Table = Readonly<Record<string, Rule>>;

export const operators: Table = {
  ...elementwise,
  ...mathematics,
  ...shape,
  ...arranging,
  ...scattering,
  ...reductions,
  ...layers,
  ...losses,
  ...recurrent,
};

/** Those of other namespaces, with them. */
export const others: Table = { ...quantizedOperators, ...builtins };
