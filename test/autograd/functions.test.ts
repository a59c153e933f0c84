/** Custom Functions, their transforms and their arguments; checkpoints under autocast; against PyTorch. */
import { scenarios } from './functions';
import golden from './golden/functions.json';
import { compareOutcomes } from './outcomes';

compareOutcomes(scenarios, golden);
