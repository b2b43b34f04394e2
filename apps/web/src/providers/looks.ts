import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleHalf2,
  IconCircleX,
  IconLoader2,
  IconTrashX,
} from '@tabler/icons-react';
import type { components } from '../api/schema.gen';
import type { Look } from '../certifications/word-badge';

/** The words of docs/providers.md: what a cloud answers to a step, and where a machine stands that was asked for. */

type Schemas = components['schemas'];
export type ProvidedNode = Schemas['ProvidedNode'];
export type Provider = Schemas['Provider'];
export type Step = ProvidedNode['steps'][number];

export const ANSWER_LOOKS: Readonly<Record<Step['answer'], Look>> = {
  yes: { word: 'YES', color: 'green', Icon: IconCircleCheck, says: 'As it should be.' },
  partial: {
    word: 'PARTIAL',
    color: 'yellow',
    Icon: IconCircleHalf2,
    says: 'Done, but something had to be guessed, added or left open.',
  },
  no: { word: 'NO', color: 'red', Icon: IconCircleX, says: 'It cannot be had.' },
};

export const NOT_ASKED: Look = {
  word: 'NOT ASKED',
  color: 'gray',
  Icon: IconCircleDashed,
  says: 'No node came so far yet.',
};

export const PROVIDED_LOOKS: Readonly<Record<ProvidedNode['state'], Look>> = {
  asked: { word: 'ASKED', color: 'blue', Icon: IconLoader2, says: 'The steps are being taken.' },
  ready: { word: 'READY', color: 'green', Icon: IconCircleCheck, says: 'It is a node.' },
  returning: {
    word: 'RETURNING',
    color: 'cyan',
    Icon: IconArrowBackUp,
    says: 'Its server, its address and its key are being freed.',
  },
  returned: { word: 'RETURNED', color: 'gray', Icon: IconArrowBackUp, says: 'Nothing of it is left in the cloud.' },
  failed: {
    word: 'FAILED',
    color: 'red',
    Icon: IconAlertTriangle,
    says: 'A step could not be taken; nothing of it is left in the cloud.',
  },
  left: { word: 'LEFT', color: 'orange', Icon: IconTrashX, says: 'Something of it could not be freed.' },
};

/** In their order, with what each is for. */
export const STEPS: readonly (readonly [step: Step['step'], says: string])[] = [
  ['add-key', 'add a key for the node'],
  ['read-offer', 'read networks, flavors and images'],
  ['pick', 'pick one of each'],
  ['request', 'request the node'],
  ['address', 'get an address at which it is reached'],
  ['log-in', 'log in with the key'],
  ['secure', "let root in by this installation's keys, and nobody by password"],
  ['remove-key', 'remove the key of the node'],
];
