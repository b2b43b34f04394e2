import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Milliseconds that one of these programs may take. */
const RUN_MS_MAX = 20_000;

/** What a program prints, whatever its exit code: clients say what is wrong on stdout. */
export const printed = async (program: string, args: readonly string[]): Promise<string> => {
  try {
    const { stdout } = await run(program, args, { timeout: RUN_MS_MAX, maxBuffer: 16 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    return (error as { stdout?: string }).stdout ?? '';
  }
};

/** ISC dig against a server on the loopback. */
export const dig = (port: number, args: readonly string[], address = '127.0.0.1'): Promise<string> =>
  printed('dig', [`@${address}`, '-p', String(port), ...args]);

/** Lines of an answer section alone, as `name ttl type value`. */
export const answersOf = async (port: number, args: readonly string[]): Promise<string[]> =>
  (await dig(port, ['+noall', '+answer', ...args]))
    .split('\n')
    .filter(Boolean)
    .map((line) => line.replace(/\s+IN\s+/, ' ').replace(/\s+/g, ' '));

export const missingPrograms = (programs: readonly string[]): string[] => {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return programs.filter(
    (program) =>
      !folders.some((folder) => {
        try {
          accessSync(join(folder, program), constants.X_OK);
          return true;
        } catch {
          return false;
        }
      }),
  );
};
