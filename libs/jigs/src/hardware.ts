import { type BmcPlanner, Jig, type JigOutcome, type JigRun, type MachineFirmware, type MachinePower } from '#app';
import { causeOf } from './abort.js';
import { applyBios } from './hardware/apply-bios.js';
import { applyRaid } from './hardware/apply-raid.js';
import { configureBmc } from './hardware/configure-bmc.js';
import { ScriptJig, type ScriptJigOptions } from './script.js';

/** By which way the hardware of machines is reached. */
export interface HardwareParts {
  readonly planner: BmcPlanner;
  readonly power: MachinePower;
  readonly firmware: MachineFirmware;
  /** How long a machine may take to start with new settings, in milliseconds; 30 minutes when absent. */
  readonly startMs?: number;
  /** How long a BMC may take to answer under a new address, in milliseconds; two minutes when absent. */
  readonly answerMs?: number;
  /** Between two looks, in milliseconds; 5,000 when absent. */
  readonly lookEveryMs?: number;
}

export interface HardwareJigOptions extends ScriptJigOptions {
  /** Without it this process reaches no BMC. */
  readonly hardware?: HardwareParts | undefined;
}

/**
 * Sets what lies below the operating system: the BMC itself (from inside, by the role's own script, and then seen from
 * outside), attributes of the BIOS, volumes of RAID controllers (both by the BMC). Which of them a role does is said by the
 * attributes that it declares: `bmc-user`, `bios-attributes` or `firmware-mode`, `raid-volumes`. A role that is done
 * already changes nothing; ACTIVE means that the machine was seen to be so. A restart that is needed is done by the jig,
 * with the network as the next boot, so that the machine comes back to where it was.
 */
export class HardwareJig extends Jig {
  readonly name = 'hardware';
  private readonly script: ScriptJig;

  constructor(private readonly options: HardwareJigOptions) {
    super();
    this.script = new ScriptJig(options);
  }

  async run(run: JigRun): Promise<JigOutcome> {
    if (run.signal.aborted) return { kind: 'aborted', cause: causeOf(run.signal) };
    const { hardware } = this.options;
    if (!hardware) return { kind: 'failed', reason: 'this worker reaches no BMCs: let another one do it' };
    const outcome = await this.work(run, hardware);
    return run.signal.aborted ? { kind: 'aborted', cause: causeOf(run.signal) } : outcome;
  }

  private work(run: JigRun, hardware: HardwareParts): Promise<JigOutcome> {
    const has = (name: string): boolean => Object.hasOwn(run.attribs, name);
    if (has('bmc-user')) return configureBmc(run, hardware, this.script);
    if (has('bios-attributes') || has('firmware-mode')) return applyBios(run, hardware);
    if (has('raid-volumes')) return applyRaid(run, hardware);
    return Promise.resolve({
      kind: 'failed',
      reason: `role ${run.roleName} declares nothing that the jig hardware knows: bmc-user, bios-attributes, firmware-mode or raid-volumes`,
    });
  }
}
