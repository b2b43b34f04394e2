import { access } from 'node:fs/promises';
import { findGaps, isOnPath, type Gap } from '../requirements.js';

/** What a host must have before QEMU machines can run on it, beside what images are built with. */
const FILES: readonly { readonly path: string; readonly package: string; readonly purpose: string }[] = [
  { path: '/usr/bin/qemu-system-x86_64', package: 'qemu-system-x86', purpose: 'run machines' },
  { path: '/usr/share/OVMF/OVMF_CODE_4M.fd', package: 'ovmf', purpose: 'give machines UEFI firmware' },
  {
    path: '/usr/lib/ipxe/qemu/pxe-virtio.rom',
    package: 'ipxe-qemu',
    purpose: 'let BIOS machines boot from the network',
  },
  { path: '/usr/lib/ipxe/snponly.efi', package: 'ipxe', purpose: 'let UEFI machines boot from the network' },
  { path: '/usr/lib/shim/shimx64.efi.signed', package: 'shim-signed', purpose: 'boot machines with secure boot' },
  {
    path: '/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed',
    package: 'grub-efi-amd64-signed',
    purpose: 'boot machines with secure boot',
  },
];
const PROGRAMS: readonly { readonly program: string; readonly package: string; readonly purpose: string }[] = [
  { program: 'ipmi_sim', package: 'openipmi', purpose: 'give machines a management controller' },
  { program: 'ipmitool', package: 'ipmitool', purpose: 'ask it for power' },
];

/** Everything that is missing here; empty when machines can run. */
export async function findMachineGaps(): Promise<Gap[]> {
  if (process.arch !== 'x64')
    return [{ sentence: 'Machines of the lab have x86-64 processors and firmware, and this host has not.' }];
  const gaps = await findGaps('Machines need');
  // Without root or Linux nothing more can be said.
  if (gaps.some((gap) => gap.package === undefined)) return gaps;
  for (const { path, package: name, purpose } of FILES)
    if (!(await exists(path)))
      gaps.push({ sentence: `${path} is needed to ${purpose}: install the package ${name}.`, package: name });
  for (const { program, package: name, purpose } of PROGRAMS)
    if (!(await isOnPath(program)))
      gaps.push({ sentence: `${program} is needed to ${purpose}: install the package ${name}.`, package: name });
  if (!(await exists('/dev/net/tun')))
    gaps.push({
      sentence:
        'There is no /dev/net/tun for the cards of machines: load the module tun, or pass the device into the container.',
    });
  return gaps;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
