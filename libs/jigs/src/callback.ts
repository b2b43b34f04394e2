import type { Json } from '#core';
import { Jig, maskOf, type JigOutcome, type JigRun } from '#app';
import { causeOf } from './abort.js';
import { ScriptJig, type ScriptJigOptions } from './script.js';
import { scriptsOf } from './script/bundle.js';

/** The attributes the callback jig reads, and the one it adds for the scripts. */
export const CALLBACK_ATTRIBS = {
  /** Seconds the node has for its report. */
  deadline: 'callback-deadline',
  /** Added for the scripts: a map with `url` and `token`. */
  callback: 'callback',
} as const;

/** Where and with what a node reports the end of a run. The token is good for that run alone. */
export interface CallbackAccess {
  readonly url: string;
  readonly token: string;
}

export interface CallbackJigOptions extends ScriptJigOptions {
  /** Makes the access for a run's scripts. Without it the scripts are not told where to report. */
  readonly access?: (run: JigRun) => Promise<CallbackAccess>;
  readonly now?: () => Date;
}

/** An hour is longer than an operating system takes to install; a role says so when its work takes longer. */
const DEADLINE_SECONDS = 3_600;

/**
 * For work that outlives the connection, such as an install: the run stays open until the node itself reports, or until
 * its deadline. A role may have scripts that start that work; they find the address and the token for the report in
 * their attributes, never on a command line. A role without scripts waits for a node that knows already.
 */
export class CallbackJig extends Jig {
  readonly name = 'callback';
  private readonly script: ScriptJig;

  constructor(private readonly options: CallbackJigOptions) {
    super();
    this.script = new ScriptJig(options);
  }

  async run(run: JigRun): Promise<JigOutcome> {
    // Counted from before the scripts: the node may begin its work in the first of them.
    const deadlineAt = new Date((this.options.now?.() ?? new Date()).getTime() + deadlineSeconds(run) * 1_000);
    if (scriptsOf(run.files).length > 0) {
      const started = await this.script.run(await this.withAccess(run));
      if (started.kind !== 'succeeded') return started;
    } else if (run.signal.aborted) {
      return { kind: 'aborted', cause: causeOf(run.signal) };
    }
    run.log(`waiting for ${run.node.name} to report, until ${deadlineAt.toISOString()}`, 'anneal');
    return { kind: 'waiting', deadlineAt };
  }

  private async withAccess(run: JigRun): Promise<JigRun> {
    const access = await this.options.access?.(run);
    if (!access) return run;
    const callback: Json = { url: access.url, token: access.token };
    // Field by field: a run may be more than a plain object.
    const { runId, nodeRoleId, attempt, fence, roleName, node, files, attribs, outputs, signal } = run;
    const maskToken = maskOf([access.token]);
    const mask = (text: string): string => maskToken(run.mask(text));
    return {
      ...{ runId, nodeRoleId, attempt, fence, roleName, node, files, outputs, signal, mask },
      attribs: { ...attribs, [CALLBACK_ATTRIBS.callback]: callback },
      log: (line, stream) => run.log(mask(line), stream),
    };
  }
}

function deadlineSeconds(run: JigRun): number {
  const asked = run.attribs[CALLBACK_ATTRIBS.deadline];
  return typeof asked === 'number' && asked > 0 ? asked : DEADLINE_SECONDS;
}
