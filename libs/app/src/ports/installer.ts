import type { JsonObject, NodeId, NodeRoleId, RunId } from '#core';
import type { JigOutcome } from './jig.js';

/** A run of the jig `install`, as far as an install is concerned. */
export interface InstallRun {
  readonly runId: RunId;
  readonly nodeRoleId: NodeRoleId;
  readonly nodeId: NodeId;
  /** The frozen input of the run. */
  readonly attribs: JsonObject;
}

/**
 * Begins installs. What follows a plan is done by a loop that looks at its row, so that whoever planned may vanish. The same
 * run asked again, by whatever attempt, goes on with the install that it has.
 */
export abstract class Installer {
  abstract plan(run: InstallRun): Promise<Extract<JigOutcome, { kind: 'waiting' | 'failed' }>>;
}
