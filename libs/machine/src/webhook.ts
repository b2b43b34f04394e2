import { createHmac } from 'node:crypto';
import { WebhookSender, type HookEvent, type WebhookRequest } from '#app';

/** The body of a webhook: the event, in the words of the API. */
export const webhookBody = (event: HookEvent): string =>
  JSON.stringify({
    seq: event.seq,
    at: event.at.toISOString(),
    kind: event.kind,
    node_role_id: event.nodeRoleId,
    node: event.node,
    node_id: event.nodeId,
    role: event.role,
    deployment: event.deployment,
    deployment_id: event.deploymentId,
    run_id: event.runId,
    actor: event.actor,
    data: event.data,
  });

/** `sha256=` and the HMAC-SHA256 (RFC 2104) of `time.body` in hex: the time is signed too, so an old request cannot be replayed. */
export const signatureOf = (key: string, time: string, body: string): string =>
  `sha256=${createHmac('sha256', key).update(`${time}.${body}`).digest('hex')}`;

/** Sends webhooks by POST. Only an answer of 200 to 299 counts as taken; redirects are not followed. */
export class HttpWebhooks extends WebhookSender {
  override async send({ url, event, key, signingKey, signal }: WebhookRequest): Promise<void> {
    const body = webhookBody(event);
    const time = new Date().toISOString();
    const response = await fetch(url, {
      method: 'POST',
      body,
      signal,
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': key,
        'anneal-event': event.kind,
        'anneal-time': time,
        ...(signingKey ? { 'anneal-signature': signatureOf(signingKey, time, body) } : {}),
      },
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`${new URL(url).origin} answered ${response.status}`);
  }
}
