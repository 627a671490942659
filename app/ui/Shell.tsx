import { AppShell, Avatar, Burger, Group, Menu, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Form, Link, NavLink, useLocation } from '@remix-run/react';
import {
  IconFileInvoice,
  IconHome,
  IconInbox,
  IconLogout,
  IconSend,
  IconSettings,
  IconTableImport,
  IconUsers,
} from '@tabler/icons-react';
import { useEffect } from 'react';

import type { Permission } from '#app/company/permissions.ts';

import { Brand } from './Brand.tsx';
import { SearchBox } from './SearchBox.tsx';
import classes from './Shell.module.css';

const places: { to: string; label: string; icon: typeof IconHome; needs: Permission }[] = [
  { to: '/', label: 'Home', icon: IconHome, needs: 'customers.read' },
  { to: '/campaigns', label: 'Campaigns', icon: IconSend, needs: 'campaigns.read' },
  { to: '/customers', label: 'Customers', icon: IconUsers, needs: 'customers.read' },
  { to: '/invoices', label: 'Invoices', icon: IconFileInvoice, needs: 'invoices.read' },
  { to: '/imports', label: 'Imports', icon: IconTableImport, needs: 'import' },
  { to: '/outbox', label: 'Outbox', icon: IconInbox, needs: 'outbox.read' },
  { to: '/settings', label: 'Settings', icon: IconSettings, needs: 'settings.read' },
];

/** The office around a page: places at the left (a drawer on a phone), search and the person at the top. */
export function Shell({
  person,
  role,
  permissions,
  company,
  companies,
  children,
}: {
  person: { name: string; email: string };
  role: string;
  permissions: readonly string[];
  company: { id: number; name: string };
  companies: { id: number; name: string }[];
  children: React.ReactNode;
}) {
  const [opened, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  useEffect(close, [pathname, close]);
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={0}
    >
      <a href="#content" className="skip-link">
        Skip to the page
      </a>
      <AppShell.Header className={classes.header}>
        <Group gap="xs" wrap="nowrap">
          <Burger
            opened={opened}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={opened ? 'Close menu' : 'Open menu'}
          />
          <Link to="/" className={classes.brand}>
            <Brand />
          </Link>
        </Group>
        <SearchBox />
        <Menu position="bottom-end">
          <Menu.Target>
            <UnstyledButton className={classes.person}>
              <Text component="span" size="sm" fw={500} truncate visibleFrom="sm" maw={220}>
                {company.name}
              </Text>
              <Avatar size={28} radius="xl" color="evergreen" name={person.name} variant="light" alt="" aria-hidden />
              <span className="visually-hidden">{person.name}: open menu</span>
            </UnstyledButton>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>
              {person.name} · {role}
              <br />
              {person.email}
            </Menu.Label>
            {companies.length > 1 && (
              <>
                <Menu.Divider />
                <Menu.Label>Company</Menu.Label>
                {companies.map((other) => (
                  <Form key={other.id} method="post" action="/sign-in/company">
                    <input type="hidden" name="companyId" value={other.id} />
                    <Menu.Item type="submit" disabled={other.id === company.id}>
                      {other.name}
                    </Menu.Item>
                  </Form>
                ))}
              </>
            )}
            <Menu.Divider />
            <Form method="post" action="/sign-out">
              <Menu.Item type="submit" leftSection={<IconLogout size={16} aria-hidden />}>
                Sign out
              </Menu.Item>
            </Form>
          </Menu.Dropdown>
        </Menu>
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} aria-label="Main">
        {places
          .filter((place) => permissions.includes(place.needs))
          .map((place) => (
            <NavLink key={place.to} to={place.to} end={place.to === '/'} className={classes.place}>
              <place.icon size={18} stroke={1.6} aria-hidden />
              {place.label}
            </NavLink>
          ))}
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className={classes.main}>
        <div className={classes.page}>{children}</div>
      </AppShell.Main>
    </AppShell>
  );
}
