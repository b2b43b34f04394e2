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

/** What a supervisor tells a child that it started before it knew: variables of the environment, null for one to unset. */
export interface SettingsMessage {
  readonly anneal: 'settings';
  readonly env: Readonly<Record<string, string | null>>;
}

/** In the environment of a child whose settings come later, through the channel. */
export const SETTINGS_LATER = 'ANNEAL_SETTINGS_LATER';

/**
 * Waits for the settings when they were not known yet at the start: a child loads its code while the services come up that
 * it needs. They are in `process.env` afterwards, as they are from the beginning in a process that was started alone.
 */
export async function settingsFromSupervisor(): Promise<void> {
  if (!process.send || process.env[SETTINGS_LATER] === undefined) return;
  delete process.env[SETTINGS_LATER];
  const { env } = await new Promise<SettingsMessage>((resolve) => process.once('message', resolve as () => void));
  for (const [name, value] of Object.entries(env)) {
    if (value === null) delete process.env[name];
    else process.env[name] = value;
  }
}

export const isReadyMessage = (message: unknown): message is ReadyMessage =>
  typeof message === 'object' && message !== null && (message as ReadyMessage).anneal === 'ready';
