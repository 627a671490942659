import { useNavigate } from '@remix-run/react';

/**
 * For links of which a page has many, each dearer as a component than as an element. A plain click changes what the page
 * shows, and leaves it where it is; anything else is the browser's own.
 * @returns the links' click handler
 */
export function useFollow() {
  const navigate = useNavigate();
  return (event: React.MouseEvent<HTMLAnchorElement>) => {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    navigate(event.currentTarget.getAttribute('href')!, { preventScrollReset: true });
  };
}

/** The main button, without a key that asks for another tab or window. */
export const isPlainClick = (event: React.MouseEvent) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
