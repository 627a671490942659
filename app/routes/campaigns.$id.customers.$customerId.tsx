import { notFound } from '#app/web/staff.server.ts';

export function loader() {
  throw notFound();
}

export default function Why() {
  return null;
}
