import type { AccessRecords, TokenId } from '../ports/access-store.js';
import type { IdSource } from '../ports/id-source.js';
import type { Secrets } from '../ports/secrets.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

export const HOST_TOKEN_NAME = 'host';

/**
 * The administrator's token for automation on the server's own host. Whoever can read the home can read the database's
 * password as well, so it gives away nothing; a token that the database does not know any more is replaced.
 */
export class EnsureHostToken {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdSource,
    private readonly records: AccessRecords,
    private readonly secrets: Secrets,
  ) {}

  /** The secret that is valid from now on: `known`, or a new one. */
  async execute(known: string | null): Promise<string> {
    const principal = known === null ? null : await this.records.principalOf(this.secrets.hashOf(known));
    if (known !== null && principal?.role === 'admin') return known;
    const { secret, hash, prefix } = this.secrets.make();
    await this.unitOfWork.write('setup', (tx) =>
      tx.access.insertToken({
        id: this.ids.next<TokenId>(),
        name: HOST_TOKEN_NAME,
        hash,
        prefix,
        role: 'admin',
        userId: null,
        nodeId: null,
        runId: null,
        expiresInS: null,
      }),
    );
    return secret;
  }
}
