import { Button, Text } from '@mantine/core';
import type { LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData, useRouteLoaderData } from '@remix-run/react';

import { primaryStops } from '#app/consent/history.server.ts';
import { purposeLabels, stopLabels } from '#app/consent/history.ts';
import { contactKindLabels } from '#app/invoicing/customers/contact-kinds.ts';
import { listContacts } from '#app/invoicing/customers/contacts.server.ts';
import { agreementWords } from '#app/invoicing/customers/agreement-words.ts';
import { listLocations, listMemberships, listPortalAccess } from '#app/invoicing/customers/customer-record.server.ts';
import { locationTitle } from '#app/invoicing/customers/location-form.ts';
import { addressChecksOf } from '#app/messaging/address-checks.server.ts';
import { LocationCheck } from '#app/messaging/LocationCheck.tsx';
import { PortalAccess } from '#app/invoicing/customers/PortalAccess.tsx';
import { formatDate, formatMoney, formatPhone } from '#app/ui/format.ts';
import { Section } from '#app/ui/Section.tsx';
import { SimpleTable } from '#app/ui/SimpleTable.tsx';
import { StatusBadge } from '#app/ui/StatusBadge.tsx';
import { SwitchButton } from '#app/ui/SwitchButton.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { idParam, requireStaff } from '#app/web/staff.server.ts';

import type { loader as recordLoader } from './customers.$id.tsx';
import classes from './record.module.css';

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'customers.read');
  const id = idParam(args.params.id);
  return staff.tx(async (tx) => ({
    contacts: await listContacts(tx, id),
    locations: await addressChecksOf(tx, await listLocations(tx, id)),
    memberships: await listMemberships(tx, id),
    access: await listPortalAccess(tx, id),
    stops: await primaryStops(tx, id),
  }));
}

const membershipTones = { active: 'paid', suspended: 'soon', expired: 'draft', canceled: 'draft' } as const;

