import type { z } from 'zod';
import type { RolloutOptions } from '#app';
import type { deploymentRoutes } from '#api-types';
import { camelKeys } from '../camel-keys.js';

type CommitBody = Pick<z.output<typeof deploymentRoutes.preview.body>, 'rollout' | 'held'>;

/** The options of a commit as the house knows them. */
export const commitOptionsOf = ({ rollout, held }: CommitBody): { rollout?: RolloutOptions; held?: string[] } => ({
  ...(rollout ? { rollout: camelKeys(rollout) } : {}),
  ...(held ? { held } : {}),
});
