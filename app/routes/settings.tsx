import type { LoaderFunctionArgs } from '@remix-run/node';
import { Link, NavLink, Outlet, useLoaderData, useLocation } from '@remix-run/react';
import { IconChevronLeft } from '@tabler/icons-react';

import { settingsSections } from '#app/company/settings-pages.ts';
import { requireStaff } from '#app/web/staff.server.ts';

import classes from './settings.module.css';

/** The side panel of Settings around its pages; on a phone each page leads back to the index. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'settings.read');
  const sections = settingsSections
    .map(({ label, pages }) => ({ label, pages: pages.filter((page) => staff.may(page.needs)) }))
    .filter((section) => section.pages.length > 0);
  return { sections };
}

export default function Settings() {
  const { sections } = useLoaderData<typeof loader>();
  const index = useLocation().pathname.replace(/\/$/, '') === '/settings';
  return (
    <div className={classes.layout} data-index={index || undefined}>
      <nav aria-label="Settings" className={classes.panel}>
        {sections.map((section) => (
          <div key={section.label}>
            <div className={classes.heading}>{section.label}</div>
            {section.pages.map((page) => (
              <NavLink key={page.to} to={page.to} className={classes.place}>
                {page.label}
              </NavLink>
            ))}
          </div>
        ))}
      </nav>
      <div className={classes.page}>
        {!index && (
          <Link to="/settings" className={classes.back}>
            <IconChevronLeft size={16} aria-hidden />
            Settings
          </Link>
        )}
        <Outlet />
      </div>
    </div>
  );
}
