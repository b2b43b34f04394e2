import { describe, expect, it } from 'vitest';
import { asFields } from './as-command';

describe('a body for the command line', () => {
  it('has a word for each field, quoted where a shell would read it otherwise', () => {
    expect(asFields({ name: 'n1.lab.test', available: true, rack: 3, note: "it's here" })).toBe(
      String.raw`name=n1.lab.test available=true rack=3 'note=it'\''s here'`,
    );
  });

  it('keeps a text a text, also where it looks like JSON', () => {
    expect(asFields({ name: '12', hints: { rack: 'r1' }, note: '' })).toBe(`'name="12"' 'hints={"rack":"r1"}' note=`);
  });
});
