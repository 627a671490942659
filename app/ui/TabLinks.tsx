import { NavLink } from '@remix-run/react';

import classes from './TabLinks.module.css';

/** Tabs that are links: each has an address of its own. */
export function TabLinks({ label, tabs }: { label: string; tabs: { to: string; label: string; end?: boolean }[] }) {
  return (
    <nav aria-label={label} className={classes.tabs}>
      {tabs.map((tab) => (
        <NavLink key={tab.to} to={tab.to} end={tab.end ?? true} className={classes.tab}>
          {tab.label}
        </NavLink>
      ))}
    </nav>
  );
}
