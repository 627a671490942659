import './portal.css';

import { Group, SegmentedControl, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';

import { LoginForm } from './LoginForm.tsx';
import { OwedInvoices } from './OwedInvoices.tsx';
import { PortalFrame, type FrameBrand } from './PortalFrame.tsx';
import classes from './PortalPreview.module.css';
import { words } from './words.en.ts';

const example = [
  {
    id: 1,
    number: '1042',
    summary: 'Water heater repair',
    dueOn: '2026-02-28',
    payableCents: 31_000,
    pendingCents: 0,
    currency: 'USD',
  },
  {
    id: 2,
    number: '1057',
    summary: 'Drain cleared',
    dueOn: '2026-03-12',
    payableCents: 12_450,
    pendingCents: 0,
    currency: 'USD',
  },
];

/** The portal as a customer's phone shows it, drawn by the portal's own parts while its settings are typed. */
export function PortalPreview({ brand }: { brand: FrameBrand }) {
  const [page, setPage] = useState('login');
  const screen = useRef<HTMLDivElement>(null);
  // A picture of the page: nothing in it can be clicked or reached by keyboard. React 18 has no prop for it.
  useEffect(() => screen.current?.setAttribute('inert', ''), []);
  return (
    <section aria-label="Preview" className={classes.preview}>
      <Group justify="space-between" mb="xs">
        <Text fw={600}>What customers see</Text>
        <SegmentedControl
          size="xs"
          value={page}
          onChange={setPage}
          aria-label="Page shown"
          data={[
            { value: 'login', label: 'Login page' },
            { value: 'home', label: 'Invoices' },
          ]}
        />
      </Group>
      <div className={classes.phone}>
        <div ref={screen} aria-hidden className={classes.screen}>
          <PortalFrame brand={brand} preview signedIn={page === 'home'}>
            {page === 'login' ? (
              <LoginForm idPrefix="preview-" />
            ) : (
              <>
                <div className="cp-tight">
                  <p className="cp-quiet">{words.hello('Maria')}</p>
                  <h1>{words.owe(2)}</h1>
                  <p className="cp-sum">$434.50</p>
                </div>
                <OwedInvoices rows={example} today="2026-03-10" />
              </>
            )}
          </PortalFrame>
        </div>
      </div>
    </section>
  );
}
