/**
 * Stack traces that name the sources instead of what was compiled from them. Node's own --enable-source-maps reads the map
 * of every file that is loaded, which is a fifth of the time that a process takes to start; here a map is read when an
 * error is shown whose trace goes through its file, which is rare.
 */
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Maps by address of the compiled file; null for one that has none. */
const maps = new Map<string, SourceMap | null>();

/** Call first thing in a program. */
export function readableStacks(): void {
  Error.prepareStackTrace = (error, frames) => {
    let header: string;
    try {
      header = String(error);
    } catch {
      header = 'Error';
    }
    return [header, ...frames.map((frame) => `    at ${describe(frame)}`)].join('\n');
  };
}

function describe(frame: NodeJS.CallSite): string {
  const text = String(frame);
  const file = frame.getFileName();
  const line = frame.getLineNumber();
  const column = frame.getColumnNumber();
  if (!file?.startsWith('file:') || line === null || column === null) return text;
  // Both count from nought where a trace counts from one.
  const found = mapOf(file)?.findEntry(line - 1, column - 1);
  if (!found || !('originalSource' in found)) return text;
  const source = fileURLToPath(new URL(found.originalSource, file));
  return text.replace(`${file}:${line}:${column}`, `${source}:${found.originalLine + 1}:${found.originalColumn + 1}`);
}

function mapOf(file: string): SourceMap | null {
  let map = maps.get(file);
  if (map === undefined) maps.set(file, (map = readMap(file)));
  return map;
}

/** Nothing that goes wrong here may hide the error that is being shown. */
function readMap(file: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(file)}.map`, 'utf8')));
  } catch {
    return null;
  }
}
