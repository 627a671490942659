import { Button, NativeSelect } from '@mantine/core';
import { Form, useNavigation, useSubmit } from '@remix-run/react';

import { Section } from '#app/ui/Section.tsx';

import classes from './import.module.css';
import type { FileKind } from './records.ts';
import { type Mapping, type Target, TARGETS, targetsFor } from './targets.ts';
import { kindLabels } from './words.ts';

export type MappingColumn = { name: string; filled: number; samples: string[] };

/** What each column of a file becomes. Choosing another kind of file starts the columns anew. */
export function MappingForm({
  columns,
  kind,
  mapping,
  dateOrder,
  aside,
}: {
  columns: MappingColumn[];
  kind: FileKind;
  mapping: Mapping;
  dateOrder: 'mdy' | 'dmy' | '';
  aside: React.ReactNode;
}) {
  const busy = useNavigation().state === 'submitting';
  const submit = useSubmit();
  const chosen = new Map<number, Target>();
  for (const [target, list] of Object.entries(mapping) as [Target, number[]][]) {
    for (const column of list) chosen.set(column, target);
  }
  const options = [
    { value: '', label: 'Ignore' },
    ...targetsFor(kind).map((target) => ({ value: target, label: TARGETS[target] })),
  ];
  return (
    <Form method="post" noValidate key={kind}>
      <input type="hidden" name="was" value={kind} />
      <div className={classes.choices}>
        <NativeSelect
          id="kind"
          name="kind"
          label="What the file holds"
          data={Object.entries(kindLabels).map(([value, label]) => ({ value, label }))}
          defaultValue={kind}
          onChange={(event) => submit(event.currentTarget.form, { preventScrollReset: true })}
        />
        <NativeSelect
          id="dateOrder"
          name="dateOrder"
          label="Dates such as 03/04/2026"
          data={[
            { value: '', label: 'As the file’s own dates suggest' },
            { value: 'mdy', label: 'March 4 (month first)' },
            { value: 'dmy', label: 'April 3 (day first)' },
          ]}
          defaultValue={dateOrder}
        />
      </div>
      <div style={{ marginTop: 16 }}>
        <Section title="Columns" flush>
          <table className={classes.columns} id="columns">
            <thead>
              <tr>
                <th scope="col">In the file</th>
                <th scope="col">Examples</th>
                <th scope="col">Becomes</th>
              </tr>
            </thead>
            <tbody>
              {columns.map((column, index) => (
                // A column has no other identity than its place.
                <tr key={index} data-ignored={chosen.has(index) ? undefined : true}>
                  <th scope="row">
                    {column.name || <span className={classes.blank}>Column {index + 1}, without a name</span>}
                  </th>
                  <td className={classes.samples}>
                    {column.filled === 0 ? (
                      <span className={classes.blank}>Empty</span>
                    ) : (
                      column.samples.map((sample) => <span key={sample}>{sample}</span>)
                    )}
                  </td>
                  <td>
                    <NativeSelect
                      name={`column-${index}`}
                      aria-label={`${column.name || `Column ${index + 1}`} becomes`}
                      data={options}
                      defaultValue={chosen.get(index) ?? ''}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Section>
      </div>
      <div style={{ display: 'flex', justifyContent: 'flex-end', gap: 8, marginTop: 16, flexWrap: 'wrap' }}>
        {aside}
        <Button type="submit" loading={busy}>
          Preview
        </Button>
      </div>
    </Form>
  );
}
