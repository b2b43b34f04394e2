/**
 * The child's side of the supervisor: a process that `anneal up` started says when it serves, and ends when its
 * supervisor has vanished. A process that was started alone has no channel, and nothing here does anything.
 */

/** What a child tells its supervisor. `say` is printed for the operator after the address, once all processes serve. */
export interface ReadyMessage {
  readonly anneal: 'ready';
  readonly say: readonly string[];
}

/** Call once, when the process does its work. `say` may hold what an operator needs now, such as the one-time code. */
export function reportReady(say: readonly string[] = []): void {
  process.send?.({ anneal: 'ready', say } satisfies ReadyMessage);
}

/** Call early: a supervisor that is gone closes the channel, and the process then ends as on SIGTERM. */
export function endWithSupervisor(): void {
  if (process.send) process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}

export const isReadyMessage = (message: unknown): message is ReadyMessage =>
  typeof message === 'object' && message !== null && (message as ReadyMessage).anneal === 'ready';
