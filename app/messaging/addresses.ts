/** Where customers meet us. Built once from the environment and handed to whatever writes an address. */
export type Addresses = {
  appOrigin: string;
  portalDomain: string;
  linkDomain: string;
};

/** `http` for localhost, `https` anywhere else. */
const scheme = (domain: string) => (/(^|\.)localhost(:\d+)?$/.test(domain) ? 'http' : 'https');

/** The portal of a host (S0-08). @param host one word, as stored */
export const portalOrigin = (at: Addresses, host: string) => `${scheme(at.portalDomain)}://${host}.${at.portalDomain}`;

/** Where a company's short links answer. */
export const linkOrigin = (at: Addresses, subdomain: string) =>
  `${scheme(at.linkDomain)}://${subdomain}.${at.linkDomain}`;
