/** Hooks, custom functions and the ends of a backward pass, against PyTorch. */
import golden from './golden/callbacks.json';
import { compareOutcomes } from './outcomes';
import { scenarios } from './scenarios';

compareOutcomes(scenarios, golden);
