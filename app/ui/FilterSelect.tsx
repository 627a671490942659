import { IconCheck, IconChevronDown } from '@tabler/icons-react';
import { useSearchParams } from '@remix-run/react';

import { Disclosure } from './Disclosure.tsx';
import classes from './FilterSelect.module.css';
import { useFollow } from './useFollow.ts';

/** One filter chip of a list: plain words, one choice, kept in the address under `name`. */
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
  const follow = useFollow();
  const chosen = options.find((option) => option.value === params.get(name));
  const to = (value: string) => {
    const next = new URLSearchParams(params);
    for (const key of ['after', 'before', name]) next.delete(key);
    if (value) next.set(name, value);
    return `?${next.toString()}`;
  };
  const choices = [{ value: '', label: 'Any' }, ...options];
  return (
    <Disclosure
      className={classes.filter}
      buttonClassName={classes.chip}
      chosen={chosen !== undefined}
      button={
        <>
          {chosen && <span className="visually-hidden">{label}: </span>}
          {chosen ? chosen.label : label}
          <IconChevronDown size={14} aria-hidden />
        </>
      }
    >
      <ul className={classes.menu} aria-label={label}>
        {choices.map((option) => {
          const current = option.value === (chosen?.value ?? '');
          return (
            <li key={option.value}>
              <a href={to(option.value)} onClick={follow} aria-current={current ? 'true' : undefined}>
                {option.label}
                {current && <IconCheck size={14} aria-hidden />}
              </a>
            </li>
          );
        })}
      </ul>
    </Disclosure>
  );
}
