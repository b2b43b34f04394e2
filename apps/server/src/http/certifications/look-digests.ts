import { createHash } from 'node:crypto';
import { REPORT_SCRIPT, REPORT_STYLE, type LookDigests } from '#core';

const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64');

/** By which the policy of a report knows its own style and script. */
export const LOOK_DIGESTS: LookDigests = { style: digestOf(REPORT_STYLE), script: digestOf(REPORT_SCRIPT) };
