/** Where gradients go and what is kept of them, what nodes save and show, against PyTorch. */
import golden from './golden/gradients.json';
import { scenarios } from './gradients';
import { compareOutcomes } from './outcomes';

compareOutcomes(scenarios, golden);
