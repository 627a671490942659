import { IconChevronDown } from '@tabler/icons-react';
import { Link } from '@remix-run/react';

import classes from './ActionsMenu.module.css';
import { Disclosure } from './Disclosure.tsx';

/** One thing that can be done with a record: a link to the page that does it. */
export type Action = {
  to: string;
  label: string;
  /** It can't be taken back: in its own colour, and below the others. */
  strong?: boolean;
  /** The link leads to a file, past the router. */
  file?: boolean;
};

/**
 * What can be done with a record, under one button. Links to pages, so that it works without JavaScript and on a phone.
 * @param groups drawn apart by a hairline; empty ones are left out
 */
export function ActionsMenu({ groups }: { groups: readonly (readonly Action[])[] }) {
  const shown = groups.filter((group) => group.length > 0);
  if (shown.length === 0) return null;
  return (
    <Disclosure
      className={classes.box}
      buttonClassName={classes.button}
      button={
        <>
          Actions
          <IconChevronDown size={14} aria-hidden />
        </>
      }
    >
      <div className={classes.menu}>
        {shown.map((group) => (
          <ul key={group[0]!.to} className={classes.group}>
            {group.map((action) => (
              <li key={action.to}>
                <Link to={action.to} reloadDocument={action.file} data-strong={action.strong || undefined}>
                  {action.label}
                </Link>
              </li>
            ))}
          </ul>
        ))}
      </div>
    </Disclosure>
  );
}
