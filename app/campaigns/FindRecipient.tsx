import { Anchor, Text, TextInput } from '@mantine/core';
import { Form, Link } from '@remix-run/react';
import { IconSearch } from '@tabler/icons-react';

import classes from './PreviewStep.module.css';

/** Finds somebody among a campaign's recipients. @param kept what of the address stays as it is while searching */
export function FindRecipient({
  search,
  kept,
  found,
  among,
}: {
  search: string;
  kept: Record<string, string | number>;
  found: { to: string; name: string; number: string }[];
  among: 'this campaign' | 'the audience';
}) {
  return (
    <>
      <Form method="get" role="search" style={{ marginTop: 16 }}>
        {Object.entries(kept).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <TextInput
          key={search}
          type="search"
          name="q"
          defaultValue={search}
          aria-label="Find a recipient by name, address or invoice"
          placeholder="Name, address or invoice"
          leftSection={<IconSearch size={16} aria-hidden />}
        />
      </Form>
      {search && (
        <ul className={classes.found}>
          {found.map((one) => (
            <li key={one.to}>
              <Anchor component={Link} to={one.to} className={classes.hit}>
                <span>{one.name}</span>
                <Text span size="sm" c="dimmed">
                  {one.number}
                </Text>
              </Anchor>
            </li>
          ))}
          {found.length === 0 && (
            <li>
              <Text size="sm" c="dimmed">
                {`Nobody in ${among} matches “${search}”.`}
              </Text>
            </li>
          )}
        </ul>
      )}
    </>
  );
}
