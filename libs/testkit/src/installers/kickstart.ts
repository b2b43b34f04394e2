/**
 * Reads a kickstart strictly: only commands and options that ours use are known, as the kickstart syntax reference of
 * Anaconda has them, and every section must end. What stands in a script is left to its shell.
 */
export interface Kickstart {
  /** Names of commands, in order. */
  readonly commands: readonly string[];
  readonly packages: readonly string[];
  /** By its head, `%pre --erroronfail`. */
  readonly scripts: readonly { readonly head: string; readonly body: string }[];
  readonly problems: readonly string[];
}

const OPTIONS: Readonly<Record<string, RegExp>> = {
  text: /^$/,
  reboot: /^$/,
  eula: /^--agreed$/,
  lang: /^[a-z]{2}_[A-Z]{2}\.UTF-8$/,
  keyboard: /^[a-z]{2}$/,
  timezone: /^[A-Z][A-Za-z_/]+ --utc$/,
  url: /^--url=\S+( --proxy=\S+)?$/,
  network: /^--bootproto=dhcp --hostname=[A-Za-z0-9][-.A-Za-z0-9]*$/,
  rootpw: /^--lock$/,
  selinux: /^--enforcing$/,
  firewall: /^--enabled --ssh$/,
  services: /^--enabled=[a-z,]+$/,
  firstboot: /^--disable$/,
  skipx: /^$/,
  '%include': /^\/tmp\/anneal-disk\.ks$/,
};
const SECTION = /^%(packages|pre|post)\b/;
const PACKAGE = /^(@\^?)?[A-Za-z0-9][-A-Za-z0-9.+:_]*$/;

export const readKickstart = (text: string): Kickstart => {
  const found = { commands: [] as string[], packages: [] as string[], scripts: [] as { head: string; body: string }[] };
  const problems: string[] = [];
  let section: string | null = null;
  let body: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const at = `line ${index + 1}`;
    if (section !== null) {
      if (line.trim() !== '%end') {
        body.push(line);
        continue;
      }
      if (section.startsWith('%packages')) {
        found.packages.push(...body.filter((each) => each.trim() !== ''));
        for (const each of body)
          if (each.trim() !== '' && !PACKAGE.test(each)) problems.push(`${at}: no package ${each}`);
      } else found.scripts.push({ head: section, body: body.join('\n') });
      section = null;
      body = [];
    } else if (SECTION.test(line)) section = line;
    else if (line.trim() !== '' && !line.startsWith('#')) {
      const [command = '', ...rest] = line.split(' ');
      found.commands.push(command);
      const options = OPTIONS[command];
      if (!options) problems.push(`${at}: there is no command ${command}`);
      else if (!options.test(rest.join(' '))) problems.push(`${at}: ${command} does not take "${rest.join(' ')}"`);
    }
  }
  if (section !== null) problems.push(`${section} has no end`);
  return { ...found, problems };
};
