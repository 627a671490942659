import { stopTexts } from '#app/campaigns/text-stops.server.ts';
import { withCompany } from '#db/client.ts';

import type { TaskWork } from '../task.ts';

export const textsStop: TaskWork<'texts.stop'> = ({ db }, { companyId, code }) =>
  withCompany(db, companyId, (tx) => stopTexts(tx, code));
