/** torch.autograd.anomaly_mode. https://docs.pytorch.org/docs/2.13/autograd.html#anomaly-detection */
export { detect_anomaly, set_detect_anomaly } from '../anomaly';
