import type { MetaFunction } from '@remix-run/node';
import { Link, Outlet, useRouteError } from '@remix-run/react';

import { explain } from '#app/root.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';

export const meta: MetaFunction = ({ error }) => [
  { title: error ? `${explain(error).title} · Fieldpost` : 'Fieldpost' },
];

/** A page that can't be shown says so inside the shell, so that every place stays one click away. */
export default function OfficePage() {
  return <Outlet />;
}

export function ErrorBoundary() {
  const { title, text } = explain(useRouteError());
  return (
    <EmptyState title={title} action={<Link to="/">Go to the start page</Link>}>
      {text}
    </EmptyState>
  );
}
