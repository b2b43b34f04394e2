import type { ModelParts } from '../model-parts.js';
import { ForgetBmc, SetBmc, ShowBmc } from './change-bmcs.js';
import { ResealSecrets } from './reseal-secrets.js';
import { ReadPower, SwitchPower } from './switch-power.js';

export { passwordBelongs } from './belongs.js';
export { ForgetBmc, SetBmc, ShowBmc, type SetBmcInput } from './change-bmcs.js';
export { RecordedBmcs } from './recorded-bmcs.js';
export { ResealSecrets } from './reseal-secrets.js';
export {
  POWER_ACT_MS,
  POWER_NETBOOT_MS,
  POWER_READ_MS,
  ReadPower,
  SwitchPower,
  type NodePowerView,
  type PowerDone,
} from './switch-power.js';

/** Use cases of machines' power and their BMCs. */
export const powerUseCases = (parts: ModelParts) => ({
  setBmc: new SetBmc(parts),
  showBmc: new ShowBmc(parts),
  forgetBmc: new ForgetBmc(parts),
  readPower: new ReadPower(parts),
  switchPower: new SwitchPower(parts),
  resealSecrets: new ResealSecrets(parts),
});
