/** The power of machines: by Redfish, by IPMI, over SSH. */
export { IpmiPower } from './ipmi/ipmi-power.js';
export { NodeFirmware } from './node-firmware.js';
export { NodePower } from './node-power.js';
export { RedfishPower } from './redfish/redfish-power.js';
export { RedfishService } from './redfish/service.js';
export { SshPower } from './ssh-power.js';
