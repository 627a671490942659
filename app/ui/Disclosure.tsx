import { useEffect, useRef } from 'react';

/**
 * A button and what opens under it. It opens before JavaScript too, and closes on Escape, on a click elsewhere and when a link
 * in it is chosen.
 */
export function Disclosure({
  className,
  button,
  buttonClassName,
  chosen,
  children,
}: {
  className?: string;
  button: React.ReactNode;
  buttonClassName?: string;
  /** Marks the button of a choice that differs from the default. */
  chosen?: boolean;
  children: React.ReactNode;
}) {
  const box = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const leave = (event: Event) => {
      if (box.current?.open && !box.current.contains(event.target as Node)) box.current.open = false;
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !box.current?.open) return;
      box.current.open = false;
      box.current.querySelector('summary')?.focus();
    };
    const choose = (event: Event) => {
      if (box.current && (event.target as HTMLElement).closest('a')) box.current.open = false;
    };
    const details = box.current;
    details?.addEventListener('click', choose);
    const events = ['pointerdown', 'focusin'] as const;
    for (const event of events) document.addEventListener(event, leave);
    document.addEventListener('keydown', escape);
    return () => {
      for (const event of events) document.removeEventListener(event, leave);
      document.removeEventListener('keydown', escape);
      details?.removeEventListener('click', choose);
    };
  }, []);
  return (
    <details ref={box} className={className}>
      <summary className={buttonClassName} data-chosen={chosen || undefined}>
        {button}
      </summary>
      {children}
    </details>
  );
}
