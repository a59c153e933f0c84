/** torch.distributions.kl. https://docs.pytorch.org/docs/2.13/distributions.html#module-torch.distributions.kl */
import './crossed';
import './infinite';
import './multivariate';
import './same_family';

export { kl_divergence, register_kl } from './registry';
