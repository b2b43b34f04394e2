/** What carries runs out: noop, test, script, callback, ansible, network, install, hardware, tempest, view. */
export { AnsibleJig, type AnsibleJigOptions } from './ansible.js';
export { CALLBACK_ATTRIBS, CallbackJig, type CallbackAccess, type CallbackJigOptions } from './callback.js';
export { HardwareJig, type HardwareJigOptions, type HardwareParts } from './hardware.js';
export { LOG_LINE_CHARACTERS_MAX } from './log-line.js';
export { InstallJig, type InstallJigOptions } from './install.js';
export { NETWORK_ATTRIBS, NetworkJig, type NetworkJigOptions } from './network.js';
export { NoopJig } from './noop.js';
export { jigs, type JigSettings } from './registry.js';
export { ScriptJig, type ScriptJigOptions } from './script.js';
export type { NodeFolders } from './script/bundle.js';
export { TEMPEST_ATTRIBS, TempestJig, type TempestJigOptions } from './tempest.js';
export { TEST_ATTRIBS, TestJig, type TestJigOptions } from './test.js';
export { ViewJig, type ViewJigOptions } from './view.js';
