import { describe, expect, it } from 'vitest';
import { NETWORK_EXAMPLES } from '#testkit';
import { CONFIG_FAMILIES, renderNetwork } from './render.js';

/**
 * What each family's files look like is kept in `render.golden/`, a file a family: read them as documentation. After an intended
 * change: `npx vitest run --project unit libs/core/src/netconfig/render.spec.ts -u`.
 */
describe.each(CONFIG_FAMILIES)('files for %s', (family) => {
  it('are as the golden file has them, for every kind of network', async () => {
    const text = Object.entries(NETWORK_EXAMPLES)
      .map(([name, plan]) => {
        const { files, settings } = renderNetwork(family, plan, 'links');
        const shown = files.map(({ path, mode, content }) => `--- ${path} ${mode.toString(8)}\n${content}`);
        const set = settings.map(({ path, name: variable, value }) => `--- ${path}: ${variable}="${value}"\n`);
        return [`=== ${name}\n`, ...shown, ...set].join('\n');
      })
      .join('\n');
    await expect(text).toMatchFileSnapshot(`./render.golden/${family}.txt`);
  });

  it('are the same bytes for the same plan, each path once, and end with a line end', () => {
    for (const plan of Object.values(NETWORK_EXAMPLES)) {
      const { files } = renderNetwork(family, plan, 'file');
      expect(renderNetwork(family, plan, 'file')).toEqual({ files, settings: expect.anything() });
      expect(new Set(files.map(({ path }) => path)).size).toBe(files.length);
      for (const { content } of files) expect(content.endsWith('\n')).toBe(true);
    }
  });
});

describe('files beside those of the family', () => {
  const plan = NETWORK_EXAMPLES['plain, both families']!;

  it('have resolv.conf where nobody else writes it', () => {
    const paths = (family: 'networkd' | 'network-manager', resolver: 'file' | 'links'): string[] =>
      renderNetwork(family, plan, resolver).files.map(({ path }) => path);
    expect(paths('networkd', 'file')).toContain('/etc/resolv.conf');
    expect(paths('networkd', 'links')).not.toContain('/etc/resolv.conf');
    expect(paths('network-manager', 'file')).not.toContain('/etc/resolv.conf');
  });

  it('are none when there is nothing to configure', () => {
    for (const family of CONFIG_FAMILIES)
      expect(renderNetwork(family, { format: 1, links: [], tables: {} }, 'file')).toEqual({ files: [], settings: [] });
  });
});
