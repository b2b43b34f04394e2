import { z } from 'zod';

/** Values that networks, their ranges and their routers speak of alike. */

export const word = z.string().regex(/^[a-z][-_a-z0-9]{0,39}$/);
export const cidr = z
  .string()
  .min(4)
  .max(64)
  .meta({ description: 'An address with the prefix length of its subnet: `192.168.124.81/24`, `fd00:1:2:3::5/64`.' });
export const conduit = z
  .string()
  .min(1)
  .max(120)
  .meta({
    description:
      'Network cards by speed and index: `1g0`, `+10g0,+10g1`, or `bmc`. A sign in front allows other speeds: `+` faster, `-` slower, `?` either. ' +
      'Speeds from 10m to 400g.',
  });
export const vlan = z.int().min(0).max(4094);
export const teamMode = z
  .int()
  .min(0)
  .max(6)
  .meta({ description: 'Mode of the bond: 0 balance-rr … 4 802.3ad … 6 balance-alb.' });
export const pref = z.int().min(0).max(1_000_000).meta({ description: 'The lowest on a node is its default route.' });
