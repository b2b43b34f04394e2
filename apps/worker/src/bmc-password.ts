import { randomInt } from 'node:crypto';

/** Without those that are taken for one another. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789';
/** What every BMC has room for, by IPMI 1.5 and by the user tables of many that speak 2.0: 93 bits of chance. */
const LENGTH = 16;

/** A password for a BMC: letters and digits alone, with one of each kind, because some firmwares insist. */
export const makeBmcPassword = (): string => {
  for (;;) {
    const made = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
    if (/[A-Z]/.test(made) && /[a-z]/.test(made) && /[0-9]/.test(made)) return made;
  }
};
