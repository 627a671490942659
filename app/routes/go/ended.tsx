import { notFound } from '#app/web/staff.server.ts';

/** Any other address of a link host. */
export function loader() {
  throw notFound();
}

export default function Ended() {
  return null;
}
