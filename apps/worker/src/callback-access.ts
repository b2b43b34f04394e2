import { createHash, randomBytes } from 'node:crypto';
import type { IdSource, JigRun, TokenId, UnitOfWork } from '#app';
import { ENGINE } from '#app';

/** Longest life of a run's token, in seconds; a run that waits longer has a role with a longer deadline than a day. */
const TOKEN_LIFE_S = 86_400;
const SECRET_BYTES = 32;

/**
 * Where a node reports the end of a run, and the token that it does so with: good for that run and that node alone. Only
 * its digest is kept.
 */
export const callbackAccess =
  (unitOfWork: UnitOfWork, ids: IdSource, serverUrl: string) =>
  async (run: JigRun): Promise<{ url: string; token: string }> => {
    const token = `anneal_${randomBytes(SECRET_BYTES).toString('base64url')}`;
    const hash = createHash('sha256').update(token).digest();
    await unitOfWork.write(ENGINE, (tx) =>
      tx.access.insertToken({
        id: ids.next<TokenId>(),
        name: `run ${run.runId}`,
        hash,
        prefix: token.slice(0, 12),
        role: 'node',
        userId: null,
        nodeId: run.node.nodeId,
        runId: run.runId,
        expiresInS: TOKEN_LIFE_S,
      }),
    );
    return { url: `${serverUrl}/api/v2/runs/${run.runId}/report`, token };
  };
