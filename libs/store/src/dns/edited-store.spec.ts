import { describe, expect, it } from 'vitest';
import { viewBy } from './edited-store.js';

describe('a row as its view', () => {
  it('has each field from its column, what counts as a number, and nothing else', () => {
    const view = viewBy<{ id: string; nodesMax: number; readAt: Date | null; version: number }>(
      { id: 'id', nodesMax: 'nodes_max', readAt: 'read_at', version: 'version' },
      ['version'],
    );
    expect(view({ id: 'x', nodes_max: 5, read_at: null, version: '12', secret: 'hush' })).toEqual({
      id: 'x',
      nodesMax: 5,
      readAt: null,
      version: 12,
    });
  });
});
