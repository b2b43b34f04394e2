import ssh2 from 'ssh2';

/** One command over SSH, by key, for the lab's own questions; what roles do goes through the product. */
export interface Remote {
  readonly host: string;
  readonly user: string;
  readonly privateKey: string;
}

/** How long a connection may take to come about, in milliseconds. An emulated guest thinks about keys for a while. */
const CONNECT_MS = 30_000;

/** Runs a command with `input` and gives what it wrote to stdout. Throws with its stderr when it does not end with 0. */
export function remotely(remote: Remote, line: string, deadlineMs: number, input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    const end = (cause: Error | null, out = ''): void => {
      clearTimeout(deadline);
      client.destroy();
      if (cause === null) resolve(out);
      else reject(new Error(`${line.split('\n')[0]} on ${remote.host}: ${cause.message}`, { cause }));
    };
    const deadline = setTimeout(() => end(new Error(`did not end within ${deadlineMs / 1000} s`)), deadlineMs);
    client.once('error', end);
    client.once('ready', () =>
      client.exec(line, (refused, channel) => {
        if (refused) return end(refused);
        let [out, complaint] = ['', ''];
        channel.on('data', (chunk: Buffer) => (out += chunk.toString()));
        channel.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
        channel.once('close', (code: number | null) =>
          code === 0 ? end(null, out) : end(new Error(`ended with ${code}: ${complaint.trim()}`)),
        );
        channel.end(input);
      }),
    );
    client.connect({
      host: remote.host,
      username: remote.user,
      privateKey: remote.privateKey,
      readyTimeout: CONNECT_MS,
    });
  });
}
