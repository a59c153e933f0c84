/** Whether a value fits a parameter, by the rules of Python's parser. */
import { Kind, kindOf } from '../native/kinds';
import { isPending } from './pending';
import type { Parameter } from './signature';
import { isUninitialized } from './uninitialized';

/** 0-dim tensors stand for numbers; asked of the tensor only when nothing else fits. */
interface NumberLike {
  dim(): number;
  readonly requires_grad: boolean;
  readonly dtype: { is_floating_point: boolean; is_complex: boolean };
}

export function isScalarTensor(value: unknown, wholeOnly: boolean): boolean {
  const tensor = value as NumberLike;
  if (isPending(value) || tensor.requires_grad || tensor.dim() !== 0) return false;
  return !wholeOnly || !(tensor.dtype.is_floating_point || tensor.dtype.is_complex);
}

function listAccepts(p: Parameter, kind: Kind, value: unknown): boolean {
  if (kind === Kind.EmptyList) return true;
  switch (p.base) {
    case 'Tensor':
      return kind === Kind.Tensors && (p.optionalElements || (value as unknown[]).every((x) => x !== null));
    case 'int':
      if (kind === Kind.Ints || (kind === Kind.Int && p.size > 0)) return true;
      return (
        kind === Kind.Tensors && (value as unknown[]).every((x) => kindOf(x) === Kind.Tensor && isScalarTensor(x, true))
      );
    case 'float':
      return kind === Kind.Ints || kind === Kind.Floats || (p.size > 0 && (kind === Kind.Int || kind === Kind.Float));
    case 'bool':
      return kind === Kind.Bools || (kind === Kind.Bool && p.size > 0);
    case 'Scalar':
      return Array.isArray(value) && value.every((x) => accepts(element(p), kindOf(x), x, false));
    case 'str':
      return kind === Kind.OtherList && (value as unknown[]).every((x) => typeof x === 'string');
    default:
      return false;
  }
}

/** The parameter that one element of a list stands for. */
function element(p: Parameter): Parameter {
  return { ...p, list: false, optional: p.optionalElements, defaultValue: undefined };
}

/** Whether null stands for a parameter's default, an empty list: Python shows `stride=[]` as `stride=None`. */
export function isEmptyByDefault(p: Parameter): boolean {
  return p.list && Array.isArray(p.defaultValue) && p.defaultValue.length === 0;
}

/** What a parameter of type Any takes: what the schemas of operators know, and no other objects. */
function isPlain(kind: Kind, value: unknown): boolean {
  if (kind === Kind.OtherList) return Array.isArray(value) && value.every((each) => typeof each === 'string');
  return kind !== Kind.Other && kind !== Kind.NotGiven && kind !== Kind.EmptyList;
}

/** Whether a value fits a parameter. */
export function accepts(p: Parameter, kind: Kind, value: unknown, numbers: boolean): boolean {
  if (p.base === 'Any' && !p.list) return isPlain(kind, value);
  if (kind === Kind.Null) return p.optional || p.defaultValue === null || isEmptyByDefault(p);
  if (p.list) return listAccepts(p, kind, value);
  switch (p.base) {
    case 'Tensor':
      if (kind === Kind.Other) return isUninitialized(value);
      return kind === Kind.Tensor || (numbers && kind >= Kind.Int && kind <= Kind.Complex);
    case 'Scalar':
      return (kind >= Kind.Int && kind <= Kind.Complex) || (kind === Kind.Tensor && isScalarTensor(value, false));
    case 'complex':
      return kind >= Kind.Int && kind <= Kind.Complex;
    case 'int':
      return kind === Kind.Int || (kind === Kind.Tensor && isScalarTensor(value, true));
    case 'float':
      return kind === Kind.Int || kind === Kind.Float || (kind === Kind.Tensor && isScalarTensor(value, false));
    case 'bool':
      return kind === Kind.Bool;
    case 'str':
      return kind === Kind.String;
    case 'ScalarType':
      return kind === Kind.DType;
    case 'Device':
      return kind === Kind.Device || kind === Kind.String || kind === Kind.Int;
    case 'Layout':
      return kind === Kind.Layout;
    case 'MemoryFormat':
      return kind === Kind.MemoryFormat;
    case 'Generator':
      return kind === Kind.Generator;
    default:
      return false;
  }
}
