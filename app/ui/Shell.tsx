import { Link, NavLink, useLocation } from '@remix-run/react';
import {
  IconCash,
  IconFileInvoice,
  IconHome,
  IconInbox,
  IconMenu2,
  IconMessages,
  IconSend,
  IconSettings,
  IconTableImport,
  IconTool,
  IconUsers,
  IconX,
} from '@tabler/icons-react';
import { useEffect, useState } from 'react';

import type { Permission } from '#app/company/permissions.ts';

import { Brand } from './Brand.tsx';
import { PersonMenu } from './PersonMenu.tsx';
import { SearchBox } from './SearchBox.tsx';
import classes from './Shell.module.css';

const places: { to: string; label: string; icon: typeof IconHome; needs: Permission }[] = [
  { to: '/', label: 'Home', icon: IconHome, needs: 'campaigns.read' },
  { to: '/campaigns', label: 'Campaigns', icon: IconSend, needs: 'campaigns.read' },
  { to: '/customers', label: 'Customers', icon: IconUsers, needs: 'customers.read' },
  { to: '/jobs', label: 'Jobs', icon: IconTool, needs: 'customers.read' },
  { to: '/invoices', label: 'Invoices', icon: IconFileInvoice, needs: 'invoices.read' },
  { to: '/payments', label: 'Payments', icon: IconCash, needs: 'invoices.read' },
  { to: '/imports', label: 'Imports', icon: IconTableImport, needs: 'import' },
  { to: '/inbox', label: 'Inbox', icon: IconMessages, needs: 'messages.reply' },
  { to: '/outbox', label: 'Outbox', icon: IconInbox, needs: 'outbox.read' },
  { to: '/settings', label: 'Settings', icon: IconSettings, needs: 'settings.read' },
];

/**
 * The office around a page: places at the left (a drawer on a phone), search and the person at the top. Plain elements: it
 * stands around every page, and components would be a tenth of what a page costs.
 */
export function Shell({
  person,
  role,
  permissions,
  company,
  companies,
  unread,
  children,
}: {
  person: { name: string; email: string };
  role: string;
  permissions: readonly string[];
  company: { id: number; name: string };
  companies: { id: number; name: string }[];
  /** Conversations of the Inbox with something that nobody read yet. */
  unread: number;
  children: React.ReactNode;
}) {
  const [opened, setOpened] = useState(false);
  const { pathname } = useLocation();
  useEffect(() => setOpened(false), [pathname]);
  return (
    <>
      <a href="#content" className="skip-link">
        Skip to the page
      </a>
      <header className={classes.header}>
        <div className={classes.start}>
          <button
            type="button"
            className={classes.burger}
            onClick={() => setOpened(!opened)}
            aria-expanded={opened}
            aria-controls="places"
            aria-label={opened ? 'Close menu' : 'Open menu'}
          >
            {opened ? <IconX size={20} aria-hidden /> : <IconMenu2 size={20} aria-hidden />}
          </button>
          <Link to="/" className={classes.brand}>
            <Brand />
          </Link>
        </div>
        <SearchBox />
        <PersonMenu person={person} role={role} company={company} companies={companies} />
      </header>
      <nav id="places" className={classes.places} data-opened={opened || undefined} aria-label="Main">
        {places
          .filter((place) => permissions.includes(place.needs))
          .map((place) => (
            <NavLink key={place.to} to={place.to} end={place.to === '/'} className={classes.place}>
              <place.icon size={18} stroke={1.6} aria-hidden />
              {place.label}
              {place.to === '/inbox' && unread > 0 && <Unread count={unread} />}
            </NavLink>
          ))}
      </nav>
      <main id="content" tabIndex={-1} className={classes.main}>
        <div className={classes.page}>{children}</div>
      </main>
    </>
  );
}

function Unread({ count }: { count: number }) {
  const shown = count > 99 ? '99+' : String(count);
  return (
    <span className={classes.unread}>
      <span aria-hidden>{shown}</span>
      <span className="visually-hidden">
        , {count > 99 ? 'more than 99' : shown} {count === 1 ? 'conversation' : 'conversations'} not read yet
      </span>
    </span>
  );
}
