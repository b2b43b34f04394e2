import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceOf, zoneRecordKey, type ZoneRecordWithTtl } from './reconcile.js';

const a = (name: string, value: string, ttl = 300): ZoneRecordWithTtl => ({ name, type: 'A', value, ttl });
const alias = (name: string, value: string): ZoneRecordWithTtl => ({ name, type: 'CNAME', value, ttl: 300 });

describe('the difference between a zone and what it should hold', () => {
  it('is nothing when it holds what it should, whatever else it holds', () => {
    const wanted = [a('d1.x', '10.0.0.1')];
    expect(differenceOf(wanted, [...wanted, a('mail.x', '10.0.0.9')], wanted)).toEqual({
      add: [],
      remove: [],
      forget: [],
      blocked: [],
    });
  });

  it('takes away only what we put there', () => {
    const old = a('d1.x', '10.0.0.1');
    const foreign = a('d1.x', '10.0.0.2');
    expect(differenceOf([], [old, foreign], [old])).toMatchObject({ add: [], remove: [old] });
  });

  it('leaves alone what somebody else wrote the same way, even with another TTL', () => {
    expect(differenceOf([a('d1.x', '10.0.0.1', 60)], [a('d1.x', '10.0.0.1', 300)], [])).toMatchObject({
      add: [],
      remove: [],
    });
  });

  it('gives ours its TTL', () => {
    const record = a('d1.x', '10.0.0.1', 60);
    expect(differenceOf([record], [a('d1.x', '10.0.0.1', 300)], [record])).toMatchObject({ add: [record] });
  });

  it('says what is in the way of an alias, and what an alias is in the way of', () => {
    const foreign = [alias('www.x', 'web.x.'), a('ftp.x', '10.0.0.9')];
    const wanted = [a('www.x', '10.0.0.1'), alias('ftp.x', 'web.x.')];
    expect(differenceOf(wanted, foreign, [])).toMatchObject({ add: [], blocked: wanted });
  });

  it('puts an alias of ours in the place of an address of ours', () => {
    const [before, after] = [a('www.x', '10.0.0.1'), alias('www.x', 'web.x.')];
    expect(differenceOf([after], [before], [before])).toMatchObject({ add: [after], remove: [before], blocked: [] });
  });

  it('carried out leads to what is wanted, keeps what is not ours, and leaves nothing to do', () => {
    const record = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      type: fc.constant('A'),
      value: fc.constantFrom('1', '2', '3'),
      ttl: fc.constantFrom(60, 300),
    });
    const records = fc.uniqueArray(record, { selector: zoneRecordKey, maxLength: 9 });
    fc.assert(
      fc.property(records, records, records, (wanted, actual, placed) => {
        const { add, remove, forget } = differenceOf(wanted, actual, placed);
        const gone = new Set([...remove].map(zoneRecordKey));
        const zone = new Map<string, ZoneRecordWithTtl>(
          actual.filter((each) => !gone.has(zoneRecordKey(each))).map((each) => [zoneRecordKey(each), each]),
        );
        for (const each of add) zone.set(zoneRecordKey(each), each);
        const dropped = new Set([...remove, ...forget].map(zoneRecordKey));
        const book = new Map(
          [...placed.filter((each) => !dropped.has(zoneRecordKey(each))), ...add].map((each) => [
            zoneRecordKey(each),
            each,
          ]),
        );
        for (const each of wanted) expect(zone.has(zoneRecordKey(each))).toBe(true);
        const ours = new Set(placed.map(zoneRecordKey));
        for (const each of actual)
          if (!ours.has(zoneRecordKey(each))) expect(zone.get(zoneRecordKey(each))).toEqual(each);
        expect(differenceOf(wanted, [...zone.values()], [...book.values()])).toEqual({
          add: [],
          remove: [],
          forget: [],
          blocked: [],
        });
      }),
    );
  });
});
