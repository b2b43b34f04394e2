export { IPMI_SIM_PATHS, startIpmiSim, type IpmiSim } from './ipmi-sim.js';
export { SimulatedPower, type SimulatedFaults } from './simulated-power.js';
