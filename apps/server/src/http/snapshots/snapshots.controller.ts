import { Controller, Inject } from '@nestjs/common';
import { snapshotRoutes } from '#api-types';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class SnapshotsController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(snapshotRoutes.show)
  show(@Given() { params }: Given<typeof snapshotRoutes.show>) {
    return this.model.showSnapshot.execute({ deployment: params.key, snapshot: params.snapshot });
  }

  @Serves(snapshotRoutes.diff)
  diff(@Given() { params, query }: Given<typeof snapshotRoutes.diff>) {
    return this.model.diffSnapshots.execute({ deployment: params.key, from: params.snapshot, to: query.to });
  }

  @Serves(snapshotRoutes.propose)
  propose(@Given() { actor, params }: Given<typeof snapshotRoutes.propose>) {
    return this.model.proposeSnapshot.execute(actor, { deployment: params.key, snapshot: params.snapshot });
  }
}
