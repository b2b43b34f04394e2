import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asSuiteTest, encodePacket, gatherOutcomes, SubunitDecoder, SUBUNIT_STATUSES, type SubunitPacket } from '#core';

const recorded = readFileSync(new URL('../../libs/testkit/src/tempest/class-refused.subunit', import.meta.url));

const itemsOf = (stream: Uint8Array) => {
  const decoder = new SubunitDecoder();
  return [...decoder.push(stream), ...decoder.finish()];
};
const packetsOf = (stream: Uint8Array): SubunitPacket[] =>
  itemsOf(stream).flatMap((item) => (item.kind === 'packet' ? [item.packet] : []));

/** What Tempest 33 wrote by stestr 3.2.1 for twelve tests of one class that nobody let sign on. */
describe('a stream that Tempest wrote', () => {
  it('is packets and nothing else', () => {
    const kinds = new Set(itemsOf(recorded).map(({ kind }) => kind));
    expect([...kinds]).toEqual(['packet']);
  });

  it('is written again byte for byte', () => {
    expect(Buffer.concat(packetsOf(recorded).map(encodePacket)).equals(recorded)).toBe(true);
  });

  it('tells of twelve tests by one packet of their class', () => {
    const packets = packetsOf(recorded);
    const list = packets.filter(({ status }) => status === 'exists').map(({ testId }) => asSuiteTest(testId!));
    expect(list).toHaveLength(12);
    const { outcomes, notes } = gatherOutcomes(list, packets, 'the end');
    expect(outcomes.map(({ status }) => status)).toEqual(list.map(() => 'setup-failed'));
    expect(outcomes[0]).toMatchObject({
      id: 'id-dd032027-0210-4d9c-860e-69b1b8deed5f',
      worker: 'worker-0',
      reason: expect.stringContaining('Connection refused'),
    });
    expect(notes).toEqual([]);
  });
});

const READER = String.raw`
import json, subunit, sys, testtools
out = []
class Result(testtools.StreamResult):
    def status(self, test_id=None, test_status=None, test_tags=None, runnable=True, file_name=None, file_bytes=None,
               eof=False, mime_type=None, route_code=None, timestamp=None):
        out.append([test_id, test_status, sorted(test_tags or []), runnable, file_name,
                    None if file_bytes is None else bytes(file_bytes).hex(), eof, mime_type, route_code,
                    None if timestamp is None else int(timestamp.timestamp())])
subunit.ByteStreamToStreamResult(sys.stdin.buffer, non_subunit_name='text').run(Result())
print(json.dumps(out))
`;

const WRITER = String.raw`
import datetime, json, subunit, subunit.iso8601, sys
write = subunit.StreamResultToBytes(sys.stdout.buffer)
for test_id, status, tags, runnable, name, content, eof, mime, route, seconds in json.load(sys.stdin):
    write.status(test_id=test_id, test_status=status, test_tags=set(tags), runnable=runnable, file_name=name,
                 file_bytes=None if content is None else bytes.fromhex(content), eof=eof, mime_type=mime, route_code=route,
                 timestamp=None if seconds is None else datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc))
`;

const PYTHON = '/usr/bin/python3';
const missing = (() => {
  try {
    execFileSync(PYTHON, ['-c', 'import subunit, testtools'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'python3-subunit is missing; apt-get install -y python3-subunit';
  }
})();

const python = (program: string, input: Uint8Array): Buffer =>
  execFileSync(PYTHON, ['-c', program], { input, maxBuffer: 64 * 1024 * 1024 });

/** A packet in the order of the other side's words. */
const asWords = (packet: SubunitPacket) => [
  packet.testId,
  packet.status,
  [...new Set(packet.tags)].sort(),
  packet.runnable,
  packet.file?.name ?? null,
  packet.file ? Buffer.from(packet.file.content).toString('hex') : null,
  packet.endOfFile,
  packet.mimeType,
  packet.routeCode,
  packet.timestamp?.seconds ?? null,
];

describe.skipIf(missing)(`the reference implementation${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).map((value) => value.replaceAll('\0', 'x'));
  const packets = fc.record<SubunitPacket>({
    status: fc.constantFrom(...SUBUNIT_STATUSES),
    testId: fc.option(text),
    runnable: fc.boolean(),
    tags: fc.uniqueArray(text, { maxLength: 3 }),
    timestamp: fc.option(fc.record({ seconds: fc.nat(0x7fff_ffff), nanoseconds: fc.constant(0) })),
    mimeType: fc.option(text),
    file: fc.option(fc.record({ name: text, content: fc.uint8Array({ maxLength: 20_000, size: 'max' }) })),
    endOfFile: fc.boolean(),
    routeCode: fc.option(text),
  });
  const drawn = fc.sample(packets, 150);

  it('reads what we write', () => {
    const heard = JSON.parse(python(READER, Buffer.concat(drawn.map(encodePacket))).toString()) as unknown[][];
    // The two languages sort text differently.
    for (const words of heard) (words[2] as string[]).sort();
    expect(heard).toEqual(drawn.map(asWords));
  });

  it('writes what we read', () => {
    const written = python(WRITER, Buffer.from(JSON.stringify(drawn.map(asWords))));
    expect(packetsOf(written).map(asWords)).toEqual(drawn.map(asWords));
  });
});
