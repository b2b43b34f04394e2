import { request, type Agent } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import type { BmcLogin } from '#app';
import type { Json, JsonObject } from '#core';
import type { Deadline } from '../until.js';
import { CertificateRefused, PinnedAgent } from './pinned-agent.js';

/** What a Redfish service answered. Any status: who asked knows what it means. */
export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  readonly body: JsonObject;
  readonly etag: string | null;
  readonly location: string | null;
}

/** No answer that could be used. `sent` says whether the request may have reached the service. */
export interface NoAnswer {
  readonly kind: 'no-answer';
  readonly reason: string;
  readonly sent: boolean;
  /** Asking again cannot help. */
  readonly final: boolean;
  /** Nothing listens there now: a reading need not be tried again at once. */
  readonly nobody?: boolean;
}

export interface Question {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: JsonObject;
  readonly ifMatch?: string;
}

/** Tries of a read that met an overloaded service. */
const READ_TRIES = 4;
/** Rest before the next try, in milliseconds; twice as long each time. */
const RETRY_MS = 300;
/** One answer may take this long; some BMCs need ten seconds for a system. */
const ANSWER_MS = 20_000;
/** Bytes of an answer. The largest that is read is a BIOS registry of some MB. */
const BODY_BYTES_MAX = 8 * 1024 * 1024;
const CONNECT_MS = 8_000;
/** A session that ends is worth this long, in milliseconds, whatever is left of the deadline. */
const LOGOUT_MS = 3_000;
export const SERVICE_ROOT = '/redfish/v1/';

/**
 * One conversation with a Redfish service (DMTF DSP0266) over TLS with a pinned certificate: a session is made with the
 * first question and ended by `close`. When the service has no room for another session (their tables are small, and
 * others forget to log out), Basic authentication is used instead (§13.3.2), which every service must take. Reads are
 * repeated when the service is overloaded, writes never: that is for those to decide who know what the write does.
 */
export class RedfishClient {
  private readonly agent: PinnedAgent;
  private access: { readonly token: string; readonly session: string | null } | 'basic' | null = null;
  private seen: string | null = null;
  private token: string | null = null;

  /** @param pin keeps the certificate of a first contact; false when another one was kept meanwhile */
  constructor(
    private readonly login: BmcLogin,
    pin: (certificate: string) => Promise<boolean>,
  ) {
    this.agent = new PinnedAgent(async (certificate) => {
      const known = this.login.certificate ?? this.seen;
      if (known === null) {
        if (!(await pin(certificate))) return 'another certificate was pinned while this one was shown; ask again';
        this.seen = certificate;
        return null;
      }
      if (known === certificate) return null;
      return (
        `it shows another certificate (${short(certificate)}) than the one that is pinned (${short(known)}); if its ` +
        `certificate was replaced, pin the new one with \`anneal nodes bmc set NODE --certificate SHA256\``
      );
    }, CONNECT_MS);
  }

  /** Asks once, logged in; a session that was forgotten meanwhile is made anew. */
  async ask(question: Question, deadline: Deadline): Promise<Answer | NoAnswer> {
    const refused = await this.logIn(deadline);
    if (refused) return refused;
    const answer = await this.send(question, deadline, this.authorization());
    if (answer.kind === 'no-answer' || answer.status !== 401) return answer;
    // 401 comes before anything is done, so that the same question may be put again.
    this.access = null;
    const again = await this.logIn(deadline);
    if (again) return again;
    const second = await this.send(question, deadline, this.authorization());
    if (second.kind === 'no-answer' || second.status !== 401) return second;
    return { kind: 'no-answer', reason: this.notLetIn(), sent: true, final: true };
  }

  /** Reads a resource, patiently. */
  async read(path: string, deadline: Deadline): Promise<Answer | NoAnswer> {
    let last: Answer | NoAnswer = { kind: 'no-answer', reason: `${this.where} had no time`, sent: false, final: false };
    for (let tried = 0; tried < READ_TRIES && !deadline.isOver; tried += 1) {
      if (tried > 0) await deadline.pause(RETRY_MS * 2 ** tried);
      last = await this.ask({ method: 'GET', path }, deadline);
      if (last.kind === 'no-answer' ? last.final || last.nobody : !isOverloaded(last.status)) return last;
    }
    return last;
  }

  /** Ends the session and the connection. A session that cannot be ended runs out by itself. */
  async close(deadline: Deadline): Promise<void> {
    const { access } = this;
    this.access = null;
    if (access !== null && access !== 'basic' && access.session !== null) {
      await this.send({ method: 'DELETE', path: access.session }, deadline, { 'x-auth-token': access.token });
    }
    this.agent.destroy();
  }

  static readonly LOGOUT_MS = LOGOUT_MS;

  get where(): string {
    return `the BMC at ${this.login.address} port ${this.login.redfishPort}`;
  }

  private async logIn(deadline: Deadline): Promise<NoAnswer | null> {
    if (this.access !== null) return null;
    const { user, password } = this.login;
    let answer: Answer | NoAnswer | null = null;
    for (let tried = 0; tried < READ_TRIES; tried += 1) {
      if (tried > 0) await deadline.pause(RETRY_MS * 2 ** tried);
      const body = { UserName: user, Password: password };
      answer = await this.send({ method: 'POST', path: `${SERVICE_ROOT}SessionService/Sessions`, body }, deadline, {});
      if (answer.kind === 'answer' ? answer.status < 500 || answer.status === 503 : answer.final || answer.nobody)
        break;
    }
    if (answer === null || answer.kind === 'no-answer') return answer;
    if (answer.status === 401 || answer.status === 403)
      return { kind: 'no-answer', reason: this.notLetIn(), sent: true, final: true };
    this.access =
      answer.status < 300 && this.token !== null
        ? { token: this.token, session: answer.location ?? textIn(answer.body['@odata.id']) }
        : 'basic';
    return null;
  }

