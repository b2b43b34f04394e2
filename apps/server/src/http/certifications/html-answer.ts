import { pagePolicy } from '#core';
import { TextAnswer } from '../answers.js';
import { LOOK_DIGESTS } from './look-digests.js';

/** A page that was printed for a reader, under the policy that lets only its own script run. */
export const htmlAnswer = (html: string): TextAnswer =>
  new TextAnswer(html, 'text/html; charset=utf-8', { 'content-security-policy': pagePolicy(LOOK_DIGESTS) });
