/**
 * One request to a service, and what became of it as a value: an answer, a trouble that passes, or one that stays. Nothing
 * of OpenStack's services is known here but the way in which they word their errors.
 */
export interface Told {
  readonly kind: 'told';
  readonly status: number;
  readonly headers: Headers;
  readonly body: Fields;
}

/** Trouble as `NodeProvider` tells it. */
export type Trouble =
  | { readonly kind: 'not-yet'; readonly says: string; readonly againMs?: number }
  | { readonly kind: 'failed'; readonly says: string };

/** A JSON object of which nobody has checked anything. */
export type Fields = Readonly<Record<string, unknown>>;

export interface Question {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

/** Longest answer that is read, in bytes: a page of a thousand servers with all that is known of them. */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;
/** Longest pause that is waited out within a call, in milliseconds; a longer one is told to whoever asked. */
const PAUSE_MS_MAX = 4_000;
/** The longest that a cloud may send us away for, in milliseconds. */
const AGAIN_MS_MAX = 5 * 60_000;
const PAUSES_MAX = 3;
/** Longest message of a cloud that is passed on, in characters. */
const MESSAGE_LENGTH_MAX = 400;
/** It asks for less: OpenStack says 413, later services 429 (RFC 6585 §4). */
const TOO_MANY = [413, 429];

/** Sends it, waits out short pauses that the service asks for, and reads the answer. Never throws for what a service does. */
export const ask = async (question: Question): Promise<Told | Trouble> => {
  for (let pauses = 0; ; pauses += 1) {
    const told = await once(question);
    if (told.kind !== 'told' || !TOO_MANY.includes(told.status)) return told;
    const againMs = Math.min(AGAIN_MS_MAX, retryAfterMs(told.headers, Date.now()));
    if (againMs > PAUSE_MS_MAX || pauses >= PAUSES_MAX)
      return { kind: 'not-yet', says: `${originOf(question.url)} asks for a pause: ${messageOf(told)}`, againMs };
    if (!(await pause(againMs, question.signal))) return tooLate(question.url);
  }
};

const once = async ({ method, url, headers, body, signal }: Question): Promise<Told | Trouble> => {
  try {
    const response = await fetch(url, {
      method,
      signal,
      redirect: 'manual',
      headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await readText(response);
    if (text === null)
      return { kind: 'failed', says: `${originOf(url)} answers with more than ${ANSWER_BYTES_MAX} bytes` };
    return { kind: 'told', status: response.status, headers: response.headers, body: parse(text) };
  } catch (cause) {
    if (signal.aborted) return tooLate(url);
    return { kind: 'not-yet', says: `${originOf(url)} cannot be reached: ${reasonOf(cause)}` };
  }
};

/** Why an answer is not what was asked for. 5xx passes, the rest stays. */
export const troubleOf = (told: Told, what: string): Trouble => {
  const says = `${what}: ${messageOf(told)} (HTTP ${told.status})`;
  return told.status >= 500 ? { kind: 'not-yet', says } : { kind: 'failed', says };
};

/**
 * The sentence of an error: `{"forbidden": {"message": …}}` of Nova, `{"NeutronError": {"message": …}}`, `{"error": …}` of
 * Keystone, `{"faultstring": …}`; what is not JSON is not repeated.
 */
export const messageOf = ({ body, status }: Pick<Told, 'body' | 'status'>): string => {
  const inner = Object.values(body).find((value) => typeof value === 'object' && value !== null) as Fields | undefined;
  const found = [inner?.['message'], body['message'], body['faultstring'], body['NeutronError']].find(
    (value): value is string => typeof value === 'string' && value.trim() !== '',
  );
  return (found ?? `it says no more than ${status}`).replaceAll(/\s+/g, ' ').slice(0, MESSAGE_LENGTH_MAX).trim();
};

/** Seconds, or a date (RFC 9110 §10.2.3); a second when nothing is said. */
export const retryAfterMs = (headers: Headers, now: number): number => {
  const said = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(said)) return Number(said) * 1_000;
  const at = Date.parse(said);
  return Number.isNaN(at) ? 1_000 : Math.max(0, at - now);
};

const readText = async (response: Response): Promise<string | null> => {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += (piece as Uint8Array).byteLength;
    if (bytes > ANSWER_BYTES_MAX) return null;
    pieces.push(piece as Uint8Array);
  }
  return Buffer.concat(pieces).toString('utf8');
};

const parse = (text: string): Fields => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
  } catch {
    return {};
  }
};

const pause = (ms: number, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const end = (waited: boolean) => (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(waited);
    };
    const onAbort = end(false);
    const timer = setTimeout(end(true), ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });

const tooLate = (url: string): Trouble => ({ kind: 'not-yet', says: `${originOf(url)} did not answer in time` });

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : 'the cloud');

/** `fetch` says no more than that it failed; the cause has the word. */
const reasonOf = (cause: unknown): string => {
  const { code, message } = ((cause as { cause?: unknown }).cause ?? cause) as { code?: string; message?: string };
  return code ?? message ?? String(cause);
};
