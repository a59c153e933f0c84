/** torch.utils.flop_counter. */
export { FlopCounterMode } from './counter';
export {
  type FlopFormula,
  type FlopFormulas,
  type FlopTarget,
  type FlopTargets,
  register_flop_formula,
} from './formulas';
