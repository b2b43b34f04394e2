import { ApiProblem, type LabApi } from '../api.js';
import type { LabNetwork } from '../network.js';

/**
 * The admin network of machines as an operator makes it: the wire of the lab, which netboot finds because the host has an
 * address in it. Machines that nobody knows lease from .100 to .199, nodes have addresses from .11 to .99.
 */
export type Families = '4' | '6' | 'dual';

export const DOMAIN = 'lab.test';

/** Makes the network `admin`. Throws where another one of this name lies elsewhere. */
export const makeAdminNetwork = async (api: LabApi, wire: LabNetwork, families: Families): Promise<void> => {
  const body = adminNetwork(wire, families);
  try {
    await api.post('networks', body);
  } catch (cause) {
    if (!(cause instanceof ApiProblem) || cause.code !== 'already-exists') throw cause;
    const there = await api.get<{ ranges: { first: string }[] }>('networks/admin');
    const has = new Set(there.ranges.map(({ first }) => first));
    if (body.ranges.some(({ first }) => !has.has(first)))
      throw new Error(
        'there is a network admin already, and it is not the one of this lab: take the old lab down with npm run lab -- --down, or set another ANNEAL_HOME',
        { cause },
      );
  }
};

const adminNetwork = (wire: LabNetwork, families: Families) => {
  const four = wire.cidr.replace(/\.0\/24$/, '.');
  const six = families === '4' ? null : sixOf(wire);
  const range4 = (name: string, first: number, last: number) => ({
    name,
    first: `${four}${first}/24`,
    last: `${four}${last}/24`,
  });
  const range6 = (name: string, first: string, last: string) => ({
    name,
    first: `${six}${first}/64`,
    last: `${six}${last}/64`,
  });
  return {
    name: 'admin',
    category: 'admin',
    description: 'the wire of the lab',
    conduit: '?1g0',
    domain: DOMAIN,
    dhcp: 'serve',
    v6prefix: six === null ? null : `${six}/64`,
    ranges: [
      ...(families === '6' ? [] : [range4('admin', 1, 9), range4('host', 11, 99), range4('dhcp', 100, 199)]),
      ...(six === null ? [] : [range6('host-v6', '1:0', '1:ffff'), range6('dhcp-v6', '2:0', '2:ffff')]),
    ],
  };
};

const sixOf = ({ hostAddress6 }: LabNetwork): string => {
  if (hostAddress6 === null) throw new Error('this host has no IPv6, so no network of the lab can have it');
  return hostAddress6.replace(/::1$/, '::');
};
