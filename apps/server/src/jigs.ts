/**
 * What this version can carry runs out with, for the catalog and for people. The server runs none of them, so it does not
 * load them; `libs/jigs` has the programs.
 */
export const JIGS: readonly { readonly name: string; readonly description: string }[] = [
  { name: 'noop', description: 'Does nothing and succeeds: for milestones and order.' },
  { name: 'test', description: 'Waits, fails, succeeds and writes attributes on request: for practice and tests.' },
  { name: 'script', description: 'Runs the role’s shell scripts on the node over SSH.' },
  { name: 'callback', description: 'Starts something on the node and waits for the node’s own report.' },
  { name: 'ansible', description: 'Runs the role’s playbook for the node.' },
];
