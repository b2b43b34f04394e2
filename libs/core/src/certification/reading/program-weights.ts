import type { Capability } from '../guideline.js';
import { PROGRAMS_WEIGHT_MAX } from './limits.js';
import type { Place } from './place.js';
import type { Component } from './read-components.js';

/**
 * What the programs of a file come to when each is written out. A program names components, a component capabilities and a
 * capability tests, so that a short file could ask for the product of all three; whatever is worked out of a guideline later
 * goes through each program's list. It is weighed before anything is written out.
 */
export class ProgramWeights {
  private readonly known = new Map<Component, number>();
  private total = 0;
  private told = false;

  constructor(private readonly capabilities: ReadonlyMap<string, Capability>) {}

  /** Whether one more program of these components may be written out; told at `place` when the first one may not. */
  admit(place: Place, components: readonly Component[]): boolean {
    for (const component of components) this.total += this.weightOf(component);
    if (this.total <= PROGRAMS_WEIGHT_MAX) return true;
    if (!this.told)
      place.problem(
        `the programs together list more than ${PROGRAMS_WEIGHT_MAX} capabilities and tests, each as often as a component brings it; split the file`,
      );
    this.told = true;
    return false;
  }

  private weightOf(component: Component): number {
    const known = this.known.get(component);
    if (known !== undefined) return known;
    let weight = component.size;
    for (const name of component.keys()) weight += this.capabilities.get(name)?.tests.length ?? 0;
    this.known.set(component, weight);
    return weight;
  }
}
