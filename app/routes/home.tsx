import { Button, Group, Stack, Text } from '@mantine/core';
import { redirect, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Link, useLoaderData } from '@remix-run/react';

import { AgingTable } from '#app/invoicing/reports/AgingTable.tsx';
import { agedDebt } from '#app/invoicing/reports/aging.server.ts';
import { addDays } from '#app/invoicing/reports/aging.ts';
import { campaignReturns, officeState } from '#app/campaigns/returns.server.ts';
import { DollarsByDay } from '#app/campaigns/DollarsByDay.tsx';
import { nextSteps } from '#app/campaigns/next-steps.ts';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { Figure } from '#app/ui/Figure.tsx';
import { dateIn, formatDollars, formatNoun } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { requireStaff } from '#app/web/staff.server.ts';

import classes from './home.module.css';

export const meta: MetaFunction = () => [{ title: 'Home · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'customers.read');
  if (staff.staff.role === 'technician') throw redirect('/jobs');
  if (!staff.may('campaigns.read')) throw redirect('/customers');
  const { timeZone } = staff.company;
  const today = dateIn(timeZone, new Date());
  return staff.tx(async (tx) => {
    const debt = await agedDebt(tx, today);
    const returns = await campaignReturns(tx, { from: addDays(today, -89), to: today, timeZone });
    const state = await officeState(tx, today);
    return { debt, returns, steps: nextSteps(state, staff.may), empty: !state.invoices, today };
  });
}

export default function Home() {
  const { debt, returns, steps, empty } = useLoaderData<typeof loader>();
  const { company, may } = useOffice();
  if (empty) return <Beginning company={company.name} mayImport={may('import')} />;
  const month = sum(returns.days.slice(-30));
  const quarter = sum(returns.days);
  return (
    <>
      <PageHeader
        title="Home"
        actions={
          may('campaigns.edit') && (
            <Button component={Link} to="/campaigns/new">
              New campaign
            </Button>
          )
        }
      />
      <div className={classes.grid}>
        <div className={classes.main}>
          <Section title="What is owed" flush aside={<Link to="/reports/aging">Aging by customer</Link>}>
            <div className={classes.figures}>
              <Figure
                label="Owed in all"
                size={28}
                value={formatDollars(debt.totalCents)}
                note={formatNoun(debt.totalInvoices, 'unpaid invoice')}
              />
              <Figure
                label="Overdue"
                size={28}
                value={<span className={classes.overdue}>{formatDollars(debt.overdueCents)}</span>}
                note={<Link to="/invoices?age=overdue&sort=due">{formatNoun(debt.overdueInvoices, 'invoice')}</Link>}
              />
              <Figure
                label="Who owes"
                size={28}
                value={debt.customers.toLocaleString('en-US')}
                note={
                  <Link to="/customers?owes=any&sort=-balance">{debt.customers === 1 ? 'customer' : 'customers'}</Link>
                }
              />
            </div>
            <AgingTable buckets={debt.buckets} totalCents={debt.totalCents} totalInvoices={debt.totalInvoices} />
          </Section>
          <Section title="What campaigns brought back">
            <div className={classes.returns}>
              <div className={classes.pair}>
                <Figure
                  label="Last 30 days"
                  size={28}
                  value={formatDollars(month.all)}
                  note={`${formatDollars(month.direct)} direct · ${formatDollars(month.influenced)} influenced`}
                />
                <Figure
                  label="Last 90 days"
                  value={formatDollars(quarter.all)}
                  note={`${formatDollars(quarter.direct)} direct · ${formatDollars(quarter.influenced)} influenced`}
                />
              </div>
              <DollarsByDay title="Collected by day, last 30 days" days={returns.days.slice(-30)} />
            </div>
            <Text size="sm" c="dimmed" mt="sm">
              Direct: the customer clicked, then paid. Influenced: a message reached them, then they paid within 30
              days.
            </Text>
            {returns.campaigns.length > 0 && (
              <ul className={classes.campaigns} aria-label="Campaigns of the last 90 days, by dollars">
                {returns.campaigns.map((campaign) => (
                  <li key={campaign.id}>
                    <Link to={`/campaigns/${campaign.id}`}>{campaign.name}</Link>
                    <span className={classes.payments}>{formatNoun(campaign.payments, 'payment')}</span>
                    <span className="figures">{formatDollars(campaign.directCents + campaign.influencedCents)}</span>
                  </li>
                ))}
              </ul>
            )}
          </Section>
        </div>
        <Section title="What to do next">
          {steps.length === 0 ? (
            <Text c="dimmed">
              Nothing waits for you. Every overdue invoice that may be reminded of is in a campaign.
            </Text>
          ) : (
            <ul className={classes.steps}>
              {steps.map((step) => (
                <li key={step.key}>
                  <Text fw={500}>{step.title}</Text>
                  <Text size="sm" c="dimmed">
                    {step.why}
                  </Text>
                  <Link to={step.to} className={classes.do}>
                    {step.verb}
                  </Link>
                </li>
              ))}
            </ul>
          )}
        </Section>
      </div>
    </>
  );
}

/** What a new company sees: the one step that everything else follows from. */
function Beginning({ company, mayImport }: { company: string; mayImport: boolean }) {
  return (
    <>
      <PageHeader title="Home" />
      <Section>
        <EmptyState
          title={`Bring in what ${company} is owed`}
          action={
            mayImport && (
              <Group gap="xs" justify="center" mt="xs">
                <Button component={Link} to="/imports">
                  Import customers and invoices
                </Button>
              </Group>
            )
          }
        >
          <Stack gap={4}>
            <span>
              Fieldpost starts from your unpaid invoices. Export them from QuickBooks, Jobber, Housecall Pro or
              ServiceTitan as CSV and import the file here.
            </span>
            {!mayImport && <span>An administrator, a marketer or the office can do this.</span>}
          </Stack>
        </EmptyState>
      </Section>
    </>
  );
}

function sum(days: { directCents: number; influencedCents: number }[]) {
  const direct = days.reduce((cents, day) => cents + day.directCents, 0);
  const influenced = days.reduce((cents, day) => cents + day.influencedCents, 0);
  return { direct, influenced, all: direct + influenced };
}
