import type { EventDraft } from '../graph/draft.js';
import type { JsonObject } from '../base/json.js';
import type { Install } from './install.js';

/** An event about an install, with everything that it belongs to. */
export const says = (
  install: Pick<Install, 'id' | 'nodeId' | 'nodeRoleId' | 'runId'>,
  kind: `install.${string}`,
  data: JsonObject = {},
): EventDraft => ({
  kind,
  nodeId: install.nodeId,
  nodeRoleId: install.nodeRoleId,
  runId: install.runId,
  data: { install: install.id, ...data },
});
