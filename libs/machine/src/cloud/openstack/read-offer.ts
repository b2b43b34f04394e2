import type { Asked } from '#app';
import type { CloudOffer, OfferedFlavor, OfferedImage, OfferedNetwork } from '#core';
import { numberAt, textAt } from './fields.js';
import type { Fields, Trouble } from './http.js';
import { LISTED_MAX, type OpenStackSession } from './session.js';

/** Formats of images that do not start a machine by themselves. */
const PARTS_OF_MACHINES = ['aki', 'ari', 'iso'];
const GIB = 2 ** 30;

/** Reads networks, flavors and images. What the account may not read is noted, and so is what did not fit. */
export const readOffer = async (
  session: OpenStackSession,
  signal: AbortSignal,
): Promise<Asked<{ readonly offer: CloudOffer }>> => {
  const project = await session.project(signal);
  if (project.kind !== 'is') return project;
  const [networks, flavors, images] = await Promise.all([
    session.list('network', 'networks', { path: '/networks', what: 'reading networks', signal }),
    session.list('compute', 'flavors', { path: '/flavors/detail', what: 'reading flavors', signal }),
    session.list('image', 'images', { path: '/images?status=active', what: 'reading images', signal }),
  ]);
  const passing = [networks, flavors, images].find((each) => each.kind === 'not-yet');
  if (passing) return passing as Trouble;
  const notes: string[] = [];
  const read = (list: typeof networks, what: string): readonly Fields[] => {
    if (list.kind !== 'listed') {
      notes.push(list.says);
      return [];
    }
    if (!list.all) notes.push(`only the first ${LISTED_MAX} ${what} were read`);
    return list.items;
  };
  const offer: CloudOffer = {
    networks: read(networks, 'networks').flatMap((each) => networkOf(each, project.id)),
    flavors: read(flavors, 'flavors').flatMap(flavorOf),
    images: read(images, 'images').flatMap(imageOf),
    notes,
  };
  const unread = [networks, flavors, images].filter((each) => each.kind !== 'listed').length;
  if (unread === 3) return { kind: 'failed', says: notes.join('; ') };
  const counts = `${offer.networks.length} networks, ${offer.flavors.length} flavors, ${offer.images.length} images`;
  return {
    kind: 'done',
    answer: notes.length > 0 ? 'partial' : 'yes',
    says: [counts, ...notes].join('; '),
    offer,
  };
};

const networkOf = (fields: Fields, project: string | null): OfferedNetwork[] => {
  const id = textAt(fields, 'id');
  if (id === null) return [];
  const external = fields['router:external'] === true;
  // An administrator is shown what belongs to others, too.
  const isOurs = (textAt(fields, 'project_id') ?? textAt(fields, 'tenant_id')) === project;
  const isOpen = fields['shared'] === true || (isOurs && !external);
  const hasSubnet = Array.isArray(fields['subnets']) && fields['subnets'].length > 0;
  if (!isOurs && !external && !isOpen) return [];
  return [
    {
      id,
      name: textAt(fields, 'name') ?? id,
      external,
      usable: isOpen && hasSubnet && fields['admin_state_up'] !== false,
    },
  ];
};

const flavorOf = (fields: Fields): OfferedFlavor[] => {
  const id = textAt(fields, 'id');
  if (id === null || fields['OS-FLV-DISABLED:disabled'] === true) return [];
  return [
    {
      id,
      name: textAt(fields, 'name') ?? id,
      vcpus: numberAt(fields, 'vcpus'),
      memory_mib: numberAt(fields, 'ram'),
      disk_gib: numberAt(fields, 'disk'),
    },
  ];
};

const imageOf = (fields: Fields): OfferedImage[] => {
  const id = textAt(fields, 'id');
  if (id === null || PARTS_OF_MACHINES.includes(textAt(fields, 'disk_format') ?? '')) return [];
  return [
    {
      id,
      name: textAt(fields, 'name') ?? id,
      memory_mib: numberAt(fields, 'min_ram'),
      disk_gib: Math.max(numberAt(fields, 'min_disk'), Math.ceil(numberAt(fields, 'virtual_size') / GIB)),
      distribution: textAt(fields, 'os_distro'),
      account: textAt(fields, 'os_admin_user'),
    },
  ];
};
