/** Reads whatever somebody sends as a barclamp: an archive, gzipped or not, or the YAML alone. */
import { startOf } from './check/files.js';
import { decodeText } from './decode-text.js';
import type { Known } from './known.js';
import { loadBarclamp, type LoadResult } from './load.js';
import { ProblemList } from './problem.js';
import { readTar } from './read-tar.js';

/** Told apart by the bytes, not by what the sender calls them. YAML alone has no scripts, so no role of the script jig. */
export async function loadUpload(bytes: Uint8Array, options: { known?: Known } = {}): Promise<LoadResult> {
  if (isArchive(bytes)) {
    const read = await readTar(bytes);
    return 'files' in read ? loadBarclamp(read.files, options) : read;
  }
  const content = decodeText(bytes);
  if (content !== undefined) return loadBarclamp([{ path: 'barclamp.yml', content }], options);
  const problems = new ProblemList();
  problems.error(
    startOf('barclamp.yml'),
    'not-text',
    'this is neither UTF-8 text nor a tar archive',
    'send barclamp.yml, or a tar archive of its folder',
  );
  return { problems: problems.all() };
}

/** RFC 1952 §2.3.1: gzip begins with 1f 8b. POSIX.1: a tar header has `ustar` at 257. */
const isArchive = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0x1f && bytes[1] === 0x8b) || new TextDecoder('latin1').decode(bytes.subarray(257, 262)) === 'ustar';
