import type { CSSProperties, ReactNode } from 'react';

import { formatPhone } from '#app/ui/format.ts';

import { words } from './words.en.ts';

/** What a customer page shows of its company. */
export type FrameBrand = {
  name: string;
  phone: string;
  email: string;
  /** Readable on white. */
  color: string;
  logo: { url: string; width: number; height: number } | null;
};

/** The company's head and foot around a customer page. @param preview draws it inside an office page */
export function PortalFrame({
  brand,
  signedIn = false,
  preview = false,
  home = '/',
  children,
}: {
  brand: FrameBrand;
  signedIn?: boolean;
  preview?: boolean;
  /** Where the company's name leads; null where the host has no start page. */
  home?: string | null;
  children: ReactNode;
}) {
  const mark = brand.logo ? (
    <img
      src={brand.logo.url}
      height={50}
      width={Math.round((brand.logo.width * 50) / brand.logo.height)}
      alt={brand.name}
    />
  ) : (
    brand.name
  );
  const Main = preview ? 'div' : 'main';
  const Head = preview ? 'div' : 'header';
  const Foot = preview ? 'div' : 'footer';
  return (
    <div className={preview ? 'cp' : 'cp cp-page'} style={{ '--cp-color': brand.color } as CSSProperties}>
      <Head className="cp-head">
        <div>
          {home === null ? (
            <span className="cp-brand">{mark}</span>
          ) : (
            <a className="cp-brand" href={home}>
              {mark}
            </a>
          )}
          {signedIn && (
            <form method="post" action="/logout">
              <button className="cp-plain" type="submit">
                {words.signOut}
              </button>
            </form>
          )}
        </div>
      </Head>
      <Main className="cp-main">{children}</Main>
      <Foot className="cp-foot">
        <div>
          <span>
            {words.questions} {brand.name}
          </span>
          <Contact brand={brand} />
        </div>
      </Foot>
    </div>
  );
}

/** How to reach the company, as links that a phone can use. */
export function Contact({ brand }: { brand: Pick<FrameBrand, 'phone' | 'email'> }) {
  return (
    <>
      {brand.phone && <a href={`tel:${brand.phone}`}>{formatPhone(brand.phone)}</a>}
      {brand.email && <a href={`mailto:${brand.email}`}>{brand.email}</a>}
    </>
  );
}
