import { expect, it } from 'vitest';
import { biosDifference, firmwareModeAttribute } from './bios.js';

it('only what is not so yet is to be written, and names that a machine has not are told', () => {
  expect(biosDifference({ A: 1, B: 'x', C: true }, { A: 1, B: 'y' })).toEqual({ differ: { B: 'x' }, unknown: ['C'] });
});

it('each vendor has its own words for the firmware mode', () => {
  expect(firmwareModeAttribute('bios', 'Dell Inc.', { BootMode: 'Uefi' })).toEqual({ BootMode: 'Bios' });
  expect(firmwareModeAttribute('bios', 'HPE', { BootMode: 'Uefi' })).toEqual({ BootMode: 'LegacyBios' });
  expect(firmwareModeAttribute('uefi', 'Supermicro', { BootModeSelect: 'LEGACY' })).toEqual({ BootModeSelect: 'UEFI' });
  expect(firmwareModeAttribute('uefi', 'Unheard-of', { Speed: 1 })).toBeNull();
});

it('a name that every object has is not taken for an attribute', () => {
  expect(biosDifference({ constructor: 'x' }, {})).toEqual({ differ: {}, unknown: ['constructor'] });
});
