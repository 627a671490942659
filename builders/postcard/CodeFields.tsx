import { TextInput } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { useRef } from 'react';

import type { Problem } from '../merge/problem.ts';
import { useBuilder } from './builder-context.tsx';
import { Choices, type Choice } from './Choices.tsx';
import type { PostcardDocument } from './document.ts';
import { FieldProblems } from './FieldProblems.tsx';
import { QR } from './parts.ts';
import { PlainField } from './PlainField.tsx';

type Code = NonNullable<PostcardDocument['qr']>;

const targets: readonly Choice<Code['target'] | ''>[] = [
  { value: 'customer_portal', name: 'Customer Portal', about: 'Each recipient’s own account.' },
  { value: 'pay_invoice', name: 'Pay invoice', about: 'The recipient’s invoice, ready to be paid.' },
  { value: 'url', name: 'Any URL', about: 'One address for everybody.' },
  { value: '', name: 'No QR code', about: 'Only what the body says.' },
];

/** Where a scan leads (S0-16). Each recipient has a code of their own, so that a scan is counted with a name. */
export function CodeFields({
  value,
  problems,
  onChange,
}: {
  value: Code | null;
  /** Of where it leads. */
  problems: readonly Problem[];
  onChange: (code: Code | null) => void;
}) {
  const { readOnly, portal, errors, fitsOf, warningsOf } = useBuilder();
  const mounted = useMounted();
  // What was typed stays while the code is off.
  const kept = useRef<Code>(value ?? { target: 'customer_portal', url: '', caption: '' });
  if (value) kept.current = value;
  const code = value ?? kept.current;
  const ofUrl = value?.target === 'url' ? problems.map(({ message }) => message) : [];
  return (
    <>
      <Choices
        name="qr.target"
        legend="Where a scan leads"
        value={value?.target ?? ''}
        choices={targets}
        readOnly={readOnly}
        wide
        onChange={(target) => onChange(target === '' ? null : { ...code, target })}
      />
      {(!mounted || value?.target === 'url') && (
        <TextInput
          id="qr.url"
          name="qr.url"
          label="Address"
          description={mounted ? undefined : 'For “Any URL” alone.'}
          placeholder="https://"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          value={code.url}
          readOnly={readOnly}
          error={errors['qr.url'] ?? ofUrl[0]}
          onChange={(event) => onChange({ ...code, target: 'url', url: event.currentTarget.value })}
        />
      )}
      <FieldProblems
        problems={value?.target === 'url' ? [] : problems}
        said={fitsOf('qr')}
        warnings={warningsOf(QR)}
        portal={portal}
      />
      {(!mounted || value !== null) && (
        <PlainField
          name="qr.caption"
          label="Caption of the QR code"
          text={code.caption}
          onChange={(caption) => onChange({ ...code, caption })}
        />
      )}
    </>
  );
}
