import { CAPABILITY_STATUSES, type CapabilityStatus } from '../guideline.js';
import { CAPABILITIES_MAX, COMPONENTS_MAX } from './limits.js';
import { faultOfName, type Place } from './place.js';

/** The capabilities of a component, each with the strongest status that it gives it. */
export type Component = ReadonlyMap<string, CapabilityStatus>;

/** Reads the components; `capabilitiesOf` says where in a component its four lists stand. */
export const readComponents = (
  place: Place,
  capabilitiesOf: (component: Place) => Place,
  described: { has(capability: string): boolean; add(capability: string): void },
): ReadonlyMap<string, Component> => {
  const components = new Map<string, Component>();
  const members = place.members('components');
  if (members.size > COMPONENTS_MAX) {
    place.problem(`${members.size} components; at most ${COMPONENTS_MAX} are read here`);
    return components;
  }
  for (const [name, member] of members) {
    const fault = faultOfName(name);
    if (fault) member.problem(`the name of a component ${fault}`);
    const lists = capabilitiesOf(member);
    lists.members(`the capabilities of component ${name}`);
    const component = new Map<string, CapabilityStatus>();
    for (const status of CAPABILITY_STATUSES)
      for (const item of lists.member(status).items(`the ${status} capabilities`, CAPABILITIES_MAX)) {
        const capability = item.name('a capability');
        if (capability === null) continue;
        if (!described.has(capability)) {
          item.warn(`capability ${capability} is named here and described nowhere; it counts as one without tests`);
          described.add(capability);
        }
        const earlier = component.get(capability);
        if (earlier) item.warn(`${capability} is ${earlier} already, which is what holds`);
        else component.set(capability, status);
      }
    components.set(name, component);
  }
  return components;
};

/** A component as a program names it: at most as strong as the program says. */
export interface ProgramComponent {
  readonly component: Component;
  readonly status: CapabilityStatus;
}

/** The capabilities of several components together: the strongest status that one of them gives is what holds. */
export const mergeComponents = (parts: readonly ProgramComponent[]): ReadonlyMap<string, CapabilityStatus> => {
  const merged = new Map<string, CapabilityStatus>();
  for (const { component, status: atMost } of parts)
    for (const [capability, status] of component) {
      const given = weaker(status, atMost);
      const earlier = merged.get(capability);
      merged.set(capability, earlier ? stronger(earlier, given) : given);
    }
  return merged;
};

export const stronger = (one: CapabilityStatus, other: CapabilityStatus): CapabilityStatus =>
  rank(one) <= rank(other) ? one : other;

const weaker = (one: CapabilityStatus, other: CapabilityStatus): CapabilityStatus =>
  rank(one) >= rank(other) ? one : other;

const rank = (status: CapabilityStatus): number => CAPABILITY_STATUSES.indexOf(status);
