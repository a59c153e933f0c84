/** torch.distributions.utils. */
export {
  broadcast_all,
  clamp_probs,
  euler_constant,
  lazy_property,
  logits_to_probs,
  probs_to_logits,
  tril_matrix_to_vec,
  vec_to_tril_matrix,
} from '../utils';
