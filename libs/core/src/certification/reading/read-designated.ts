import { CAPABILITY_STATUSES, type DesignatedSection } from '../guideline.js';
import { CAPABILITIES_MAX } from './limits.js';
import type { Place } from './place.js';

/**
 * Reads which sections of the code a guideline wants to be the upstream ones. Schemas before 2.0 sort them by status and
 * then by project, 2.0 by project and then by status. Nothing is judged by them here; they are shown, and asked about in
 * the disclosure. So whatever has another shape is told and left out, and the file is read.
 */
export const readDesignated = (place: Place, order: 'by-status' | 'by-project'): readonly DesignatedSection[] => {
  if (place.absent) return [];
  if (typeof place.value !== 'object' || Array.isArray(place.value)) {
    place.warn('designated sections of this shape are not known; they are left out');
    return [];
  }
  const sections: DesignatedSection[] = [];
  for (const [outer, group] of place.members('designated sections')) {
    if (typeof group.value !== 'object' || group.value === null || Array.isArray(group.value)) {
      group.warn('designated sections of this shape are not known; they are left out');
      continue;
    }
    for (const [inner, section] of group.members('designated sections')) {
      const [status, project] = order === 'by-status' ? [outer, inner] : [inner, outer];
      if (!isStatus(status)) section.warn(`${status} is no status of a section; it is left out`);
      else if (typeof section.value !== 'object' || section.value === null)
        section.warn('a section is an object with guidance and sections; this one is left out');
      else
        sections.push({
          project,
          status,
          guidance: section.member('guidance').text('the guidance'),
          sections: sectionNames(section.member('sections')),
        });
    }
  }
  return sections;
};

const sectionNames = (place: Place): readonly string[] => {
  if (place.absent) return [];
  if (Array.isArray(place.value)) return place.names('a section', CAPABILITIES_MAX);
  return [...place.members('sections').keys()];
};

const STATUSES = [...CAPABILITY_STATUSES, 'informational'] as const;

const isStatus = (word: string): word is DesignatedSection['status'] => (STATUSES as readonly string[]).includes(word);
