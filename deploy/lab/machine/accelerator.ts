import { access, constants, readFile } from 'node:fs/promises';
import { execa } from 'execa';

/**
 * Whether machines run on the processor itself (KVM) or are translated (TCG). A /dev/kvm that can be opened proves little:
 * hosts that are virtual machines themselves may have one that starts a machine and then hangs every kernel in it. So the
 * processor must name its virtualization, and a machine with its full model must run for a moment.
 */
export interface Accelerator {
  readonly kind: 'kvm' | 'tcg';
  /** Arguments of QEMU. */
  readonly argv: readonly string[];
}

const PROBE_MS = 1_000;

/** A buffer that keeps the memory of many guests low, and page tables of four levels, which are quicker to walk. */
const TCG: Accelerator = { kind: 'tcg', argv: ['-accel', 'tcg,thread=multi,tb-size=256', '-cpu', 'max,la57=off'] };
const KVM: Accelerator = { kind: 'kvm', argv: ['-accel', 'kvm', '-cpu', 'host'] };

let found: Promise<Accelerator> | null = null;

/** Looks once a process. `ANNEAL_LAB_ACCEL` (`kvm` or `tcg`) decides without a look. */
export function accelerator(wish: string | undefined = process.env['ANNEAL_LAB_ACCEL']): Promise<Accelerator> {
  if (wish === 'kvm') return Promise.resolve(KVM);
  if (wish === 'tcg') return Promise.resolve(TCG);
  return (found ??= kvmWorks().then((works) => (works ? KVM : TCG)));
}

async function kvmWorks(): Promise<boolean> {
  const opens = await access('/dev/kvm', constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!opens) return false;
  const flags = /^flags\s*:(.*)$/m.exec(await readFile('/proc/cpuinfo', 'utf8').catch(() => ''))?.[1] ?? '';
  if (!/ (vmx|svm)( |$)/.test(flags)) return false;
  const argv = [...KVM.argv, '-machine', 'q35', '-m', '64', '-display', 'none', '-nodefaults'];
  const { timedOut } = await execa('qemu-system-x86_64', argv, { stdio: 'ignore', timeout: PROBE_MS, reject: false });
  return timedOut;
}
