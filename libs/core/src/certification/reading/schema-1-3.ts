import type { GuidelineDocument } from './document.js';
import type { Place } from './place.js';
import { readCapabilities } from './read-capabilities.js';
import { readMappedTests } from './read-tests.js';
import { readSchema1 } from './schema-1.js';

/**
 * Schemas 1.3 to 1.6 (guidelines 2015.07 to 2017.09): tests are a map with ids, since 1.4 with aliases. 1.5 and 1.6 only
 * became stricter about what else a file may hold, which is no reason to refuse one here.
 */
export const readSchema13 = (root: Place, schema: string): GuidelineDocument | null =>
  readSchema1(root, schema, readCapabilities(root.member('capabilities'), readMappedTests));
