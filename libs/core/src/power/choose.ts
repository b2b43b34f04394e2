import { POWER_ACTIONS, POWER_METHODS, type PowerAction, type PowerMethod } from './power.js';

/** How a node's power can be reached, as far as it is written down. */
export interface PowerWays {
  /** Protocols that its BMC is used by; empty without one. */
  readonly bmc: readonly ('redfish' | 'ipmi')[];
  /** Whether the running system lets us in over SSH now. */
  readonly ssh: boolean;
  /** A stand-in of a deployment or the like: there is no machine. */
  readonly machine: boolean;
}

/**
 * What each way can do. A running system can restart and stop itself, and can do nothing once it is off. A person can do
 * all but light a lamp.
 */
const CAN: Readonly<Record<PowerMethod, readonly PowerAction[]>> = {
  redfish: POWER_ACTIONS,
  ipmi: POWER_ACTIONS,
  ssh: ['off', 'reset'],
  manual: POWER_ACTIONS.filter((action) => action !== 'identify'),
};

/** The ways to do an action on this node, best first; a person is the last one. Empty when nothing can do it. */
export const powerMethodsFor = (action: PowerAction, ways: PowerWays): readonly PowerMethod[] =>
  methodsOf(ways).filter((method) => CAN[method].includes(action));

/** Each action that something can do here, with the best way. */
export const powerOffers = (
  ways: PowerWays,
): readonly { readonly action: PowerAction; readonly method: PowerMethod }[] =>
  POWER_ACTIONS.flatMap((action) => {
    const [method] = powerMethodsFor(action, ways);
    return method ? [{ action, method }] : [];
  });

export const isPowerAction = (text: string): text is PowerAction => (POWER_ACTIONS as readonly string[]).includes(text);

/** What a person has to do where no program can, as a sentence for the operator. */
export const askPerson = (action: PowerAction, node: string): string => {
  switch (action) {
    case 'on':
      return `switch ${node} on by hand: it has no BMC that could be asked`;
    case 'off':
      return `switch ${node} off by hand: it has no BMC that could be asked, and nobody answers there over SSH`;
    case 'cycle':
      return `switch ${node} off by hand, wait ten seconds, and switch it on again`;
    case 'reset':
      return `press the reset button of ${node}: it has no BMC that could be asked, and nobody answers there over SSH`;
    case 'boot-network':
      return `choose the network in the boot menu of ${node} when it starts next`;
    case 'boot-disk':
      return `choose its first disk in the boot menu of ${node} when it starts next`;
    case 'identify':
      return `look for ${node} by its serial number: it has no lamp that could be lit from here`;
  }
};

const methodsOf = ({ bmc, ssh, machine }: PowerWays): readonly PowerMethod[] =>
  machine
    ? POWER_METHODS.filter((method) => (method === 'ssh' ? ssh : method === 'manual' || bmc.includes(method)))
    : [];
