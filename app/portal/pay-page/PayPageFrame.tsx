import './pay-page.css';

import { isRouteErrorResponse, useRouteError } from '@remix-run/react';
import type { ReactNode } from 'react';

import { Contact, PortalFrame, type FrameBrand } from '../PortalFrame.tsx';
import { words as portalWords } from '../words.en.ts';
import { payPageWords as words } from './words.en.ts';

const NOBODY: FrameBrand = { name: '', phone: '', email: '', color: '#1e6b52', logo: null };

/** The company's head and foot around a page that is opened without signing in; its name leads nowhere. */
export function PayPageFrame({ brand, children }: { brand: FrameBrand | null; children: ReactNode }) {
  return (
    <PortalFrame brand={brand ?? NOBODY} home={null}>
      <div className="pp">{children}</div>
    </PortalFrame>
  );
}

/** Title, words, and whom to call. */
export function Message({ title, text, brand }: { title: string; text?: string; brand: FrameBrand | null }) {
  return (
    <div className="cp-stack">
      <h1>{title}</h1>
      {text && <p>{text}</p>}
      {brand && (
        <p className="cp-tight">
          <Contact brand={brand} />
        </p>
      )}
    </div>
  );
}

/** What a payment page says instead of anything else: nothing of why, so that no token is told from another. */
export function PayPageError() {
  const error = useRouteError();
  const known = isRouteErrorResponse(error)
    ? (error.data as { closed?: boolean; brand?: FrameBrand | null } | null)
    : null;
  const brand = known?.brand ?? null;
  const { title, text } = wordsOf(error, brand?.name ?? '');
  return (
    <PayPageFrame brand={brand}>
      <Message title={title} text={text} brand={brand} />
    </PayPageFrame>
  );
}

/** The title and text of what went wrong. */
export function wordsOf(error: unknown, company: string): { title: string; text: string } {
  if (isRouteErrorResponse(error) && (error.data as { closed?: boolean } | null)?.closed) {
    return { title: portalWords.closedTitle, text: portalWords.closedText(company) };
  }
  if (isRouteErrorResponse(error) && error.status === 404) {
    return { title: words.missingTitle, text: words.missingText };
  }
  if (isRouteErrorResponse(error) && error.status < 500 && typeof error.data === 'string') {
    return { title: portalWords.refusedTitle, text: error.data };
  }
  return { title: portalWords.failedTitle, text: words.failedText };
}
