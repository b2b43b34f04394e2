/**
 * Which services tests are of, by their names: what has to answer before they are begun. A server needs an image and a
 * network, and so does everything that starts one.
 */
export function servicesNeeded(tests: Iterable<string>): Set<string> {
  const needed = new Set<string>();
  for (const test of tests) {
    const area = AREA.exec(test)?.[1] ?? '';
    for (const service of NEEDS[area] ?? []) needed.add(service);
  }
  return needed;
}

const AREA = /^tempest\.(?:api|scenario|serial_tests\.api)(?:\.([a-z_]+))?/;

const NEEDS: Readonly<Record<string, readonly string[]>> = {
  compute: ['nova', 'glance', 'neutron', 'placement'],
  image: ['glance'],
  network: ['neutron'],
  volume: ['cinder'],
  object_storage: ['swift'],
};
