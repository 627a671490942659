import { Button, Stack } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { Form, useNavigate, useRevalidator } from '@remix-run/react';
import { useRef } from 'react';

import type { AudienceCounts, AudienceMember } from '#app/audiences/audience.server.ts';
import type { AudienceChoices } from '#app/audiences/choices.server.ts';
import type { AudienceFields } from '#app/audiences/form.ts';
import type { AudienceRules } from '#app/audiences/rules.ts';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';

import { AudienceCard } from './AudienceCard.tsx';
import { AudienceFieldset } from './AudienceFieldset.tsx';
import classes from './AudienceStep.module.css';
import type { Frame } from './frame.ts';
import { StepsFrame } from './StepsFrame.tsx';
import { takeOver } from './take-over.ts';
import { useAutosave } from './useAutosave.ts';

type Props = {
  frame: Frame;
  mayEdit: boolean;
  currency: string;
  rules: AudienceRules;
  version: string;
  savedAt: string;
  today: string;
  counts: AudienceCounts;
  sample: AudienceMember[];
  choices: AudienceChoices;
  /** What a form that was sent before JavaScript got back. */
  refused: { errors: Record<string, string>; fields: AudienceFields } | null;
};

/** Step 1: whom the campaign is about, with a live count of who gets it and who is left out. */
export function AudienceStep(props: Props) {
  const { frame, mayEdit, refused } = props;
  const { id } = frame.campaign;
  const form = useRef<HTMLFormElement>(null);
  const mounted = useMounted();
  const navigate = useNavigate();
  const revalidator = useRevalidator();
  const { autosave, state } = useAutosave<AudienceFields>({
    url: `/campaigns/${id}/save`,
    step: 'audience',
    version: props.version,
    savedAt: props.savedAt,
    onSaved: () => revalidator.revalidate(),
  });
  const change = () => {
    if (form.current) autosave.push(fieldsOf(form.current));
  };
  const errors = state.kind === 'invalid' ? state.errors : (refused?.errors ?? {});
  const counting = state.kind === 'saving' || revalidator.state !== 'idle';
  return (
    <StepsFrame
      frame={frame}
      current="audience"
      {...(mayEdit && {
        save: state,
        autosave,
        takeOver: takeOver(id, 'audience', autosave, () => autosave.unsaved(), navigate),
      })}
    >
      <div className={classes.page}>
        <Form ref={form} method="post" onChange={change} onSubmit={(event) => mounted && event.preventDefault()}>
          <ErrorSummary errors={refused?.errors} />
          <input type="hidden" name="version" value={props.version} />
          <fieldset disabled={!mayEdit} className={classes.fields}>
            <Stack gap="md">
              <AudienceFieldset
                rules={props.rules}
                fields={refused?.fields}
                errors={errors}
                choices={props.choices}
                onPreset={change}
              />
              {!mounted && (
                <div>
                  <Button type="submit">Save and count</Button>
                </div>
              )}
            </Stack>
          </fieldset>
        </Form>
        <AudienceCard
          campaignId={id}
          channel={props.frame.campaign.channel}
          counts={props.counts}
          sample={props.sample}
          per={props.rules.per}
          today={props.today}
          currency={props.currency}
          busy={counting}
        />
      </div>
    </StepsFrame>
  );
}

/** The form as `rulesFromForm` reads it. */
function fieldsOf(form: HTMLFormElement): AudienceFields {
  const sent = new FormData(form);
  // Several boxes of one name, none of them ticked, must replace what was ticked before.
  const fields: AudienceFields = { tagsAny: [], tagsNone: [], businessUnitIds: [] };
  for (const key of new Set(sent.keys())) {
    const values = sent.getAll(key).map(String);
    fields[key] = Array.isArray(fields[key]) ? values : (values[0] ?? '');
  }
  return fields;
}
