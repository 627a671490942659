import { Alert, Code, List } from '@mantine/core';

import type { Problem } from '#builders/merge/problem.ts';

/** What keeps an email from being sent, each with its place (B-10); then what should be looked at. */
export function ProblemList({ problems, warnings }: { problems: readonly Problem[]; warnings: readonly Problem[] }) {
  return (
    <>
      {problems.length > 0 && (
        <Alert
          role="status"
          color="brick"
          variant="light"
          mb="md"
          title={
            problems.length === 1
              ? 'One thing can’t be sent as it is'
              : `${problems.length} things can’t be sent as they are`
          }
        >
          <Lines problems={problems} />
        </Alert>
      )}
      {warnings.length > 0 && (
        <Alert role="status" color="amber" variant="light" mb="md" title="Worth a look before launch">
          <Lines problems={warnings} />
        </Alert>
      )}
    </>
  );
}

function Lines({ problems }: { problems: readonly Problem[] }) {
  return (
    <List size="sm" listStyleType={problems.length === 1 ? 'none' : 'disc'}>
      {problems.map((problem, index) => (
        <List.Item key={index}>
          <strong>{problem.where}</strong>: {problem.message} {problem.excerpt && <Code>{problem.excerpt}</Code>}
        </List.Item>
      ))}
    </List>
  );
}
