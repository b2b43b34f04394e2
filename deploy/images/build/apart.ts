import { execa } from 'execa';

const PROBE_MS_MAX = 10_000;

/** Its own mounts and its own processes, which the kernel ends together with the first of them. */
const UNSHARE = ['unshare', '--mount', '--pid', '--mount-proc', '--kill-child'];
let possible: Promise<boolean> | undefined;

/**
 * The words that run a program apart from the mounts of this host: what it mounts nobody else sees, and it is gone when
 * the program ends, however it ends. The program itself ends with us, kill -9 included. A builder that is killed among its
 * mounts leaves them otherwise, and whoever clears its folder then clears what is mounted there. Where this host
 * does not let us make name spaces (it takes root) the words are the program's own.
 */
export async function apart(program: string, args: readonly string[]): Promise<[program: string, args: string[]]> {
  possible ??= execa(UNSHARE[0] as string, [...UNSHARE.slice(1), 'true'], {
    timeout: PROBE_MS_MAX,
    reject: false,
  }).then(({ failed }) => !failed);
  if (!(await possible)) return [program, [...args]];
  return ['setpriv', ['--pdeathsig', 'KILL', ...UNSHARE, program, ...args]];
}
