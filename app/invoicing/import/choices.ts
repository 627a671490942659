import { guessMapping } from './header.ts';
import type { Choices } from './plan.ts';
import type { Survey } from './survey.ts';
import { isTarget, type Mapping } from './targets.ts';
import { isKind } from './words.ts';

/**
 * What the form of the columns says: fields `kind`, `was` (the kind it was drawn for), `dateOrder` and `column-0` on.
 * `anew`: another kind of file was chosen, so the columns are guessed again. Unknown names count as not chosen.
 */
export function readChoices(form: FormData, survey: Survey): { choices: Choices; anew: boolean } {
  const said = form.get('kind');
  const kind = isKind(said) ? said : survey.kind;
  const order = form.get('dateOrder');
  const dateOrder = order === 'mdy' || order === 'dmy' ? order : null;
  const anew = form.get('was') !== kind;
  if (anew) {
    const header = survey.columns.map((column) => column.name);
    const sample = [0, 1, 2].map((i) => survey.columns.map((column) => column.samples[i] ?? ''));
    const mapping = survey.headerRow === 0 ? {} : guessMapping(header, sample, kind);
    return { choices: { kind, dateOrder, mapping }, anew };
  }
  const mapping: Mapping = {};
  survey.columns.forEach((_, column) => {
    const target = form.get(`column-${column}`);
    if (typeof target === 'string' && isTarget(target)) mapping[target] = [...(mapping[target] ?? []), column];
  });
  return { choices: { kind, dateOrder, mapping }, anew };
}
