import type { LoaderFunctionArgs } from '@remix-run/node';
import {
  isRouteErrorResponse,
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  useMatches,
  useRouteError,
  useRouteLoaderData,
} from '@remix-run/react';

/**
 * The page around every page. Office pages name `handle = { scripts: true }` on their layout; customer pages work without any script.
 */
export function loader({ context }: LoaderFunctionArgs) {
  return { nonce: context.nonce };
}

/** The nonce differs by request, but the page keeps the one it came with. */
export const shouldRevalidate = () => false;

/** The office is light until this runs, before anything is painted: then it follows the system. Without scripts it stays light. */
const FOLLOW_SYSTEM =
  "if(matchMedia('(prefers-color-scheme: dark)').matches)document.documentElement.dataset.mantineColorScheme='dark'";

export function Layout({ children }: { children: React.ReactNode }) {
  const matches = useMatches();
  const scripts = matches.some((match) => (match.handle as { scripts?: boolean } | undefined)?.scripts);
  const data = useRouteLoaderData<typeof loader>('root');
  // In the browser the nonce can't be read back, and React must not see a difference.
  const nonce = typeof document === 'undefined' ? data?.nonce : '';
  return (
    <html lang="en" data-mantine-color-scheme={scripts ? 'light' : undefined} suppressHydrationWarning>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        {scripts && (
          <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: FOLLOW_SYSTEM }} />
        )}
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        {scripts && <ScrollRestoration nonce={nonce} />}
        {scripts && <Scripts nonce={nonce} />}
      </body>
    </html>
  );
}

export default function Root() {
  return <Outlet />;
}

/** The last resort, in plain HTML: it must stand when everything else has fallen. */
export function ErrorBoundary() {
  const error = useRouteError();
  const { title, text } = explain(error);
  return (
    <main
      style={{
        fontFamily: 'system-ui, sans-serif',
        maxWidth: 480,
        margin: '15vh auto',
        padding: '0 24px',
        color: '#1d2420',
      }}
    >
      <h1 style={{ fontSize: 20 }}>{title}</h1>
      <p style={{ color: '#5c665f', lineHeight: 1.5 }}>{text}</p>
      <p>
        <a href="/" style={{ color: '#1e6b52' }}>
          Go to the start page
        </a>
      </p>
    </main>
  );
}

/** What happened, what it means, what to do. */
export function explain(error: unknown): { title: string; text: string } {
  if (isRouteErrorResponse(error) && error.status === 404) {
    return { title: 'Nothing is at this address', text: 'It may have been deleted, or the address may be mistyped.' };
  }
  if (isRouteErrorResponse(error) && error.status < 500) {
    return { title: 'This can’t be opened', text: typeof error.data === 'string' ? error.data : 'You may not see it.' };
  }
  return {
    title: 'Something went wrong on our side',
    text: 'Nothing you saved is lost. Try again in a moment; if it stays, tell your administrator.',
  };
}
