import type { NodeRoleState } from '../api/types';

/** How each state is said, drawn and coloured. Never by its colour alone. */
export interface StateLook {
  readonly word: string;
  /** A colour of the theme. */
  readonly color: string;
  /** One sentence, for those who meet it first. */
  readonly says: string;
}

export const STATES: Readonly<Record<NodeRoleState, StateLook>> = {
  error: { word: 'ERROR', color: 'red', says: 'Its run failed, and it waits for somebody.' },
  transition: { word: 'TRANSITION', color: 'blue', says: 'Its run goes on.' },
  todo: { word: 'TODO', color: 'cyan', says: 'It may run as soon as there is room.' },
  blocked: { word: 'BLOCKED', color: 'yellow', says: 'It waits for what it stands on.' },
  proposed: { word: 'PROPOSED', color: 'violet', says: 'It is being edited; nothing happens before a commit.' },
  active: { word: 'ACTIVE', color: 'green', says: 'It was done, and was seen to be.' },
};

/** In the order in which somebody wants to hear of them. */
export const STATE_ORDER = Object.keys(STATES) as readonly NodeRoleState[];
