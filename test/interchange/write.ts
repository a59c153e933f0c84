/** Writes fixtures/written_here.pt; fixtures/check.py loads it in Python. */
import { join } from 'node:path';
import torch from 'tsorch';
import { trainedExactly } from './models';

const { model, optimizer } = trainedExactly();
const file = join(__dirname, '../../../test/interchange/fixtures/written_here.pt');
torch.save({ model: model.state_dict(), optimizer: optimizer.state_dict() }, file);
