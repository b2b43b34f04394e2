/** docs/states.md: the noderole state machine, printed by core from the tables that decide. */
import { printStates } from '#core';

export const file = 'docs/states.md';

export const print = async () => printStates();
