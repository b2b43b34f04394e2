import {
  CAPABILITY_STATUSES,
  type Capability,
  type CapabilityStatus,
  type Program,
  type SuiteReference,
} from '../guideline.js';
import type { GuidelineDocument } from './document.js';
import { COMPONENTS_MAX } from './limits.js';
import type { Place } from './place.js';
import { ProgramWeights } from './program-weights.js';
import { emptyCapability } from './read-capabilities.js';
import { mergeComponents, readComponents, type Component, type ProgramComponent } from './read-components.js';
import { readDesignated } from './read-designated.js';

/**
 * What schemas 1.2 to 1.6 have in common: the header stands at the top, `platform` lists components by status, and each
 * component is a program of its own beside the platform of all.
 */
export const readSchema1 = (
  root: Place,
  schema: string,
  capabilities: Map<string, Capability>,
): GuidelineDocument | null => {
  const id = root.member('id').name('the id of the guideline');
  const components = readComponents(root.member('components'), (component) => component, {
    has: (name) => capabilities.has(name),
    add: (name) => capabilities.set(name, emptyCapability(name)),
  });
  const programs = readPrograms(root.member('platform'), components, new ProgramWeights(capabilities));
  if (id === null) return null;
  return {
    id,
    schema,
    status: root.member('status').text('the status')?.toLowerCase() ?? null,
    replaces: root.member('replaces').text('what it replaces'),
    releases: root
      .member('releases')
      .names('a release', COMPONENTS_MAX)
      .map((name) => name.toLowerCase()),
    source: root.member('source').text('the source'),
    programs,
    capabilities,
    designatedSections: readDesignated(root.member('designated-sections', 'designated_sections'), 'by-status'),
    suites: readSuites(root.member('test-repositories', 'test_repositories')),
  };
};

/** The programs of those years, and their full names. A component that is not among them is known by its own name. */
const TITLES: ReadonlyMap<string, string> = new Map([
  ['platform', 'OpenStack Powered Platform'],
  ['compute', 'OpenStack Powered Compute'],
  ['object', 'OpenStack Powered Storage'],
]);

const readPrograms = (
  platform: Place,
  components: ReadonlyMap<string, Component>,
  weights: ProgramWeights,
): readonly Program[] => {
  platform.members('platform');
  const parts: (ProgramComponent & { readonly name: string })[] = [];
  for (const status of CAPABILITY_STATUSES)
    for (const item of platform.member(status).items(`the ${status} components`, COMPONENTS_MAX)) {
      const name = item.name('a component');
      if (name === null) continue;
      const component = components.get(name);
      if (!component)
        item.problem(`there is no component ${name}; add it under components, or take it off the platform`);
      else if (parts.some((part) => part.name === name)) item.warn(`component ${name} stands in the platform already`);
      else parts.push({ name, component, status });
    }
  if (parts.length === 0) platform.problem('the platform names no component, so there is nothing to be measured by');
  const single = [...components]
    .filter(([name]) => name !== 'platform')
    .map(([name, component]) => ({ name, parts: [{ name, component, status: 'required' as const }] }));
  return [{ name: 'platform', parts }, ...single].map((one) => {
    const admitted = weights.admit(
      platform,
      one.parts.map(({ component }) => component),
    );
    return program(one.name, admitted ? one.parts : []);
  });
};

const program = (
  name: string,
  parts: readonly { readonly name: string; readonly component: Component; readonly status: CapabilityStatus }[],
): Program => ({
  name,
  title: TITLES.get(name) ?? name,
  description: null,
  components: parts.map((part) => part.name),
  standsOn: [],
  capabilities: mergeComponents(parts),
});

const readSuites = (place: Place): readonly SuiteReference[] =>
  place.absent
    ? []
    : [...place.members('test repositories')].map(([name, suite]) => ({
        name,
        repository: suite.member('url', 'repository').text('a repository'),
        reference: suite.member('git-sha', 'git_sha', 'reference').text('a reference'),
      }));
