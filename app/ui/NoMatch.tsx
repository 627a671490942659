import { useSearchParams } from '@remix-run/react';

import { EmptyState } from './EmptyState.tsx';
import { LinkButton } from './LinkButton.tsx';

/** In place of a list of which nothing fits search and filters; leads back to all of it. */
export function NoMatch({ noun, nouns = `${noun}s`, to }: { noun: string; nouns?: string; to: string }) {
  const term = useSearchParams()[0].get('q');
  return (
    <EmptyState title={`No ${noun} matches`} action={<LinkButton to={to}>Show all {nouns}</LinkButton>}>
      {term ? `Nothing was found for “${term}” with these filters.` : `No ${noun} fits these filters.`}
    </EmptyState>
  );
}
