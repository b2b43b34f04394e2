import type { Call } from './call';
import { ProblemError } from './problem';
import type { Problem } from './types';

/** How long it may take to send a file and have it read, in milliseconds: streams of a whole suite are some ten MiB. */
const SENT_MS_MAX = 300_000;

/** Makes a call whose body is a file as it is, byte for byte. Throws a ProblemError for a refusal. */
export const sendBytes = async <Answer>({ method, path }: Call<Answer>, bytes: Blob | string): Promise<Answer> => {
  const response = await fetch(path, {
    method,
    body: bytes,
    headers: { 'content-type': 'application/octet-stream', 'idempotency-key': crypto.randomUUID() },
    signal: AbortSignal.timeout(SENT_MS_MAX),
  });
  const answer = (await response.json()) as unknown;
  if (!response.ok) throw new ProblemError(answer as Problem);
  return answer as Answer;
};
