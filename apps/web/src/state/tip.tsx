import { Tooltip } from '@mantine/core';
import { useRef, useState, type ReactNode, type Ref } from 'react';

/** What the thing that is pointed at has to carry. */
interface Pointed<Of extends HTMLElement> {
  readonly ref: Ref<Of>;
  readonly tabIndex: 0;
  readonly onPointerEnter: () => void;
  readonly onPointerLeave: () => void;
  readonly onFocus: () => void;
  readonly onBlur: () => void;
}

/**
 * A hint for whoever points at something, by the mouse, a finger or the keyboard. Nothing is made of it before that: a
 * table has hundreds of them.
 */
export const useTip = <Of extends HTMLElement>(label: string): readonly [Pointed<Of>, ReactNode] => {
  const ref = useRef<Of>(null);
  const [isPointed, setPointed] = useState(false);
  const point = (): void => setPointed(true);
  const leave = (): void => setPointed(false);
  return [
    { ref, tabIndex: 0, onPointerEnter: point, onPointerLeave: leave, onFocus: point, onBlur: leave },
    isPointed ? <Tooltip target={ref} opened label={label} multiline maw={320} /> : null,
  ];
};
