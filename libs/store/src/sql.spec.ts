import { describe, expect, it } from 'vitest';
import { arrayText } from './sql.js';

describe('an array that is sent to the database', () => {
  it('has words as they are where nothing in them means anything', () => {
    expect(arrayText(['01a20393-ecfd-7000-aa71-881e64221375', 'node_role.todo', '10.0.0.1', 'fd00::1'])).toBe(
      '{01a20393-ecfd-7000-aa71-881e64221375,node_role.todo,10.0.0.1,fd00::1}',
    );
    expect(arrayText([1, -2.5, Number.NaN, true, false])).toBe('{1,-2.5,NaN,true,false}');
    expect(arrayText([])).toBe('{}');
  });

  it('has everything else in quotes', () => {
    expect(arrayText(['', ' a', 'a,b', '{}', '{"a":"\\n"}', 'é'])).toBe(
      String.raw`{""," a","a,b","{}","{\"a\":\"\\n\"}","é"}`,
    );
  });

  it('tells nothing from the word for it', () => {
    expect(arrayText([null, 'null', 'NULL', undefined, null, 'nulls'])).toBe('{NULL,"null","NULL",NULL,NULL,nulls}');
  });

  it('tells alike what only looks alike', () => {
    expect(arrayText(['1', 1, '1', '1', null, null, 'x', 'x'])).toBe('{1,1,1,1,NULL,NULL,x,x}');
  });

  it('is left to the driver where it holds things that have no text of their own', () => {
    for (const items of [[new Date(0)], [['a']], ['a', { b: 1 }], [Buffer.from('a')], [1n]])
      expect(arrayText(items)).toBe(items);
  });
});
