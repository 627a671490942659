import { Anchor, Text } from '@mantine/core';
import { Link } from '@remix-run/react';

import type { AudienceCounts, AudienceMember } from '#app/audiences/audience.server.ts';
import { exclusions, type AudienceRules } from '#app/audiences/rules.ts';
import { audienceNoun, exclusionWords } from '#app/audiences/words.ts';
import { formatAge, formatCount, formatDollars, formatMoney, formatNoun } from '#app/ui/format.ts';
import { Section } from '#app/ui/Section.tsx';
import type { Channel } from '#db/schema/columns.ts';

import classes from './AudienceStep.module.css';

/** Who will get it: how many, what they owe, who is left out and why, and the first of them by name. */
export function AudienceCard({
  campaignId,
  channel,
  counts,
  sample,
  per,
  today,
  currency,
  busy = false,
}: {
  campaignId: number;
  channel: Channel;
  counts: AudienceCounts;
  sample: AudienceMember[];
  per: AudienceRules['per'];
  today: string;
  currency: string;
  busy?: boolean;
}) {
  const people = `/campaigns/${campaignId}/people`;
  return (
    <aside className={classes.aside} aria-label="Who will get it">
      <Section title="Who will get it">
        <div className={busy ? classes.busy : undefined}>
          <div role="status">
            <Text fw={600} className="figures" style={{ fontSize: 28, lineHeight: '36px' }}>
              {audienceNoun(counts.eligible, per)}
            </Text>
            <Text c="dimmed" className="figures">
              {owing(counts, per, currency)}
            </Text>
          </div>
          <LeftOut campaignId={campaignId} channel={channel} counts={counts} />
          {sample.length > 0 && (
            <>
              <ul className={classes.people} style={{ marginTop: 16 }}>
                {sample.map((member) => (
                  <li key={member.invoiceId}>
                    <span>
                      <Text span truncate display="block">
                        {member.name}
                      </Text>
                      <Text span size="sm" c="dimmed" display="block" truncate>
                        {member.number} · {formatAge(member.dueOn, today)}
                      </Text>
                    </span>
                    <Text span className="figures">
                      {formatMoney(member.owedCents, currency)}
                    </Text>
                  </li>
                ))}
              </ul>
              {counts.eligible > sample.length && (
                <Anchor component={Link} to={people} size="sm" display="inline-block" mt="xs">
                  See all {formatCount(counts.eligible)}
                </Anchor>
              )}
            </>
          )}
        </div>
      </Section>
    </aside>
  );
}

function owing(counts: AudienceCounts, per: AudienceRules['per'], currency: string): string {
  if (counts.eligible === 0) return 'Nobody matches these rules right now.';
  const who =
    per === 'customer'
      ? 'They owe'
      : `${formatNoun(counts.customers, 'customer')} owe${counts.customers === 1 ? 's' : ''}`;
  return `${who} ${formatDollars(counts.owedCents, currency)} on ${per === 'customer' ? 'matching invoices' : 'them'}.`;
}

/** Those who match and are left out, by reason; each number leads to their names. */
export function LeftOut({
  campaignId,
  channel,
  counts,
}: {
  campaignId: number;
  channel: Channel;
  counts: AudienceCounts;
}) {
  const out = counts.matched - counts.eligible;
  if (out === 0) return null;
  return (
    <div style={{ marginTop: 16 }}>
      <Text size="sm" fw={600}>
        {formatCount(out)} left out
      </Text>
      <ul className={classes.reasons}>
        {exclusions
          .filter((reason) => counts.byExclusion[reason])
          .map((reason) => {
            const count = counts.byExclusion[reason] ?? 0;
            return (
              <li key={reason}>
                <Text span className="figures" size="sm">
                  {formatCount(count)}
                </Text>
                <Text span size="sm">
                  {exclusionWords(reason, channel, count)}
                </Text>
                <Anchor component={Link} to={`/campaigns/${campaignId}/people?show=${reason}`} size="sm">
                  See {count === 1 ? 'who' : 'them'}
                  <span className="visually-hidden">: {exclusionWords(reason, channel, 2)}</span>
                </Anchor>
              </li>
            );
          })}
      </ul>
    </div>
  );
}
