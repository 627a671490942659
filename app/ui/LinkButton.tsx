import { Link } from '@remix-run/react';

import classes from './LinkButton.module.css';

/**
 * A link that looks like a button, as plain elements: what stands on every list must not cost more than its rows.
 * @param main the one strong action of a page
 * @param file the link leads to a file, past the router
 */
export function LinkButton({
  to,
  main,
  file,
  icon,
  children,
}: {
  to: string;
  main?: boolean;
  file?: boolean;
  icon?: React.ReactNode;
  children: React.ReactNode;
}) {
  return (
    <Link to={to} reloadDocument={file} className={classes.button} data-main={main || undefined}>
      {icon}
      {children}
    </Link>
  );
}
