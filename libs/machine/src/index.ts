/** Machines as the rest of the program sees them: commands, files and signs of life over SSH. */
export { ensureKeyPair, type KeyPair } from './key-pair.js';
export { LineSplitter } from './lines.js';
export { quote, quoteAll } from './quote.js';
export { SshSession, type SshOptions } from './ssh-session.js';
export { HttpWebhooks, signatureOf, webhookBody } from './webhook.js';
export { LocalHost } from './host/local-host.js';
export * from './power/index.js';
export { SshInventory } from './inventory/ssh-inventory.js';
export { CloudDrivers } from './cloud/cloud-drivers.js';
export { SshFirstLogin } from './first-login/ssh-first-login.js';
