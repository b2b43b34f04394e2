import { expect, it } from 'vitest';
import type { JsonObject } from '#core';
import { stageRun } from '#testkit';
import { TestJig } from './test.js';

const outcome = async (roleName: string, attribs: JsonObject) =>
  (await new TestJig().run(stageRun({ roleName, attribs }))).kind;

it('a role is told by an attribute that begins with its own name', async () => {
  expect(await outcome('web', { 'web-fail': true })).toBe('failed');
  expect(await outcome('mail', { 'web-fail': true })).toBe('succeeded');
});

it('what a role is told comes before what its node is told', async () => {
  expect(await outcome('web', { 'test-fail': true })).toBe('failed');
  expect(await outcome('web', { 'test-fail': true, 'web-fail': false })).toBe('succeeded');
  expect(await outcome('web', { 'test-fail': true, 'web-fail': null })).toBe('failed');
});
