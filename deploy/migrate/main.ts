/**
 * Brings the database that DATABASE_URL names up to date and ends: for installs whose processes run as units of their
 * own, where `anneal up` does not do it. Several at once wait for each other.
 */
import { join } from 'node:path';
import { CHECKOUT } from '#runtime';
import { hideSecret, migrate } from '#store/migrate';

const url = process.env['DATABASE_URL'];
if (!url) throw new Error('DATABASE_URL is not set: name the database, for example postgres://anneal:secret@db/anneal');
const applied = await migrate(url, join(CHECKOUT, 'migrations'));
console.log(
  applied.length === 0 ? `${hideSecret(url)} is up to date` : `${hideSecret(url)}: applied ${applied.join(', ')}`,
);
