export { LeaseJournal, type LeaseJournalOptions, type RecoveredLeases } from './journal.js';
export { openLeases, type OpenLeases } from './open.js';
