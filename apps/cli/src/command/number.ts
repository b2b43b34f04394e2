import { usage } from '../exit.js';

/** A whole number between two bounds. */
export const parseCount = (text: string, option: string, { min, max }: { min: number; max: number }): number => {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max)) throw usage(`${option} ${text} is not a whole number from ${min} to ${max}.`);
  return value;
};
