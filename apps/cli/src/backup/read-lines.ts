import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { EXIT, Stop, usage } from '../exit.js';
import type { Line } from './format.js';

/** The lines of a backup. A file that is damaged, or no backup, is refused where that shows. */
export async function* readLines(path: string): AsyncGenerator<Line> {
  const file = createReadStream(path);
  const unzipped = createGunzip();
  file.once('error', (error) => unzipped.destroy(error)).pipe(unzipped);
  const decoder = new StringDecoder('utf8');
  let [rest, number] = ['', 0];
  try {
    for await (const chunk of unzipped) {
      const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield parse(line, (number += 1));
    }
  } catch (cause) {
    if (cause instanceof Stop) throw cause;
    const { code = '', message } = cause as NodeJS.ErrnoException;
    if (/^E[A-Z]+$/.test(code)) throw usage(`${path} cannot be read (${code}).`);
    throw new Stop(EXIT.usage, `${path} is no backup, or it is damaged.`, `gzip says: ${message}.`, { cause });
  } finally {
    file.destroy();
  }
  if (rest !== '') yield parse(rest, number + 1);
}

const parse = (text: string, number: number): Line => {
  try {
    return JSON.parse(text) as Line;
  } catch (cause) {
    throw new Stop(EXIT.usage, `This is no backup: line ${number} cannot be read.`, undefined, { cause });
  }
};
