export {
  Dhcp6Server,
  type Dhcp6Counts,
  type Dhcp6Interface,
  type Dhcp6ServerOptions,
  type LeaseWriter,
} from './server.js';
