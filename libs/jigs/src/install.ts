import { Jig, type Installer, type JigOutcome, type JigRun } from '#app';
import { causeOf } from './abort.js';

export interface InstallJigOptions {
  /** Without it this process installs nothing. */
  readonly installer?: Installer | undefined;
}

/**
 * Puts an operating system on the node's disk. The jig itself only plans: which system, which disks, or why not. From then
 * on the run waits, whoever leads goes on from the row of the install, and the installed system ends the run by its own
 * report. Nothing of it depends on the process that planned; a second attempt of the same run finds the same install.
 */
export class InstallJig extends Jig {
  readonly name = 'install';

  constructor(private readonly options: InstallJigOptions) {
    super();
  }

  async run(run: JigRun): Promise<JigOutcome> {
    if (run.signal.aborted) return { kind: 'aborted', cause: causeOf(run.signal) };
    const { installer } = this.options;
    if (!installer) return { kind: 'failed', reason: 'this worker knows of no installs: let another one do it' };
    const { runId, nodeRoleId, attribs, node } = run;
    return installer.plan({ runId, nodeRoleId, attribs, nodeId: node.nodeId });
  }
}
