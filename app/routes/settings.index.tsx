import type { MetaFunction } from '@remix-run/node';
import { Link, useRouteLoaderData } from '@remix-run/react';
import { IconChevronRight } from '@tabler/icons-react';

import { PageHeader } from '#app/ui/PageHeader.tsx';

import type { loader } from './settings.tsx';
import classes from './settings.module.css';

export const meta: MetaFunction = () => [{ title: 'Settings · Fieldpost' }];

export default function SettingsIndex() {
  const { sections } = useRouteLoaderData<typeof loader>('routes/settings')!;
  return (
    <>
      <PageHeader title="Settings" />
      <div className={classes.cards}>
        {sections.map((section) => (
          <section key={section.label}>
            <h2>{section.label}</h2>
            <ul>
              {section.pages.map((page) => (
                <li key={page.to}>
                  <div>
                    <Link to={page.to}>{page.label}</Link>
                    <div className={classes.note}>{page.description}</div>
                  </div>
                  <IconChevronRight size={16} aria-hidden />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </>
  );
}
