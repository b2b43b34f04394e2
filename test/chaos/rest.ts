import { readFileSync } from 'node:fs';
import type { Chance } from '#testkit';

/** A server that is being killed does not answer; nobody waits longer for it than this, in milliseconds. */
const ANSWER_WITHIN_MS = 5_000;

/** Speaks to whichever server it draws, as automation does: with the host's token, and with what it has read before. */
export class Rest {
  /** How often a server did what it was asked, refused it, and did not answer. */
  readonly counts = { done: 0, refused: 0, unanswered: 0 };

  constructor(
    private readonly urls: readonly string[],
    private readonly tokenFile: string,
    private readonly chance: Chance,
  ) {}

  retry(nodeRoleId: string, nodeName: string): Promise<boolean> {
    return this.ask('PUT', `node_roles/${nodeRoleId}/retry`, { confirm: nodeName });
  }

  cancel(nodeRoleId: string): Promise<boolean> {
    return this.ask('PUT', `node_roles/${nodeRoleId}/cancel`);
  }

  /** Reads the node and changes it as it was read. */
  async changeNode(nodeId: string, change: { alive?: boolean; available?: boolean }): Promise<boolean> {
    const answer = await this.send('GET', `nodes/${nodeId}`).catch(() => null);
    const etag = answer?.headers.get('etag');
    return etag ? this.ask('PATCH', `nodes/${nodeId}`, change, { 'if-match': etag }) : false;
  }

  private async ask(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<boolean> {
    try {
      const answer = await this.send(method, path, body, headers);
      await answer.arrayBuffer();
      // A server may say that its database is away; then nothing was done, as when it says no.
      this.counts[answer.ok ? 'done' : 'refused'] += 1;
      return answer.ok;
    } catch {
      this.counts.unanswered += 1;
      return false;
    }
  }

  private send(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Response> {
    const url = this.urls[this.chance.below(this.urls.length)] as string;
    return fetch(`${url}/api/v2/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${readFileSync(this.tokenFile, 'utf8').trim()}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
  }
}
