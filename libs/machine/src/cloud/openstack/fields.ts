import type { Fields } from './http.js';

/** Reading of documents that somebody else has written: what is not as it should be is as if it were not there. */
export const textAt = (fields: Fields, name: string): string | null => {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : null;
};

export const numberAt = (fields: Fields, name: string): number => {
  const value = fields[name];
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
};

export const objectAt = (fields: Fields, name: string): Fields => {
  const value = fields[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
};

export const listAt = (fields: Fields, name: string): readonly Fields[] => {
  const value = fields[name];
  return Array.isArray(value)
    ? (value.filter((each) => typeof each === 'object' && each !== null && !Array.isArray(each)) as Fields[])
    : [];
};
