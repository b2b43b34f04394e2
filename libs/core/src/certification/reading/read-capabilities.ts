import type { Capability, GuidelineTest } from '../guideline.js';
import { CAPABILITIES_MAX, GUIDELINE_TESTS_MAX } from './limits.js';
import { faultOfName, type Place } from './place.js';

/** Reads the capabilities of a file, which all schemas describe alike but for their tests. */
export const readCapabilities = (
  place: Place,
  readTests: (capability: Place) => readonly GuidelineTest[],
): Map<string, Capability> => {
  const capabilities = new Map<string, Capability>();
  const members = place.members('capabilities');
  if (members.size > CAPABILITIES_MAX) {
    place.problem(`${members.size} capabilities; at most ${CAPABILITIES_MAX} are read here, split the file`);
    return capabilities;
  }
  let tests = 0;
  for (const [name, member] of members) {
    const fault = faultOfName(name);
    if (fault) member.problem(`the name of a capability ${fault}`);
    const capability = readCapability(name, member, readTests);
    capabilities.set(name, capability);
    tests += capability.tests.length;
  }
  if (tests > GUIDELINE_TESTS_MAX)
    place.problem(`${tests} tests in all; at most ${GUIDELINE_TESTS_MAX} are read here, split the file`);
  return capabilities;
};

const readCapability = (
  name: string,
  place: Place,
  readTests: (capability: Place) => readonly GuidelineTest[],
): Capability => {
  const members = place.members(`capability ${name}`);
  if (members.size === 0) return emptyCapability(name);
  tellSlips(place);
  place.expectOnly('a capability', MEMBERS);
  const admin = place.member('admin');
  if (!admin.absent && typeof admin.value !== 'boolean') admin.problem('admin has to be true or false');
  return {
    name,
    description: place.member('description', 'descriptin').text('a description'),
    project: place.member('project').text('a project'),
    admin: admin.value === true,
    achievements: readAchievements(place.member('achievements', 'acheivements')),
    tests: readTests(place),
  };
};

/** Nothing is judged by them, so that a bad one is left out and told. */
const readAchievements = (place: Place): readonly string[] => {
  if (place.absent) return [];
  if (!Array.isArray(place.value)) place.warn('achievements are a list; these are left out');
  const given: readonly unknown[] = Array.isArray(place.value) ? place.value : [];
  const good = given.filter((one): one is string => typeof one === 'string' && faultOfName(one) === null);
  if (good.length < given.length) place.warn('an achievement is a word; empty and other ones are left out');
  return good;
};

/** What stands for a capability that is named but nowhere described: it asks for nothing. */
export const emptyCapability = (name: string): Capability => ({
  name,
  description: null,
  project: null,
  admin: false,
  achievements: [],
  tests: [],
});

/** Slips of the pen in published files. */
const SLIPS: ReadonlyMap<string, string> = new Map([
  ['acheivements', 'achievements'],
  ['descriptin', 'description'],
]);

const tellSlips = (place: Place): void => {
  for (const [slip, meant] of SLIPS)
    if (!place.member(slip).absent) place.member(slip).warn(`read as ${meant}, which is how it is spelled`);
};

const MEMBERS = [
  ...['achievements', 'admin', 'description', 'project', 'tests', 'name', 'status', 'flagged', 'flag', 'guidelines'],
  ...['required-since', 'required_since', 'advisory-since', 'advisory_since', ...SLIPS.keys()],
];
