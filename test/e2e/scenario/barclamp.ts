import type { ScenarioRole } from '#testkit';

/** The attribute of nodes that a role reads, so that a script can change an input of one noderole alone. */
export const inputOf = (role: string): string => `${role}-input`;

/** The roles of a script as a barclamp of the test jig. JSON is YAML. */
export const barclampOf = (roles: readonly ScenarioRole[]): string =>
  JSON.stringify({
    name: 'script',
    description: 'The roles of a scenario.',
    version: '1',
    attribs: roles.map(({ name }) => ({
      name: inputOf(name),
      description: `Changes what ${name} is given.`,
      schema: { type: 'integer' },
    })),
    roles: roles.map(({ name, requires, flags, onError, onRerunFailure, priority }) => ({
      name,
      jig: 'test',
      description: 'Of a scenario.',
      flags,
      requires,
      'wants-attribs': [inputOf(name)],
      on_error: onError,
      on_rerun_failure: onRerunFailure,
      priority,
    })),
  });
