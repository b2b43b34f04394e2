import { refuse, type Refusal } from '#core';

const NAME = /^[A-Za-z][-_.A-Za-z0-9]{0,62}$/;

/** What is wrong with the name of a deployment, if anything. */
export const refuseDeploymentName = (name: string): Refusal | null =>
  NAME.test(name)
    ? null
    : refuse(
        'invalid',
        `"${name.slice(0, 80)}" cannot be the name of a deployment: begin with a letter, then use letters, digits, dots, hyphens and underscores, 63 in all.`,
        {
          field: 'name',
        },
      );
