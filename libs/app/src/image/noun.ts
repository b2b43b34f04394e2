import { refuse, type Refusal } from '#core';
import { firstRefusal } from '../dns/check-fields.js';
import type { EditedNoun } from '../dns/edit-rows.js';
import { refuseUnknownBootenv } from '../bootenv/refuse-unknown.js';
import type { ImageView, NewImage } from '../ports/image-store.js';

/** All of them are read whole when one is chosen. */
const IMAGES_MAX = 500;
const IMAGE_NAME = /^[a-z0-9][-_.a-z0-9]{0,62}$/;
const SHA256 = /^[0-9a-f]{64}$/;

export const imageNoun: EditedNoun<ImageView, NewImage> = {
  what: 'image',
  advice: 'use the name or id of one that `anneal images list` shows',
  subject: 'image',
  store: (tx) => tx.images,
  nameOf: (row) => (row as NewImage).name,
  // Attributes of nodes know it by its name, so that stays; and what it is stays, too.
  fields: [
    ...(['description', 'os', 'sha256', 'bytes', 'rawBytes', 'compression', 'layouts', 'firmware', 'bootenv'] as const),
    'errors',
  ],
  refuse: async (tx, row, before) => {
    if (!before && (await tx.images.all()).length >= IMAGES_MAX)
      return refuse('too-large', `there are ${IMAGES_MAX} images already: delete some that are not used.`);
    return firstRefusal([
      refuseFields(row),
      before?.bootenv === row.bootenv ? null : await refuseUnknownBootenv(tx, row.bootenv),
    ]);
  },
};

const refuseFields = (row: Omit<NewImage, 'id'>): Refusal | null => {
  const no = (field: string, detail: string): Refusal => refuse('invalid', detail, { field });
  if (!IMAGE_NAME.test(row.name))
    return no('name', `"${row.name.slice(0, 80)}" is no name for an image: use small letters, digits, - _ and dots.`);
  if (row.layouts.length === 0) return no('layouts', 'an image can be installed with one layout at least: plain.');
  if (row.firmware.length === 0) return no('firmware', 'an image starts on bios, uefi, or both.');
  if (row.kind === 'installer')
    return row.sha256 === null
      ? null
      : no('sha256', 'an installer has no content of its own: its files belong to its boot environment.');
  if (row.sha256 === null || !SHA256.test(row.sha256))
    return no('sha256', 'an image needs the SHA-256 of its content: 64 digits of hex in lower case.');
  if (row.bytes <= 0) return no('bytes', 'an image needs the length of its content as it is sent.');
  return row.rawBytes > 0
    ? null
    : no('raw_bytes', 'an image needs its length once unpacked, which a disk must have at least.');
};
