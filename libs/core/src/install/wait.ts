import type { Install } from './install.js';
import { PHASE_SAYS } from './phase.js';

/** What an open install waits for and who moves it, as the end of a sentence about its noderole. Without times. */
export const installWait = ({ phase, plan, percent, says, powered }: Install): string => {
  const far = phase === 'installing' && percent !== null ? ` (${percent} %${says === '' ? '' : `, ${says}`})` : '';
  const tried = (phase === 'armed' || (phase === 'rebooting' && powered > 0)) && says !== '' ? ` (${says})` : '';
  return `waits: the install of ${plan.image.name} is ${phase}${far}${tried}; what moves it is ${PHASE_SAYS[phase].movedBy}`;
};
