import { isRefusal, parseMatcher, parseTemplate, refuse, type Refusal } from '#core';
import type { DnsFilterView, NewDnsFilter } from '../ports/dns-store.js';
import { firstRefusal, refuseLength, refuseRowName } from './check-fields.js';
import type { EditedNoun } from './edit-rows.js';

/** More filters than this are looked at for no address: each costs time for every machine. */
export const FILTERS_MAX = 200;
const PRIORITY_MAX = 1_000_000;

/** Name filters: which addresses get which names. */
export const DNS_FILTERS: EditedNoun<DnsFilterView, NewDnsFilter> = {
  what: 'name filter',
  advice: 'use the name or id of one that `anneal dns filters list` shows',
  subject: 'dns_filter',
  store: (tx) => tx.dnsFilters,
  nameOf: (row) => (row as NewDnsFilter).name,
  fields: ['name', 'priority', 'matcher', 'template', 'clients'],
  refuse: async (tx, row, before) => {
    const wrong = refuseFilter(row);
    if (wrong || before) return wrong;
    const there = (await tx.dnsFilters.all()).length;
    return there < FILTERS_MAX
      ? null
      : refuse(
          'too-large',
          `there are ${there} name filters already, which is the most: let some go, or make one match more.`,
        );
  },
};

const refuseFilter = (row: Omit<NewDnsFilter, 'id'>): Refusal | null => {
  const [matcher, template] = [parseMatcher(row.matcher), parseTemplate(row.template)];
  return firstRefusal([
    refuseRowName('name filter', row.name),
    Number.isInteger(row.priority) && Math.abs(row.priority) <= PRIORITY_MAX
      ? null
      : refuse('invalid', `a priority is a whole number up to ${PRIORITY_MAX}.`, { field: 'priority' }),
    isRefusal(matcher) ? matcher : null,
    isRefusal(template) ? template : null,
    refuseLength('clients', row.clients),
  ]);
};
