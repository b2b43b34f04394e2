import { EXIT, Stop, type ExitCode } from '../exit.js';

/** The body of a refusal (RFC 9457), as far as the server filled it in. */
export interface ProblemBody {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly trace_id?: string;
}

/** A refusal, with everything the server said about it. */
export class ApiProblem extends Stop {
  override readonly name = 'ApiProblem';
  readonly code: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly traceId: string | null;

  constructor(
    /** Method and path, for the trace. */
    readonly request: string,
    readonly status: number,
    readonly body: ProblemBody,
  ) {
    super(
      exitCodeOf(status, body.code),
      body.detail ?? body.title ?? `${request} was answered with ${status}.`,
      adviceFor(status, body.code),
    );
    this.code = body.code ?? `status-${status}`;
    this.fields = body.fields ?? {};
    this.traceId = body.trace_id ?? null;
  }
}

const exitCodeOf = (status: number, code: string | undefined): ExitCode => {
  if (status === 404 || code === 'not-found') return EXIT.notFound;
  if (status === 408 || code === 'timeout') return EXIT.timeout;
  if (status === 400 || status === 413 || status === 415) return EXIT.usage;
  if (status === 409 || status === 412 || status === 428) return EXIT.conflict;
  return EXIT.failed;
};

/** What an operator at a terminal does about it, where the server's own sentence speaks of HTTP. */
const adviceFor = (status: number, code: string | undefined): string | undefined => {
  if (status === 401) return 'Log in with `anneal login`, or set ANNEAL_TOKEN.';
  if (status === 412 || code === 'stale-version')
    return 'Somebody changed it meanwhile. Look at it with `show`, then repeat the command.';
  if (code === 'needs-confirmation')
    return 'Look at what it destroys; when that is meant, repeat the command with --yes.';
  if (status === 429 || status === 503)
    return 'The server is busy or cannot reach its database. Repeat the command in a while.';
  if (status === 500) return 'This is a fault of the server. Its log has the request under the trace id.';
  return undefined;
};
