import { Button, NativeSelect } from '@mantine/core';
import { Form, useSubmit } from '@remix-run/react';

import { ConfirmButton } from '#app/ui/ConfirmButton.tsx';
import { StatusBadge } from '#app/ui/StatusBadge.tsx';
import { SwitchButton } from '#app/ui/SwitchButton.tsx';

import { roleLabels, roles, SMS_LINK_PERMISSION, type Role } from './permissions.ts';
import classes from './StaffList.module.css';

/**
 * Who works here, with the role of each, and whether they may text payment links (S1-07). The last administrator keeps their
 * role: the server says so.
 */
export function StaffList({
  people,
  self,
}: {
  people: {
    id: number;
    name: string;
    email: string;
    role: Role;
    smsLink: boolean;
    smsLinkOwn: boolean;
    invited: boolean;
  }[];
  /** The staff id of whoever looks. */
  self: number;
}) {
  const submit = useSubmit();
  return (
    <ul className={classes.list} aria-label="People">
      {people.map((person) => {
        const at = `/settings/people/${person.id}`;
        return (
          <li key={person.id}>
            <div className={classes.who}>
              <span className={classes.name}>
                {person.name}
                {person.id === self && <span className={classes.note}> (you)</span>}
              </span>
              <span className={classes.note}>{person.email}</span>
              {person.invited && <StatusBadge tone="soon">Invited</StatusBadge>}
            </div>
            <div className={classes.actions}>
              {person.invited && (
                <Form method="post" action={`${at}/invite`}>
                  <Button
                    type="submit"
                    size="xs"
                    variant="default"
                    aria-label={`Send the invitation to ${person.name} again`}
                  >
                    Send again
                  </Button>
                </Form>
              )}
              <Form
                method="post"
                action={`${at}/role`}
                className={classes.role}
                onChange={(event) => submit(event.currentTarget, { preventScrollReset: true })}
              >
                <NativeSelect
                  // The server may refuse the change; then its role stands here again.
                  key={person.role}
                  name="role"
                  size="xs"
                  aria-label={`Role of ${person.name}`}
                  data={roles.map((role) => ({ value: role, label: roleLabels[role].label }))}
                  defaultValue={person.role}
                />
                <noscript>
                  <button type="submit">Save</button>
                </noscript>
              </Form>
              <ConfirmButton
                action={`${at}/remove`}
                title={`Remove ${person.name}?`}
                body={`${person.email} is signed out at once and can’t sign in to this company any more. What they did stays in the audit log.`}
                confirm="Remove person"
                color="brick"
                variant="subtle"
                size="xs"
                aria-label={`Remove ${person.name}`}
              >
                Remove
              </ConfirmButton>
            </div>
            <div className={classes.permission}>
              <SwitchButton
                name="smsLink"
                id={`sms-link-${person.id}`}
                on={person.smsLink}
                label={
                  <>
                    {SMS_LINK_PERMISSION}
                    <span className="visually-hidden"> for {person.name}</span>
                  </>
                }
                help={
                  person.smsLinkOwn
                    ? `Switched for this person. Their role alone would ${person.smsLink ? 'not allow' : 'allow'} it.`
                    : undefined
                }
                action={`${at}/sms-link`}
              />
            </div>
          </li>
        );
      })}
    </ul>
  );
}
