/**
 * What each jig is, for the catalog and for people. It stands apart from the jigs themselves, so that whoever only has to
 * name them (a server, which runs none) does not load SSH and playbooks. The registry has the program of each name.
 */
export const DESCRIBED = {
  noop: 'Does nothing and succeeds: for milestones and order.',
  test: 'Waits, fails, succeeds and writes attributes on request: for practice and tests.',
  script: 'Runs the role’s shell scripts on the node over SSH.',
  callback: 'Starts something on the node and waits for the node’s own report.',
  ansible: 'Runs the role’s playbook for the node.',
  network: 'Configures the networks of a node, and undoes what cuts it off.',
  install: 'Puts an operating system on the node’s disk, and waits until that has reported.',
  hardware: 'Sets what lies below the operating system: BMC, BIOS attributes, volumes of RAID controllers.',
  tempest: 'Runs Tempest against a cloud from the node, and brings in what its stream says while it runs.',
  view: 'Waits until every netboot server answers from what is true now.',
} as const;

export type JigName = keyof typeof DESCRIBED;

export const JIGS: readonly { readonly name: string; readonly description: string }[] = Object.entries(DESCRIBED).map(
  ([name, description]) => ({ name, description }),
);
