import type { EffectSink, Jig, JigRun, NodeSession, Reach } from '#app';
import { AnsibleJig } from './ansible.js';
import { CallbackJig, type CallbackAccess } from './callback.js';
import { NoopJig } from './noop.js';
import { ScriptJig } from './script.js';
import type { NodeFolders } from './script/bundle.js';
import { TestJig } from './test.js';

/** What the jigs of a process share. */
export interface JigSettings {
  readonly session: NodeSession;
  /** A name for this installation that no other has and that a fresh database does not inherit. */
  readonly installation?: string;
  /** For programs that log in by themselves. */
  readonly privateKeyPath: string;
  readonly user?: string;
  readonly effects?: EffectSink;
  readonly callbackAccess?: (run: JigRun) => Promise<CallbackAccess>;
  readonly folders?: (node: Reach) => NodeFolders;
  readonly now?: () => Date;
}

/** Every jig there is. A new one is its file and its line here; see docs/adding/a-jig.md. */
export const jigs = (settings: JigSettings): Jig[] => [
  new NoopJig(),
  new TestJig(settings),
  new ScriptJig(settings),
  new CallbackJig({ ...settings, ...(settings.callbackAccess ? { access: settings.callbackAccess } : {}) }),
  new AnsibleJig(settings),
];
