import type { Portal } from './brand.server.ts';
import type { FrameBrand } from './PortalFrame.tsx';

/** What the page's head and foot show of a company. */
export function frameBrand({ brand: { name, phone, email, color, logo } }: Portal): FrameBrand {
  return {
    name,
    phone,
    email,
    color,
    logo: logo && { url: `/images/${logo.token}`, width: logo.width, height: logo.height },
  };
}
