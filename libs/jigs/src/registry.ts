import type { CertificationBook, EffectSink, Installer, Jig, JigRun, NodeNetworks, NodeSession, Reach } from '#app';
import { AnsibleJig } from './ansible.js';
import { CallbackJig, type CallbackAccess } from './callback.js';
import { DESCRIBED, type JigName } from './described.js';
import { HardwareJig, type HardwareParts } from './hardware.js';
import { InstallJig } from './install.js';
import { NetworkJig } from './network.js';
import { NoopJig } from './noop.js';
import { ScriptJig } from './script.js';
import type { NodeFolders } from './script/bundle.js';
import { TempestJig } from './tempest.js';
import { TestJig } from './test.js';
import { ViewJig, type ViewJigOptions } from './view.js';

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
  /** Where the network jig learns what to configure; without it, it configures nothing. */
  readonly networks?: NodeNetworks;
  /** How the view jig hears from the netboot servers; without it, there are none. */
  readonly viewAcknowledged?: ViewJigOptions['acknowledged'];
  /** How the install jig plans; without it, it refuses. */
  readonly installer?: Installer;
  /** How BMCs are reached; without it, hardware is left alone. */
  readonly hardware?: HardwareParts;
  /** Where certifications are read and written; without it, none can be run. */
  readonly certifications?: CertificationBook;
  readonly now?: () => Date;
}

/** How each jig is made. A new one is its file, its line here, and its sentence in described.ts; see docs/adding/a-jig.md. */
const MAKE: { readonly [Name in JigName]: (settings: JigSettings) => Jig } = {
  noop: () => new NoopJig(),
  test: (settings) => new TestJig(settings),
  script: (settings) => new ScriptJig(settings),
  callback: (settings) =>
    new CallbackJig({ ...settings, ...(settings.callbackAccess ? { access: settings.callbackAccess } : {}) }),
  ansible: (settings) => new AnsibleJig(settings),
  network: (settings) => new NetworkJig(settings),
  install: ({ installer }) => new InstallJig({ installer }),
  hardware: (settings) => new HardwareJig(settings),
  tempest: ({ certifications, ...settings }) =>
    new TempestJig({ ...settings, ...(certifications ? { book: certifications } : {}) }),
  view: ({ viewAcknowledged }) => new ViewJig(viewAcknowledged ? { acknowledged: viewAcknowledged } : {}),
};

/** Every jig there is. */
export const jigs = (settings: JigSettings): Jig[] =>
  (Object.keys(DESCRIBED) as JigName[]).map((name) => MAKE[name](settings));
