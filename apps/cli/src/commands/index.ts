import type { Declare } from '../command/leaf.js';

/** A command as the help lists it, without what it takes to load it. */
export interface Listed {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly group: string;
  readonly load: () => Promise<{ readonly declare: Declare }>;
  /** It looks at all the other commands, so they are loaded with it. */
  readonly looksAtAll?: true;
}

const THINGS = 'Things';
const WORK = 'Work';
const LOOK = 'Looking';
const RUN = 'Running Anneal';

/** All commands, in the order of the help. */
export const COMMANDS: readonly Listed[] = [
  { name: 'up', summary: 'run Anneal on this host', group: RUN, load: () => import('./up.js') },
  { name: 'down', summary: 'stop it', group: RUN, load: () => import('./down.js') },
  { name: 'lab', summary: 'try it with machines made on this host', group: RUN, load: () => import('./lab.js') },
  { name: 'sim', summary: 'play a scenario in memory', group: RUN, load: () => import('./sim.js') },
  {
    name: 'backup',
    summary: 'write all that the database holds to a file',
    group: RUN,
    load: () => import('./backup.js'),
  },
  {
    name: 'restore',
    summary: 'put a backup in the place of all that the database holds',
    group: RUN,
    load: () => import('./restore.js'),
  },
  { name: 'login', summary: 'log in to a server', group: RUN, load: () => import('./login.js') },
  { name: 'logout', summary: 'log out again', group: RUN, load: () => import('./logout.js') },

  { name: 'apply', summary: 'make a deployment what a file says', group: WORK, load: () => import('./apply.js') },
  { name: 'diff', summary: 'what apply would change', group: WORK, load: () => import('./diff.js') },
  { name: 'wait', summary: 'wait until something is so', group: WORK, load: () => import('./wait.js') },

  { name: 'status', summary: 'how far everything is', group: LOOK, load: () => import('./status.js') },
  {
    name: 'explain',
    summary: 'why something is not active, and what would move it',
    group: LOOK,
    load: () => import('./explain.js'),
  },
  { name: 'logs', aliases: ['log'], summary: 'the log of a run', group: LOOK, load: () => import('./logs.js') },
  {
    name: 'events',
    aliases: ['event'],
    summary: 'what happened, in order',
    group: LOOK,
    load: () => import('./events.js'),
  },
  { name: 'audit', summary: 'who changed what', group: LOOK, load: () => import('./audit.js') },
  {
    name: 'version',
    summary: 'versions of this tool and of the server',
    group: LOOK,
    load: () => import('./version.js'),
  },
  {
    name: 'completion',
    summary: 'completion for a shell',
    group: LOOK,
    load: () => import('./completion.js'),
    looksAtAll: true,
  },

  {
    name: 'nodes',
    aliases: ['node'],
    summary: 'machines under management',
    group: THINGS,
    load: () => import('./nodes.js'),
  },
  {
    name: 'groups',
    aliases: ['group'],
    summary: 'nodes under one name',
    group: THINGS,
    load: () => import('./groups.js'),
  },
  {
    name: 'networks',
    aliases: ['network'],
    summary: 'networks of the nodes: ranges, routers, addresses',
    group: THINGS,
    load: () => import('./networks.js'),
  },
  {
    name: 'network-ranges',
    aliases: ['network-range'],
    summary: 'ranges of networks, from which addresses are given',
    group: THINGS,
    load: () => import('./network-ranges.js'),
  },
  {
    name: 'network-routers',
    aliases: ['network-router'],
    summary: 'routers of networks',
    group: THINGS,
    load: () => import('./network-routers.js'),
  },
  {
    name: 'network-allocations',
    aliases: ['network-allocation'],
    summary: 'addresses that nodes have',
    group: THINGS,
    load: () => import('./network-allocations.js'),
  },
  {
    name: 'images',
    aliases: ['image'],
    summary: 'systems that machines boot and are installed with',
    group: THINGS,
    load: () => import('./images.js'),
  },
  {
    name: 'bootenvs',
    aliases: ['bootenv'],
    summary: 'what machines boot on the network',
    group: THINGS,
    load: () => import('./bootenvs.js'),
  },
  {
    name: 'templates',
    aliases: ['template'],
    summary: 'what is rendered for machines that boot',
    group: THINGS,
    load: () => import('./templates.js'),
  },
  {
    name: 'dhcp',
    summary: 'which machines have which addresses',
    group: THINGS,
    load: () => import('./dhcp.js'),
  },
  {
    name: 'netboot',
    summary: 'the servers that answer DHCP, DNS and boots',
    group: THINGS,
    load: () => import('./netboot.js'),
  },
  {
    name: 'dns',
    summary: 'names of machines, zones, and servers that are told of them',
    group: THINGS,
    load: () => import('./dns.js'),
  },
  {
    name: 'external-services',
    aliases: ['external-service'],
    summary: 'DNS, NTP and DHCP that a site has already',
    group: THINGS,
    load: () => import('./external-services.js'),
  },
  {
    name: 'enrolment-rules',
    aliases: ['enrolment-rule'],
    summary: 'how machines become nodes',
    group: THINGS,
    load: () => import('./enrolment-rules.js'),
  },
  {
    name: 'providers',
    aliases: ['provider'],
    summary: 'clouds from which machines are got',
    group: THINGS,
    load: () => import('./providers.js'),
  },
  {
    name: 'barclamps',
    aliases: ['barclamp'],
    summary: 'bundles of roles',
    group: THINGS,
    load: () => import('./barclamps.js'),
  },
  {
    name: 'roles',
    aliases: ['role'],
    summary: 'kinds of work that can be put on a node',
    group: THINGS,
    load: () => import('./roles.js'),
  },
  {
    name: 'workers',
    aliases: ['worker'],
    summary: 'the processes that carry runs out, and how their loops do',
    group: THINGS,
    load: () => import('./workers.js'),
  },
  { name: 'jigs', aliases: ['jig'], summary: 'what carries runs out', group: THINGS, load: () => import('./jigs.js') },
  {
    name: 'deployments',
    aliases: ['deployment'],
    summary: 'noderoles that are committed together',
    group: THINGS,
    load: () => import('./deployments.js'),
  },
  {
    name: 'deployment-roles',
    aliases: ['deployment-role'],
    summary: 'attributes of a role in a whole deployment',
    group: THINGS,
    load: () => import('./deployment-roles.js'),
  },
  {
    name: 'node-roles',
    aliases: ['node-role', 'noderoles', 'noderole'],
    summary: 'roles bound to nodes: the graph',
    group: THINGS,
    load: () => import('./node-roles.js'),
  },
  {
    name: 'attribs',
    aliases: ['attrib'],
    summary: 'values that roles work with',
    group: THINGS,
    load: () => import('./attribs.js'),
  },
  {
    name: 'snapshots',
    aliases: ['snapshot'],
    summary: 'records of commits',
    group: THINGS,
    load: () => import('./snapshots.js'),
  },
  {
    name: 'rollouts',
    aliases: ['rollout'],
    summary: 'commits that go in waves',
    group: THINGS,
    load: () => import('./rollouts.js'),
  },
  {
    name: 'runs',
    aliases: ['run'],
    summary: 'attempts to carry a noderole out',
    group: THINGS,
    load: () => import('./runs.js'),
  },
  {
    name: 'installs',
    aliases: ['install'],
    summary: 'operating systems that are put on machines',
    group: THINGS,
    load: () => import('./installs.js'),
  },
  {
    name: 'certify',
    aliases: ['certification', 'certifications'],
    summary: 'runs of test suites against clouds, and what came of them',
    group: THINGS,
    load: () => import('./certify.js'),
  },
  {
    name: 'guidelines',
    aliases: ['guideline'],
    summary: 'what clouds are measured by',
    group: THINGS,
    load: () => import('./guidelines.js'),
  },
  {
    name: 'operations',
    aliases: ['operation'],
    summary: 'long work that somebody asked for',
    group: THINGS,
    load: () => import('./operations.js'),
  },
  {
    name: 'hooks',
    aliases: ['hook'],
    summary: 'who is told of events',
    group: THINGS,
    load: () => import('./hooks.js'),
  },
  { name: 'users', aliases: ['user'], summary: 'people', group: THINGS, load: () => import('./users.js') },
  {
    name: 'tokens',
    aliases: ['token'],
    summary: 'what automation shows instead of a password',
    group: THINGS,
    load: () => import('./tokens.js'),
  },
  {
    name: 'site',
    summary: 'networks, names, services and the admin node in one piece',
    group: THINGS,
    load: () => import('./site.js'),
  },
  {
    name: 'settings',
    aliases: ['setting'],
    summary: 'what may be tuned while Anneal runs',
    group: THINGS,
    load: () => import('./settings.js'),
  },
];
