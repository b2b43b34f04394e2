/** Reads one role of Anneal's form. */
import { ROLE_SCOPES } from '#core';
import type { EventHookDocument } from './document.js';
import type { RoleDraft, WantDraft, Written } from './draft.js';
import {
  BACKOFF_SECONDS_MAX,
  HOOK_DEADLINE_SECONDS_DEFAULT,
  HOOK_DEADLINE_SECONDS_MAX,
  PRIORITY_MAX,
  RETRIES_MAX,
  TIMEOUT_SECONDS_MAX,
} from './limits.js';
import { readAttrib } from './read-attrib.js';
import { labelled } from './yaml/label.js';
import { MapReader, nameOf } from './yaml/map-reader.js';
import { toJson } from './yaml/tree.js';

export function readRole(map: MapReader): RoleDraft {
  const draft: RoleDraft = {
    at: map.at,
    name: map.requiredWord('name', 'begin the role with "- name: …"'),
    description: map.text('description') ?? '',
    jig: map.requiredWord('jig', 'add "jig: script", or "jig: noop" if nothing is to be done'),
    flags: map.words('flags'),
    requires: map.words('requires'),
    wants: readWants(map, 'wants-attribs'),
    provides: map.words('provides'),
    conflicts: map.words('conflicts'),
    attaches: map.words('attaches'),
    preceeds: map.words('preceeds'),
    attribs: map.maps('attribs', labelled('attribute')).map((attrib) => readAttrib(attrib, 'input')),
    outputs: map.maps('outputs', labelled('output')).map((attrib) => readAttrib(attrib, 'output')),
    onError: map.oneOf('on_error', ['node', 'descendants']) ?? 'node',
    scope: map.oneOf('scope', ROLE_SCOPES) ?? 'boot',
    onRerunFailure: map.oneOf('on_rerun_failure', ['warn', 'block']) ?? 'warn',
    retry: readRetry(map),
    timeoutSeconds: map.number('timeout_seconds', 1, TIMEOUT_SECONDS_MAX),
    priority: map.integer('priority', -PRIORITY_MAX, PRIORITY_MAX) ?? 0,
    template: readTemplate(map),
    files: [],
    events: map.maps('events', (_, index) => `event ${index + 1} of ${map.what}`).flatMap(readEvent),
    notes: map.text('notes') ?? '',
    documentation: map.text('documentation') ?? '',
    extras: {},
  };
  map.finish();
  return draft;
}

/** A name alone, or `{ name, at }`. */
export function readWants(map: MapReader, key: string): WantDraft[] {
  const wants: WantDraft[] = [];
  for (const item of map.items(key)) {
    if (item.kind === 'scalar' && typeof item.value === 'string') {
      wants.push({ attrib: { text: item.value, at: item.at }, at: undefined });
    } else if (item.kind === 'map') {
      const want = new MapReader(item, `a wanted attribute of ${map.what}`, map.problems);
      const attrib = want.requiredWord('name', 'write "- name: …"');
      const at = want.word('at');
      want.finish();
      if (attrib) wants.push({ attrib, at });
    } else {
      const message = `"${key}" of ${map.what} must list names, found ${nameOf(item)}`;
      map.problems.error(item.at, 'wrong-type', message, 'write a name, or "{ name: …, at: … }"');
    }
  }
  return wants;
}

function readRetry(map: MapReader): RoleDraft['retry'] {
  const retry = map.mapUnder('retry', `"retry" of ${map.what}`);
  if (!retry) return undefined;
  retry.require('max', 'add "max: 3"');
  const max = retry.integer('max', 1, RETRIES_MAX);
  const backoffSeconds = retry.number('backoff_seconds', 0, BACKOFF_SECONDS_MAX) ?? 0;
  const exitCodes = retry.has('exit_codes') ? readExitCodes(retry) : undefined;
  retry.finish();
  return max === undefined
    ? undefined
    : { at: map.placeOf('retry'), max, backoffSeconds, ...(exitCodes ? { exitCodes } : {}) };
}

/** 0 is success, 64 and 75 have meanings of their own and are never failures. */
const NEVER_FAILURES = [0, 64, 75];
const EXIT_CODE_MAX = 255;

function readExitCodes(retry: MapReader): number[] {
  const codes: number[] = [];
  for (const item of retry.items('exit_codes')) {
    const value = item.kind === 'scalar' ? item.value : undefined;
    const isCode = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= EXIT_CODE_MAX;
    if (isCode && !NEVER_FAILURES.includes(value)) codes.push(value);
    else {
      const advice = 'list numbers from 1 to 255; 0, 64 and 75 are not failures';
      retry.problems.error(item.at, 'wrong-value', `${nameOf(item)} is not the exit code of a failure`, advice);
    }
  }
  return codes;
}

function readTemplate(map: MapReader): Written | undefined {
  const tree = map.tree('template');
  if (!tree) return undefined;
  if (tree.kind === 'map') return { value: toJson(tree), tree };
  map.problems.error(
    tree.at,
    'wrong-type',
    `"template" of ${map.what} must be a map, found ${nameOf(tree)}`,
    'write attributes by name',
  );
  return undefined;
}

/** Words with dots; the last may be `*`. */
const EVENT_PATTERN = /^(\*|[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*(\.\*)?)$/;

function readEvent(map: MapReader): EventHookDocument[] {
  const on = map.requiredWord('on', 'add "on: node.*"');
  map.require('do', 'add "do: rerun"');
  const action = map.oneOf('do', ['rerun', 'webhook']);
  const url = map.word('url');
  const deadlineSeconds = map.number('deadline_seconds', 1, HOOK_DEADLINE_SECONDS_MAX) ?? HOOK_DEADLINE_SECONDS_DEFAULT;
  map.finish();
  if (on && !EVENT_PATTERN.test(on.text)) {
    const advice = 'write words with dots, like "node.changed" or "node.*"';
    map.problems.error(on.at, 'wrong-value', `"${on.text}" names no event`, advice);
    return [];
  }
  if (action === 'webhook' && !(url && isWebAddress(url.text))) {
    map.problems.error(
      url?.at ?? map.at,
      'wrong-value',
      `${map.what} has no address to post to`,
      'add "url: https://…"',
    );
    return [];
  }
  if (action === 'rerun' && url) {
    map.problems.error(url.at, 'unknown-key', '"url" goes with "do: webhook" only', 'remove it');
  }
  if (!on || !action) return [];
  return [{ on: on.text, do: action, ...(url ? { url: url.text } : {}), deadlineSeconds }];
}

const isWebAddress = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
