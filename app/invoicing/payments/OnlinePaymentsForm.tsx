import { Button, Group, Stack, Switch, Text } from '@mantine/core';
import { Form, Link } from '@remix-run/react';
import { useState } from 'react';

import { LeaveUnsaved } from '#app/ui/LeaveUnsaved.tsx';
import { Section } from '#app/ui/Section.tsx';
import tabClasses from '#app/ui/TabLinks.module.css';
import { formatMoney } from '#app/ui/format.ts';

import { LEAST_CENTS } from './amount.ts';
import {
  heldBack,
  inForce,
  onlineSettingLabels,
  onlineSettingNames,
  onlineTabs,
  type OnlineSetting,
  type OnlineSettings,
  type OnlineTab,
} from './online-settings.ts';
import classes from './OnlinePaymentsForm.module.css';

type Props = {
  /** As saved, or as typed and not saved. */
  settings: OnlineSettings;
  saved: OnlineSettings;
  version: string;
  tab: OnlineTab;
  edits: boolean;
  saving: boolean;
  /** The text that carries a payment link, on a phone (S1-04). */
  preview: React.ReactNode;
};

/**
 * What can be paid online, and who texts links to pay (S1-01 to S1-06). Nothing holds before *Save*. The fields of the tab that is
 * not shown go along as they stand, so that no tab takes back what another one said.
 */
export function OnlinePaymentsForm({ settings, saved, version, tab, edits, saving, preview }: Props) {
  const [ticked, setTicked] = useState(settings);
  const wanted = inForce(ticked);
  const unsaved = onlineSettingNames.some((name) => wanted[name] !== saved[name]);
  const shown = onlineTabs.find((one) => one.key === tab)!;
  const toggle = (name: OnlineSetting, help?: string) => {
    const why = heldBack(name, wanted);
    return (
      <Switch
        id={name}
        name={name}
        label={onlineSettingLabels[name]}
        description={why ?? help}
        checked={wanted[name]}
        onChange={(event) => setTicked({ ...ticked, [name]: event.currentTarget.checked })}
        disabled={!edits || why !== null}
      />
    );
  };
  const other = onlineTabs.find((one) => one.key !== tab)!.setting;
  return (
    <Form method="post" action={`?tab=${tab}`}>
      <input type="hidden" name="version" value={version} />
      {wanted[other] && <input type="hidden" name={other} value="on" />}
      <Stack gap="md">
        <Section title="Enable Payment Options">
          <Stack gap="md">
            {toggle('smsInvoiceLinks', 'Customers get a link by text that pays their invoice.')}
            <div className={classes.below}>{toggle('smsFromOffice')}</div>
            {toggle('emailFromMobile', 'Technicians email invoices with a link to pay from their phone.')}
            <div className={classes.below}>{toggle('smsFromMobile')}</div>
          </Stack>
        </Section>
        <Section>
          <nav aria-label="Ways to pay" className={tabClasses.tabs}>
            {onlineTabs.map((one) => (
              <Link
                key={one.key}
                to={`?tab=${one.key}`}
                className={tabClasses.tab}
                aria-current={one.key === tab ? 'page' : undefined}
                preventScrollReset
              >
                {one.label}
              </Link>
            ))}
          </nav>
          <Stack gap="md">
            {toggle(
              shown.setting,
              shown.key === 'ach'
                ? 'From a bank account. The money takes some days to arrive.'
                : 'Visa, Mastercard and others, as your payment account takes them.',
            )}
            {!wanted.cards && !wanted.ach && (
              <Text size="sm" c="brick">
                With neither, nobody can pay online, and no payment link can be texted.
              </Text>
            )}
            {wanted.smsInvoiceLinks && (
              <div>
                <h3 className={classes.heading}>SMS Text Message Preview</h3>
                {preview}
                <Text size="sm" c="dimmed" mt="xs">
                  The words can’t be changed: they keep to the rules for texts, so that carriers deliver them. Name,
                  number, amount and link are each invoice’s own.
                </Text>
              </div>
            )}
          </Stack>
        </Section>
        <Section title="Amounts">
          <Stack gap="xs">
            {toggle('partialPayments', 'Customers may pay a part of what they owe.')}
            <Text size="sm" c="dimmed">
              The least that can be paid online is {formatMoney(LEAST_CENTS)}.
            </Text>
          </Stack>
        </Section>
        {edits && (
          <Group justify="flex-end" gap="md">
            {unsaved && (
              <Text size="sm" c="dimmed">
                Nothing of this holds before you save.
              </Text>
            )}
            <Button type="submit" loading={saving}>
              Save
            </Button>
          </Group>
        )}
      </Stack>
      <LeaveUnsaved unsaved={edits && unsaved && !saving} />
    </Form>
  );
}
