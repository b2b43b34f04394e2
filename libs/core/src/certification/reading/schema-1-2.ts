import type { GuidelineDocument } from './document.js';
import type { Place } from './place.js';
import { readCapabilities } from './read-capabilities.js';
import { readListedTests } from './read-tests.js';
import { readSchema1 } from './schema-1.js';

/** Schema 1.2 (guidelines 2015.03 to 2015.05): tests, and those that are flagged, are lists of names without ids. */
export const readSchema12 = (root: Place): GuidelineDocument | null =>
  readSchema1(root, '1.2', readCapabilities(root.member('capabilities'), readListedTests));
