/** Settings of deterministic algorithms. https://docs.pytorch.org/docs/2.13/deterministic.html */
import { switches } from '../backends/switches';

/** Whether `empty` and its kin are filled while `use_deterministic_algorithms` is on. */
export const deterministic = switches({ fill_uninitialized_memory: 'fill_uninitialized_memory' });
