/** torch.distributions.distribution. */
export { Distribution } from '../distribution';
