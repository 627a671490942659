import { Button } from '@mantine/core';
import { Link, useSearchParams } from '@remix-run/react';

import { EmptyState } from './EmptyState.tsx';

/** In place of a list of which nothing fits search and filters; leads back to all of it. */
export function NoMatch({ noun, to }: { noun: string; to: string }) {
  const term = useSearchParams()[0].get('q');
  return (
    <EmptyState
      title={`No ${noun} matches`}
      action={
        <Button variant="default" component={Link} to={to} mt="xs">
          Show all {noun}s
        </Button>
      }
    >
      {term ? `Nothing was found for “${term}” with these filters.` : `No ${noun} fits these filters.`}
    </EmptyState>
  );
}
