import { describe, expect, it } from 'vitest';
import { idOf } from '../base/ids.js';
import {
  decodeTicket,
  encodeTicket,
  TICKET_LENGTH_MAX,
  TICKET_MS_MAX,
  ticketFault,
  type BootTicket,
} from './ticket.js';

const ticket: BootTicket = {
  server: '01900000-0000-7000-8000-000000000001',
  boot: '01900000-0000-4000-8000-000000000002',
  mac: '52:54:00:12:34:56',
  uuid: '5f2e0a44-77a0-4a8b-9c0e-6f1b2e3d4c5b',
  node: idOf('01900000-0000-7000-8000-000000000003'),
  bootenv: 'discovery',
  expires: 1_800_000_000_000,
};
const seal = (text: string): string => `sealed${text.length}`;

describe('a boot ticket', () => {
  it('comes back as it was made, with what its seal is over', () => {
    const text = encodeTicket(ticket, seal);
    const read = decodeTicket(text);
    expect(read?.ticket).toEqual(ticket);
    expect(read?.seal).toBe(seal(read?.said ?? ''));
    const unknown = { ...ticket, mac: null, uuid: null, node: null };
    expect(decodeTicket(encodeTicket(unknown, seal))?.ticket).toEqual(unknown);
  });

  it('is one word that a kernel and a shell leave alone, and short enough for a command line', () => {
    const text = encodeTicket({ ...ticket, bootenv: 'b'.repeat(63) }, () => 'x'.repeat(43));
    expect(text).toMatch(/^[\w.-]+$/);
    expect(text.length).toBeLessThan(600);
  });

  it.each([
    ['nothing', ''],
    ['a word', 'ticket'],
    ['no seal', encodeTicket(ticket, () => '')],
    ['two seals', `${encodeTicket(ticket, seal)}.more`],
    ['what is no JSON', `${btoa('{').replaceAll('=', '')}.s`],
    ['what is not base64', '$$$.s'],
    ['another version', `${btoa(JSON.stringify({ ...ticket, v: 2 })).replaceAll('=', '')}.s`],
    ['a text without boot session', `${btoa(JSON.stringify({ ...ticket, v: 1, boot: '' })).replaceAll('=', '')}.s`],
    ['a time that is none', `${btoa(JSON.stringify({ ...ticket, v: 1, expires: 'late' })).replaceAll('=', '')}.s`],
    ['what is far too long', 'a'.repeat(TICKET_LENGTH_MAX + 1)],
  ])('is not read from %s', (_what, text) => {
    expect(decodeTicket(text)).toBeNull();
  });

  it('is good until it expires, and never longer than tickets live', () => {
    const made = ticket.expires - TICKET_MS_MAX;
    expect(ticketFault(ticket, made)).toBeNull();
    expect(ticketFault(ticket, ticket.expires)).toBeNull();
    expect(ticketFault(ticket, ticket.expires + 1)).toBe('expired');
    expect(ticketFault(ticket, ticket.expires - 3 * TICKET_MS_MAX)).toBe('from-the-future');
  });
});
