import { notFound } from '#app/web/staff.server.ts';

/** Any other address of the office. */
export function loader() {
  throw notFound();
}

export default function NotFound() {
  return null;
}
