import { MESSAGE6, SILENCE6, type About6, type Answer6 } from '#core';

/** Packets in words, for the record that people read. */

const MESSAGE_NAMES: Readonly<Record<number, string>> = {
  [MESSAGE6.solicit]: 'SOLICIT',
  [MESSAGE6.advertise]: 'ADVERTISE',
  [MESSAGE6.request]: 'REQUEST',
  [MESSAGE6.confirm]: 'CONFIRM',
  [MESSAGE6.renew]: 'RENEW',
  [MESSAGE6.rebind]: 'REBIND',
  [MESSAGE6.reply]: 'REPLY',
  [MESSAGE6.release]: 'RELEASE',
  [MESSAGE6.decline]: 'DECLINE',
  [MESSAGE6.reconfigure]: 'RECONFIGURE',
  [MESSAGE6.informationRequest]: 'INFORMATION-REQUEST',
};

/** `SOLICIT, client 00030001525400770001, through 1 relay`. */
export const describeQuestion = ({ type, duid, relays }: About6): string => {
  const parts = [MESSAGE_NAMES[type] ?? (type === 0 ? 'unreadable' : `message type ${type}`)];
  if (duid !== null) parts.push(`client ${duid}`);
  if (relays > 0) parts.push(`through ${relays} ${relays === 1 ? 'relay' : 'relays'}`);
  return parts.join(', ');
};

/** `ADVERTISE fd00::a1, tftp://[fd00::1]/snponly.efi`; null where nobody was answered. */
export const describeAnswer = (answer: Answer6): string | null => {
  if (answer.kind === 'silence') return null;
  const { addresses, boot } = answer.about;
  const parts = [[MESSAGE_NAMES[answer.type] ?? '', ...addresses].join(' ')];
  if (boot?.boot === 'url') parts.push(boot.url);
  else if (boot?.boot === 'file') parts.push(boot.file);
  return parts.join(', ');
};

export const reasonsOf = (answer: Answer6): readonly string[] => {
  if (answer.kind === 'reply') return answer.about.boot?.reasons ?? [];
  const sentence = SILENCE6[answer.reason];
  return [answer.detail === null ? sentence : `${sentence}: ${answer.detail}`];
};
