import type { Capability, Program, SuiteReference } from '../guideline.js';
import type { GuidelineDocument } from './document.js';
import { COMPONENTS_MAX, PROGRAMS_MAX } from './limits.js';
import { faultOfName, type Place } from './place.js';
import { emptyCapability, readCapabilities } from './read-capabilities.js';
import { mergeComponents, readComponents, type Component } from './read-components.js';
import { ProgramWeights } from './program-weights.js';
import { readDesignated } from './read-designated.js';
import { readMappedTests } from './read-tests.js';

/**
 * Schema 2.0 (guidelines since 2018.02, add-ons, verticals, profiles of a site): the header is `metadata`, and the file
 * names its programs itself, under `platforms` or under `add-ons`.
 */
export const readSchema2 = (root: Place): GuidelineDocument | null => {
  const metadata = root.member('metadata');
  metadata.members('metadata');
  const id = metadata.member('id').name('the id of the guideline');
  const capabilities: Map<string, Capability> = readCapabilities(root.member('capabilities'), readMappedTests);
  const components = readComponents(
    root.member('components'),
    (component) => (component.member('capabilities').absent ? component : component.member('capabilities')),
    { has: (name) => capabilities.has(name), add: (name) => capabilities.set(name, emptyCapability(name)) },
  );
  const programs = readPrograms(root, components, new ProgramWeights(capabilities));
  if (id === null) return null;
  const approval = metadata.member('os_trademark_approval');
  const header = (name: string): Place => {
    const place = approval.member(name);
    return place.absent ? metadata.member(name) : place;
  };
  return {
    id,
    schema: '2.0',
    status: header('status').text('the status')?.toLowerCase() ?? null,
    replaces: header('replaces').text('what it replaces'),
    releases: header('releases')
      .names('a release', COMPONENTS_MAX)
      .map((name) => name.toLowerCase()),
    source: metadata.member('source').text('the source'),
    programs,
    capabilities,
    designatedSections: readDesignated(root.member('designated_sections', 'designated-sections'), 'by-project'),
    suites: readSuites(root.member('test_repositories', 'test-repositories')),
  };
};

/** Where programs stand, by the sort of file. */
export const ADD_ON_MEMBERS = ['add-ons', 'add_ons'] as const;
export const VERTICAL_MEMBERS = ['verticals', 'vertical'] as const;

const readPrograms = (
  root: Place,
  components: ReadonlyMap<string, Component>,
  weights: ProgramWeights,
): readonly Program[] => {
  const programs: Program[] = [];
  for (const member of ['platforms', ...ADD_ON_MEMBERS, ...VERTICAL_MEMBERS]) {
    const place = root.member(member);
    if (place.absent) continue;
    // An add-on may describe itself without giving itself a name.
    const described = Array.isArray(place.member('components').value);
    const members = described ? new Map([['', place]]) : place.members(member);
    if (members.size > PROGRAMS_MAX) place.problem(`${members.size} programs; at most ${PROGRAMS_MAX} are read here`);
    else for (const [title, one] of members) programs.push(readProgram(title, one, components, weights));
  }
  if (programs.length === 0)
    root.member('platforms').problem('the file names no program; say under platforms which components make one');
  tellRepeats(root, programs);
  return programs;
};

const readProgram = (
  title: string,
  place: Place,
  components: ReadonlyMap<string, Component>,
  weights: ProgramWeights,
): Program => {
  if (title !== '') {
    const fault = faultOfName(title);
    if (fault) place.problem(`the name of a program ${fault}`);
  }
  const parts: { readonly name: string; readonly component: Component }[] = [];
  const standsOn: string[] = [];
  const list = place.member('components');
  for (const item of list.items('the components', COMPONENTS_MAX)) {
    const name = componentName(item);
    if (name === null) continue;
    const component = components.get(name);
    if (component && parts.some((part) => part.name === name)) item.warn(`component ${name} is named twice`);
    else if (component) parts.push({ name, component });
    else if (typeof item.value === 'object' && !item.member('source').absent) {
      item.warn(`component ${name} stands in another file and is not judged here; import that one as well`);
      standsOn.push(name);
    } else item.problem(`there is no component ${name}; add it under components, or take it out of the program`);
  }
  if (parts.length === 0) list.problem('the program names no component of this file, so it asks for nothing');
  for (const member of ['required_platform_components', 'optional_platform_components'])
    for (const item of place.member(member).items(member, COMPONENTS_MAX)) {
      const name = componentName(item);
      if (name !== null && member === 'required_platform_components') standsOn.push(name);
    }
  const admitted = weights.admit(
    list,
    parts.map(({ component }) => component),
  );
  const name = programName(title, parts[0]?.name ?? '');
  if (name === '') place.problem('no name can be made of this title; use letters or digits');
  return {
    name,
    title: title === '' ? `OpenStack with ${name}` : title,
    description: place.member('description').text('a description'),
    components: parts.map((part) => part.name),
    standsOn,
    capabilities: mergeComponents(admitted ? parts.map(({ component }) => ({ component, status: 'required' })) : []),
  };
};

const componentName = (item: Place): string | null =>
  typeof item.value === 'string' ? item.name('a component') : item.member('name').name('the name of a component');

/** The short name of a program: `OpenStack Powered Storage` is `object`, `OpenStack with DNS` is `dns`. */
const programName = (title: string, component: string): string => {
  const own = /^OpenStack (?:Powered|with)\s+(.+)$/i.exec(title)?.[1] ?? title;
  const word = asWord(own === '' ? component.replace(/^os_powered_/, '') : own);
  return word === 'storage' || word === 'object-storage' ? 'object' : word;
};

const asWord = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

const tellRepeats = (root: Place, programs: readonly Program[]): void => {
  const seen = new Map<string, string>();
  for (const { name, title } of programs) {
    const earlier = seen.get(name);
    if (name !== '' && earlier !== undefined)
      root.problem(`the programs "${earlier}" and "${title}" would both be called ${name}; give one another title`);
    seen.set(name, title);
  }
};

const readSuites = (place: Place): readonly SuiteReference[] =>
  place.absent
    ? []
    : [...place.members('test repositories')].map(([name, suite]) => ({
        name,
        repository: suite.member('repository', 'url').text('a repository'),
        reference: suite.member('reference', 'git-sha').text('a reference'),
      }));
