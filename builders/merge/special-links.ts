export type SpecialLinkId = 'customer_portal' | 'pay_invoice' | 'unsubscribe';

export type SpecialLink = {
  readonly id: SpecialLinkId;
  /** Where it stands under *Special links* in the builders' menus, outermost first. */
  readonly menu: readonly string[];
  readonly label: string;
  /** The merge name in it, such as `links.customer_portal`. */
  readonly name: string;
  /** What is inserted as the address. */
  readonly tag: string;
  /** The text of the link when nothing was selected. */
  readonly text: string;
  /** What must be set up before it works (S0-06); null when it always works. */
  readonly requires: 'portal' | null;
};

/** The one list of special links, shown by the email, text and postcard builders (S0-02, S0-03, S0-05). */
export const specialLinks: readonly SpecialLink[] = [
  link('customer_portal', ['Online Experience'], 'Customer Portal', 'Go to the Customer Portal', 'portal'),
  link('pay_invoice', ['Online Experience'], 'Pay invoice', 'Pay this invoice', 'portal'),
  link('unsubscribe', ['Subscription'], 'Unsubscribe', 'Unsubscribe', null),
];

/** The company's Customer Portal, as the builders know it. */
export type Portal = { readonly ready: boolean; readonly settingsHref: string };

/** What a link that requires the portal is told while there is none (S0-06). */
export const PORTAL_MISSING = 'The Customer Portal is not set up, so this link would lead nowhere.';

/** The special link whose whole address is this text (`{{ links.pay_invoice }}`, however spaced), or null. */
export function specialLinkOf(address: string): SpecialLink | null {
  const name = /^\{\{-?\s*(links\.\w+)\s*-?\}\}$/.exec(address.trim())?.[1];
  return specialLinks.find((one) => one.name === name) ?? null;
}

function link(
  id: SpecialLinkId,
  folders: string[],
  label: string,
  text: string,
  requires: 'portal' | null,
): SpecialLink {
  return { id, menu: [...folders, label], label, name: `links.${id}`, tag: `{{ links.${id} }}`, text, requires };
}