export default function CustomerOverview() {
  const { contacts, locations, memberships, access, stops } = useLoaderData<typeof loader>();
  const { customer } = useRouteLoaderData<typeof recordLoader>('routes/customers.$id')!;
  const { may } = useOffice();
  const at = `/customers/${customer.id}`;
  const edits = may('customers.edit');
  const placeOf = (locationId: number) => {
    const place = locations.find((one) => one.id === locationId);
    return place ? `at ${locationTitle(place)}` : 'at a location';
  };
  const agreements = agreementWords(customer.type).many;
  return (
    <div className={classes.columns}>
      <div className={classes.stack}>
        <Section
          title="Contacts"
          flush
          aside={
            edits && (
              <Button size="xs" variant="default" component={Link} to={`${at}/contacts/new`}>
                Add contact
              </Button>
            )
          }
        >
          {contacts.length === 0 ? (
            <Text c="dimmed" px="md" pb="md">
              No email and no phone number. Campaigns leave this customer out until there is an email.
            </Text>
          ) : (
            <SimpleTable
              label="Contacts"
              rows={contacts}
              rowKey={(contact) => contact.id}
              columns={[
                {
                  key: 'value',
                  label: 'Contact',
                  cell: (contact) => (
                    <span className={classes.wrap}>
                      {contact.kind === 'email' ? contact.value : formatPhone(contact.value)}
                      {contact.memo && <span className={`${classes.quiet} ${classes.small}`}> {contact.memo}</span>}
                      {contact.locationId !== null && (
                        <span className={`${classes.quiet} ${classes.small}`}> · {placeOf(contact.locationId)}</span>
                      )}
                      <span className={`${classes.quiet} ${classes.small} ${classes.phone}`}>
                        {contactKindLabels[contact.kind]}
                        {contact.primary && contact.kind !== 'other' && ' · primary'}
                      </span>
                    </span>
                  ),
                },
                {
                  key: 'kind',
                  label: 'Kind',
                  wide: true,
                  cell: (contact) => (
                    <>
                      {contactKindLabels[contact.kind]}
                      {contact.primary && contact.kind !== 'other' && (
                        <span className={`${classes.quiet} ${classes.small}`}> · primary</span>
                      )}
                    </>
                  ),
                },
                ...(edits
                  ? [
                      {
                        key: 'edit',
                        label: '',
                        numeric: true,
                        cell: (contact: (typeof contacts)[number]) => (
                          <Link to={`${at}/contacts/${contact.id}`} aria-label={`Edit ${contact.value}`}>
                            Edit
                          </Link>
                        ),
                      },
                    ]
                  : []),
              ]}
            />
          )}
        </Section>
        <PortalAccess customerId={customer.id} contacts={contacts} access={access} mayInvite={edits} />
        {memberships.length > 0 && (
          <Section title={agreements} flush>
            <SimpleTable
              label={agreements}
              rows={memberships}
              rowKey={(one) => one.id}
              columns={[
                { key: 'name', label: 'Name', cell: (one) => one.name },
                {
                  key: 'status',
                  label: 'State',
                  cell: (one) => (
                    <StatusBadge tone={membershipTones[one.status]}>
                      {one.status[0]!.toUpperCase() + one.status.slice(1)}
                    </StatusBadge>
                  ),
                },
                {
                  key: 'dates',
                  label: 'From',
                  wide: true,
                  cell: (one) =>
                    `${formatDate(one.startsOn)}${one.endsOn ? ` to ${formatDate(one.endsOn)}` : ', open-ended'}`,
                },
                { key: 'price', label: 'Price', numeric: true, cell: (one) => formatMoney(one.priceCents) },
              ]}
            />
          </Section>
        )}
      </div>
      <div className={classes.stack}>
        <Section title="Campaigns">
          {edits ? (
            <SwitchButton
              name="on"
              on={customer.doNotContact}
              label="Do not contact"
              help="No campaign reaches this customer. Receipts and invitations they ask for still go out."
              action={`${at}/do-not-contact`}
            />
          ) : (
            <Text>
              {customer.doNotContact ? 'No campaign reaches this customer.' : 'Campaigns may reach this customer.'}
            </Text>
          )}
          {stops.map((stop) => (
            <Text key={stop.purpose} size="sm" mt="xs" className={classes.wrap}>
              <StatusBadge tone={stop.reason === 'unsubscribed' ? 'soon' : 'overdue'}>
                {stopLabels[stop.reason] ?? stop.reason}
              </StatusBadge>{' '}
              {stop.address} gets{' '}
              {stop.purpose === 'all' ? 'nothing' : `no ${purposeLabels[stop.purpose].toLowerCase()}`}.{' '}
              <Link to={`${at}/consent`}>See why</Link>
            </Text>
          ))}
        </Section>
        <Section title="About">
          <dl className={classes.pairs}>
            <dt>Type</dt>
            <dd>{customer.type === 'commercial' ? 'Commercial' : 'Residential'}</dd>
            {customer.companyName && customer.companyName !== customer.name && (
              <>
                <dt>Company</dt>
                <dd>{customer.companyName}</dd>
              </>
            )}
            {customer.tags.length > 0 && (
              <>
                <dt>Tags</dt>
                <dd className={classes.tags}>
                  {customer.tags.map((tag) => (
                    <Link key={tag} to={`/customers?tag=${encodeURIComponent(tag)}`} className={classes.tag}>
                      {tag}
                    </Link>
                  ))}
                </dd>
              </>
            )}
          </dl>
          {customer.notes && (
            <Text mt="xs" className={classes.wrap} style={{ whiteSpace: 'pre-line' }}>
              {customer.notes}
            </Text>
          )}
        </Section>
        <Section
          title="Locations"
          aside={
            edits && (
              <Button size="xs" variant="default" component={Link} to={`${at}/locations/new`}>
                Add location
              </Button>
            )
          }
        >
          {locations.length === 0 ? (
            <Text c="dimmed">No address on record.</Text>
          ) : (
            <ul className={classes.list}>
              {locations.map((place) => (
                <li key={place.id} className={classes.place}>
                  <div className={classes.wrap}>
                    {place.name && <Text fw={500}>{place.name}</Text>}
                    {place.line1}
                    {place.line2 && `, ${place.line2}`}
                    {place.line1 && <br />}
                    {[place.city, [place.state, place.zip].filter(Boolean).join(' ')].filter(Boolean).join(', ')}
                    {place.billing && <span className={`${classes.quiet} ${classes.small}`}> · billing</span>}
                    <LocationCheck customerId={customer.id} place={place} edits={edits} />
                  </div>
                  {edits && (
                    <Link to={`${at}/locations/${place.id}`} aria-label={`Edit ${locationTitle(place)}`}>
                      Edit
                    </Link>
                  )}
                </li>
              ))}
            </ul>
          )}
        </Section>
      </div>
    </div>
  );
}
