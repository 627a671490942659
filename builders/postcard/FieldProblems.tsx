import { Button } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { IconAlertCircle } from '@tabler/icons-react';

import { PortalMissing } from '../merge/LinkMenus.tsx';
import { placeOf, type Problem } from '../merge/problem.ts';
import { PORTAL_MISSING, type Portal } from '../merge/special-links.ts';
import { select } from '../sms/text-typing.tsx';
import classes from './PlainField.module.css';

/** What is wrong with a text: first what has a place in it, each with the way there (B-10). */
export function FieldProblems({
  problems,
  said = [],
  warnings = [],
  text = '',
  portal,
  field,
}: {
  problems: readonly Problem[];
  /** Sentences about the whole text. */
  said?: readonly string[];
  warnings?: readonly Problem[];
  text?: string;
  portal: Portal;
  field?: React.RefObject<HTMLTextAreaElement>;
}) {
  const mounted = useMounted();
  const show = (problem: Problem) => {
    const { start, end } = placeOf(text, problem);
    if (field?.current) select(field.current, start, end);
  };
  return (
    <div className={classes.live} aria-live="polite">
      {problems.length + said.length + warnings.length > 0 && (
        <ul className={classes.problems}>
          {problems.map((problem) => (
            <li key={`${problem.line}:${problem.column}:${problem.message}`}>
              <IconAlertCircle size={16} aria-hidden />
              <span>{problem.message === PORTAL_MISSING ? <PortalMissing portal={portal} /> : problem.message}</span>
              {mounted && field && problem.excerpt !== '' && (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  color="gray"
                  aria-label={`Show line ${problem.line}, character ${problem.column}`}
                  onClick={() => show(problem)}
                >
                  Show
                </Button>
              )}
            </li>
          ))}
          {said.map((message) => (
            <li key={message}>
              <IconAlertCircle size={16} aria-hidden />
              <span>{message}</span>
            </li>
          ))}
          {warnings.map(({ message }) => (
            <li key={message} data-warning>
              <IconAlertCircle size={16} aria-hidden />
              <span>{message}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
