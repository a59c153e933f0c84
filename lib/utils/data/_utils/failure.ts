/** Errors on their way from a worker to the loop. */
import { type Failure, rebuildFailure as rebuild } from '../../../base/failure';

export { describeFailure, type Failure } from '../../../base/failure';

/** The same error for the loop, which tells where it comes from. */
export function rebuildFailure(failure: Failure, worker: number): Error {
  return rebuild(failure, `DataLoader worker process ${worker}`);
}
