import type { Json, JsonObject } from '../base/json.js';
import type { DiskWish } from './choose-disks.js';
import { INSTALL_DEADLINES, type InstallDeadlines } from './deadlines.js';
import type { InstallLayout } from './order.js';
import type { InstallWish } from './plan-install.js';

/** Attributes of the role that installs, by what they say. Their schemas are in the barclamp `provisioner`. */
export const INSTALL_ATTRIBS = {
  targetOs: 'target-os',
  disks: 'install-disks',
  layout: 'install-layout',
  reboot: 'install-reboot',
  kernelParams: 'install-kernel-params',
  packages: 'install-packages',
  proxy: 'install-proxy',
  accessKeys: 'install-access-keys',
  deadlines: 'install-deadlines',
} as const;

const BYTES_OF_GIB = 1_073_741_824;

/**
 * Reads what is wished for out of the frozen input of a run: role default, deployment and node have met there. Their
 * schemas were checked when they were set; what is absent is as the role has it.
 */
export const readInstallWish = (attribs: JsonObject): InstallWish => {
  const { targetOs, disks, layout, reboot, kernelParams, packages, proxy, accessKeys, deadlines } = INSTALL_ATTRIBS;
  return {
    targetOs: text(attribs[targetOs]) ?? '',
    disks: readDisks(attribs[disks]),
    layout: (text(attribs[layout]) ?? 'plain') as InstallLayout,
    reboot: attribs[reboot] === true,
    kernelParams: texts(attribs[kernelParams]),
    packages: texts(attribs[packages]),
    proxy: text(attribs[proxy]),
    accessKeys: texts(attribs[accessKeys]),
    deadlines: readDeadlines(attribs[deadlines]),
  };
};

const readDisks = (value: Json | undefined): DiskWish => {
  const { rule, second, min_gib: minGib, transport } = objectOf(value);
  return {
    rule: text(rule) ?? 'first',
    ...(text(second) === null ? {} : { second: text(second)! }),
    ...(typeof minGib === 'number' ? { minBytes: minGib * BYTES_OF_GIB } : {}),
    ...(text(transport) === null ? {} : { transport: text(transport)! }),
  };
};

const readDeadlines = (value: Json | undefined): Partial<InstallDeadlines> => {
  const given = objectOf(value);
  return Object.fromEntries(
    (Object.keys(INSTALL_DEADLINES) as (keyof InstallDeadlines)[]).flatMap((wait) => {
      const seconds = given[wait];
      return typeof seconds === 'number' && seconds > 0 ? [[wait, seconds]] : [];
    }),
  );
};

const objectOf = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

const text = (value: Json | undefined): string | null => (typeof value === 'string' && value !== '' ? value : null);

const texts = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? (value as readonly Json[]).filter((each): each is string => typeof each === 'string') : [];
