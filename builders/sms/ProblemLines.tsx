import { Button } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { IconAlertCircle } from '@tabler/icons-react';

import { PortalMissing } from '../merge/LinkMenus.tsx';
import { placeOf, type Problem } from '../merge/problem.ts';
import { PORTAL_MISSING, type Portal } from '../merge/special-links.ts';
import classes from './SmsComposer.module.css';
import { select } from './text-typing.tsx';

/** What keeps the text from being sent, each with the way to its place, then what should be looked at (B-10). */
export function ProblemLines({
  id,
  problems,
  warnings,
  text,
  portal,
  field,
}: {
  id: string;
  problems: readonly Problem[];
  warnings: readonly Problem[];
  text: string;
  portal: Portal;
  field: React.RefObject<HTMLTextAreaElement>;
}) {
  const mounted = useMounted();
  const show = (problem: Problem) => {
    const { start, end } = placeOf(text, problem);
    if (field.current) select(field.current, start, end);
  };
  return (
    <div id={id} aria-live="polite">
      {problems.length + warnings.length > 0 && (
        <ul className={classes.problems}>
          {[...problems, ...warnings].map((problem, index) => (
            <li
              key={`${problem.line}:${problem.column}:${problem.message}`}
              data-warning={index >= problems.length || undefined}
            >
              <IconAlertCircle size={16} aria-hidden />
              <span>{problem.message === PORTAL_MISSING ? <PortalMissing portal={portal} /> : problem.message}</span>
              {mounted && problem.excerpt !== '' && (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  color="gray"
                  aria-label={`Show line ${problem.line}`}
                  onClick={() => show(problem)}
                >
                  Show
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
