import { useState } from 'react';
import { createRoot } from 'react-dom/client';

import { Card } from '#builders/postcard/card.ts';
import { CardSide } from '#builders/postcard/CardSide.tsx';
import { layoutCard } from '#builders/postcard/layout.ts';
import { TurnableCard } from '#builders/postcard/TurnableCard.tsx';

/**
 * A postcard on a page of its own. `?card=` is the card as JSON, `?width=` how wide it is, `?side=` front or back; with `?turn=yes`
 * it can be turned over, with `?guides=yes` the guides show, with `?address=yes` the address, with `?type=yes` the body can be typed.
 */
const query = new URLSearchParams(location.search);
const given = Card.parse(JSON.parse(query.get('card') ?? 'null'));
const pictureUrl = (token: string) => `/pictures/${token}`;

function Page() {
  const [body, setBody] = useState(given.back.body);
  const sheet = layoutCard({ ...given, back: { ...given.back, body } });
  const guides = query.get('guides') === 'yes';
  const shown = { sheet, pictureUrl, guides, address: query.get('address') === 'yes' ? given.address : null };
  return (
    <>
      {query.get('turn') === 'yes' ? (
        <TurnableCard {...shown} label="Postcard to Dana Whitfield" />
      ) : (
        <div style={{ width: query.get('width') ?? '600px' }}>
          <CardSide {...shown} side={query.get('side') === 'back' ? 'back' : 'front'} />
        </div>
      )}
      {query.get('type') === 'yes' && (
        <label>
          Body
          <textarea value={body} onChange={(event) => setBody(event.currentTarget.value)} />
        </label>
      )}
    </>
  );
}

createRoot(document.getElementById('root') ?? document.body).render(<Page />);
