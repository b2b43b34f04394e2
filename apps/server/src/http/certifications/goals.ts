import { refuse, type Goal, type Refusal } from '#core';

/** `2020.06/compute,2020.06/object` */
export const goalsOf = (text: string): Goal[] | Refusal => {
  const goals = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const slash = part.lastIndexOf('/');
      return { guideline: part.slice(0, Math.max(slash, 0)), program: part.slice(slash + 1) };
    });
  const strange = goals.find(({ guideline, program }) => guideline === '' || program === '');
  return strange || goals.length === 0
    ? refuse('invalid', 'name goals as guideline/program with commas between them, such as 2020.06/compute.', {
        field: 'goals',
      })
    : goals;
};
