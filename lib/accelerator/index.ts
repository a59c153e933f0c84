/** torch.accelerator. https://docs.pytorch.org/docs/2.13/accelerator.html */
import { explainLeftOut } from '../base/left_out';

export {
  current_accelerator,
  current_device_index,
  device_count,
  is_available,
  set_device_index,
  synchronize,
} from '../context/accelerator';
export {
  current_device_idx,
  current_stream,
  device_index,
  empty_cache,
  get_memory_info,
  max_memory_allocated,
  max_memory_reserved,
  memory_allocated,
  memory_reserved,
  memory_stats,
  reset_accumulated_memory_stats,
  reset_peak_memory_stats,
  set_device_idx,
  set_stream,
} from './memory';

explainLeftOut('torch.accelerator', exports as object);
