import { expect, it } from 'vitest';
import { lifecycleOf, type LifecycleFacts } from './lifecycle.js';

const facts: LifecycleFacts = {
  retirement: 'none',
  isInstalling: false,
  isDebugging: false,
  alive: false,
  isWaiting: false,
  session: null,
};
const memory = { system: 'memory', wasAlive: false } as const;
const disk = { system: 'disk', wasAlive: true } as const;

it.each<[Partial<LifecycleFacts>, string]>([
  [{}, 'declared'],
  [{ session: memory }, 'discovering'],
  [{ session: memory, alive: true }, 'discovered'],
  [{ session: { ...memory, wasAlive: true } }, 'lost'],
  [{ session: memory, alive: true, isWaiting: true }, 'waiting'],
  [{ session: memory, alive: true, isDebugging: true }, 'debugging'],
  [{ session: { ...memory, wasAlive: true }, isInstalling: true }, 'installing'],
  [{ session: disk, alive: true }, 'installed'],
  [{ session: disk }, 'lost'],
  [{ session: disk, alive: true, retirement: 'under-way' }, 'decommissioning'],
  [{ session: disk, retirement: 'done' }, 'decommissioned'],
])('a machine of which is known %j is %s', (over, word) => {
  expect(lifecycleOf({ ...facts, ...over })).toBe(word);
});
