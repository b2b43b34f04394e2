import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { loadShipped } from '#catalog';

/** Every script of every shipped role, as the script jig will source it. */
const scripts = (await loadShipped()).flatMap((barclamp) =>
  barclamp.roles.flatMap((role) =>
    role.files
      .filter((file) => file.path.endsWith('.sh'))
      .map((file) => ({ name: `${barclamp.name}/${role.name}/${file.path}`, role, content: file.content })),
  ),
);

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;

describe('the shipped scripts', () => {
  it('are there', () => {
    expect(scripts.length).toBeGreaterThan(10);
  });

  it.each(scripts)('$name is bash', ({ content }) => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: content, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it.skipIf(!hasShellcheck).each(scripts)('$name has nothing that shellcheck minds', ({ content }) => {
    // SC1091: a file that is sourced from the node is not here.
    const { stdout } = spawnSync('shellcheck', ['--shell=bash', '--severity=style', '--exclude=SC1091', '-'], {
      input: content,
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
  });

  it.each(scripts)(
    '$name reads only attributes that its role declares, and writes only its outputs',
    ({ role, content }) => {
      const reads = [...content.matchAll(/(?:read|has)_attribute "?([-\w]+)/g)].map(([, name]) => name!);
      const writes = [...content.matchAll(/write_attribute(?:_string)? ([-\w]+)/g)].map(([, name]) => name!);
      const readable = [
        ...role.attribs.map((attrib) => attrib.map),
        ...role.wants.map((want) => want.at ?? want.attrib),
      ];
      for (const name of reads) expect(readable).toContain(name);
      for (const name of writes) expect(role.outputs.map((output) => output.name)).toContain(name);
    },
  );

  it('use every attribute and write every output that their role declares', () => {
    for (const role of new Set(scripts.map((script) => script.role))) {
      const whole = role.files.map((file) => file.content).join('\n');
      for (const attrib of [...role.attribs, ...role.outputs]) expect(whole, role.name).toContain(attrib.name);
    }
  });

  it('leave descriptor 3 alone, which carries the outputs', () => {
    for (const { name, content } of scripts) {
      const outside = content.replace(/bash -c '[^']*'/g, '');
      expect(outside, name).not.toMatch(/[<>]&?3\b|\b3[<>]/);
    }
  });
});

// Said once, where a reader of the report sees why a part of it is missing.
if (!hasShellcheck) console.log('shellcheck is not installed: scripts are checked by bash alone');
