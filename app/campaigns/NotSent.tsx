import { Anchor, Text } from '@mantine/core';
import { Link } from '@remix-run/react';

import { formatCount } from '#app/ui/format.ts';
import { Section } from '#app/ui/Section.tsx';

import { explainReason } from './reasons.ts';
import classes from './Results.module.css';
import type { CampaignResults } from './results.server.ts';

/** Every message that was not sent, by reason in words; each leads to its people (B-04). */
export function NotSent({ campaignId, reasons }: { campaignId: number; reasons: CampaignResults['reasons'] }) {
  const total = reasons.reduce((sum, reason) => sum + reason.count, 0);
  if (total === 0) return null;
  return (
    <Section title={`Not sent ${formatCount(total)}`}>
      <ul className={classes.reasons}>
        {reasons.map((row) => {
          const words = explainReason(row.reason);
          return (
            <li key={`${row.state} ${row.reason}`}>
              <Text span fw={600} className="figures">
                {formatCount(row.count)}
              </Text>
              <div>
                <Anchor
                  component={Link}
                  to={`/campaigns/${campaignId}/messages?show=${row.state}&reason=${row.reason}`}
                  fw={500}
                >
                  {words.label}
                </Anchor>
                <Text size="sm" c="dimmed">
                  {words.why} {words.todo}
                </Text>
              </div>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