  private authorization(): Record<string, string> {
    if (this.access === 'basic' || this.access === null) {
      const { user, password } = this.login;
      return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
    }
    return { 'x-auth-token': this.access.token };
  }

  private notLetIn(): string {
    return `${this.where} does not let us in: look at user and password`;
  }

  private send(
    question: Question,
    deadline: Deadline,
    authorization: Record<string, string>,
  ): Promise<Answer | NoAnswer> {
    const { where } = this;
    if (deadline.isOver)
      return Promise.resolve({ kind: 'no-answer', reason: `${where}: no time is left`, sent: false, final: true });
    // Only the path of a link is followed: a service that names another host there would have our token sent to it.
    const path = pathOf(question.path);
    if (path === null)
      return Promise.resolve({
        kind: 'no-answer',
        reason: `${where} gave a link that is none`,
        sent: false,
        final: true,
      });
    const body = question.body === undefined ? null : Buffer.from(JSON.stringify(question.body));
    return new Promise((resolve) => {
      let sent = false;
      const fail = (error: Error): void =>
        resolve({
          kind: 'no-answer',
          reason:
            error instanceof CertificateRefused
              ? `${where} was not talked to: ${error.message}`
              : `${where}: ${reasonOf(error)}`,
          sent,
          final: error instanceof CertificateRefused,
          nobody: (error as NodeJS.ErrnoException).code === 'ECONNREFUSED',
        });
      const signal = AbortSignal.any([
        AbortSignal.timeout(Math.ceil(Math.max(1, Math.min(ANSWER_MS, deadline.leftMs)))),
        ...(deadline.signal ? [deadline.signal] : []),
      ]);
      signal.addEventListener('abort', () => {
        if (!sent) this.agent.letGo();
        fail(signal.reason as Error);
      });
      const outgoing = request({
        host: this.login.address,
        port: this.login.redfishPort,
        method: question.method,
        path,
        agent: this.agent as Agent,
        signal,
        headers: {
          accept: 'application/json',
          'odata-version': '4.0',
          ...(body ? { 'content-type': 'application/json', 'content-length': String(body.length) } : {}),
          ...(question.ifMatch === undefined ? {} : { 'if-match': question.ifMatch }),
          ...authorization,
        },
      });
      outgoing.once('socket', () => (sent = true));
      outgoing.on('error', fail);
      outgoing.once('response', (incoming) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        incoming.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > BODY_BYTES_MAX) outgoing.destroy(new Error(`its answer is larger than ${BODY_BYTES_MAX} bytes`));
          else chunks.push(chunk);
        });
        incoming.once('error', fail);
        incoming.once('end', () => {
          const parsed = jsonIn(Buffer.concat(chunks).toString('utf8'));
          this.token = single(incoming.headers, 'x-auth-token') ?? this.token;
          resolve({
            kind: 'answer',
            status: incoming.statusCode ?? 0,
            body: parsed,
            etag: single(incoming.headers, 'etag') ?? textIn(parsed['@odata.etag']),
            location: single(incoming.headers, 'location'),
          });
        });
      });
      outgoing.end(body ?? undefined);
    });
  }
}

/** The service is there and has no time. */
export const isOverloaded = (status: number): boolean => status === 429 || status >= 500;

/** What a service says about its refusal: DSP0266 §9.7, the first message that is more than the general one. */
export const complaintOf = ({ status, body }: Answer): string => {
  const error = body['error'] as JsonObject | undefined;
  const more = error?.['@Message.ExtendedInfo'];
  const first = Array.isArray(more) ? textIn((more[0] as JsonObject | undefined)?.['Message']) : null;
  const says = first ?? textIn(error?.['message']);
  return says === null ? `status ${status}` : `status ${status}: ${says.slice(0, COMPLAINT_CHARACTERS_MAX)}`;
};

/** Enough to understand, too little to fill a log. */
const COMPLAINT_CHARACTERS_MAX = 300;

export const textIn = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);

export const objectIn = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

/** The path that a link (`{"@odata.id": …}`) leads to. */
export const linkIn = (value: Json | undefined): string | null => textIn(objectIn(value)['@odata.id']);

export const linksIn = (value: Json | undefined): string[] =>
  Array.isArray(value) ? (value as readonly Json[]).flatMap((each) => linkIn(each) ?? []) : [];

const jsonIn = (text: string): JsonObject => {
  try {
    return objectIn(JSON.parse(text) as Json);
  } catch {
    // Empty, or a page of some web server in between: the status has to do.
    return {};
  }
};

/** Only the path of it: Location may be a whole URL. */
const pathOf = (link: string): string | null => {
  try {
    const url = new URL(link, 'https://bmc.invalid');
    return url.pathname + url.search;
  } catch {
    return null;
  }
};

const single = (headers: IncomingHttpHeaders, name: string): string | null => {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
};

const short = (certificate: string): string => `${certificate.slice(0, 16)}…`;

const reasonOf = (error: Error): string => {
  const { code } = error as NodeJS.ErrnoException;
  const timedOut = (error.cause as Error | undefined)?.name === 'TimeoutError';
  if (timedOut || error.name === 'TimeoutError') return 'no answer in time';
  if (error.name === 'AbortError') return 'was no longer waited for';
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'there is no way to it';
  return error.message;
};
