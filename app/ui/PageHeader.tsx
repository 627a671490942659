import { IconChevronLeft } from '@tabler/icons-react';
import { Link } from '@remix-run/react';

import classes from './PageHeader.module.css';

/** A page's title, its state and its one main action on one line; where it came from above, what it is below. */
export function PageHeader({
  title,
  state,
  back,
  children,
  actions,
}: {
  title: string;
  state?: React.ReactNode;
  back?: { to: string; label: string };
  /** One plain sentence, where the title alone does not say it. */
  children?: React.ReactNode;
  actions?: React.ReactNode;
}) {
  return (
    <header>
      {back && (
        <Link to={back.to} className={classes.back}>
          <IconChevronLeft size={16} aria-hidden />
          {back.label}
        </Link>
      )}
      <div className={classes.line} data-explained={children ? true : undefined}>
        <div className={classes.start}>
          <h1 className={classes.title}>{title}</h1>
          {state}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </div>
      {children && <div className={classes.sentence}>{children}</div>}
    </header>
  );
}
