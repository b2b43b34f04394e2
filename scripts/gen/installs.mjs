/** docs/installs.md: the phases of an install, printed by core from the tables that decide. */
import { printInstalls } from '#core';

export const file = 'docs/installs.md';

export const print = async () => printInstalls();
