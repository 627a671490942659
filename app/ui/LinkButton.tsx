import { Link } from '@remix-run/react';

import classes from './LinkButton.module.css';

/**
 * A link that looks like a button, as plain elements: what stands on every list must not cost more than its rows.
 * @param main the one strong action of a page
 */
export function LinkButton({
  to,
  main,
  icon,
  children,
}: {
  to: string;
  main?: boolean;
  icon?: React.ReactNode;
  children: React.ReactNode;
}) {
  return (
    <Link to={to} className={classes.button} data-main={main || undefined}>
      {icon}
      {children}
    </Link>
  );
}
