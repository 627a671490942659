import { IconCheck, IconChevronDown } from '@tabler/icons-react';
import { Link, useSearchParams } from '@remix-run/react';
import { useEffect, useRef } from 'react';

import classes from './FilterSelect.module.css';

/**
 * One filter chip of a list: plain words, one choice, kept in the address under `name`. It opens before JavaScript too, and
 * closes on Escape and on a click elsewhere.
 */
export function FilterSelect({
  name,
  label,
  options,
}: {
  name: string;
  label: string;
  options: readonly { value: string; label: string }[];
}) {
  const [params] = useSearchParams();
  const box = useRef<HTMLDetailsElement>(null);
  const chosen = options.find((option) => option.value === params.get(name));
  useEffect(() => {
    const leave = (event: Event) => {
      if (box.current?.open && !box.current.contains(event.target as Node)) box.current.open = false;
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !box.current?.open) return;
      box.current.open = false;
      box.current.querySelector('summary')?.focus();
    };
    const events = ['pointerdown', 'focusin'] as const;
    for (const event of events) document.addEventListener(event, leave);
    document.addEventListener('keydown', escape);
    return () => {
      for (const event of events) document.removeEventListener(event, leave);
      document.removeEventListener('keydown', escape);
    };
  }, []);
  const to = (value: string | null) => {
    const next = new URLSearchParams(params);
    for (const key of ['after', 'before', name]) next.delete(key);
    if (value) next.set(name, value);
    return `?${next.toString()}`;
  };
  const close = () => {
    if (box.current) box.current.open = false;
  };
  const choices = [{ value: '', label: 'Any' }, ...options];
  return (
    <details ref={box} className={classes.filter}>
      <summary className={classes.chip} data-chosen={chosen ? true : undefined}>
        {chosen ? (
          <>
            <span className="visually-hidden">{label}: </span>
            {chosen.label}
          </>
        ) : (
          label
        )}
        <IconChevronDown size={14} aria-hidden />
      </summary>
      <ul className={classes.menu} aria-label={label}>
        {choices.map((option) => {
          const current = option.value === (chosen?.value ?? '');
          return (
            <li key={option.value}>
              <Link
                to={to(option.value || null)}
                onClick={close}
                aria-current={current ? 'true' : undefined}
                preventScrollReset
              >
                {option.label}
                {current && <IconCheck size={14} aria-hidden />}
              </Link>
            </li>
          );
        })}
      </ul>
    </details>
  );
}
