import * as shared from '../merge/LinkMenus.tsx';
import { useBuilder } from './builder-context.tsx';

/** *Special links*, the same in the text toolbar (S0-02) and under the Url box (S0-03). */
export function SpecialLinksMenu(
  props: Omit<React.ComponentProps<typeof shared.SpecialLinksMenu>, 'portal' | 'announce'>,
) {
  const { portal, announce } = useBuilder();
  return <shared.SpecialLinksMenu {...props} portal={portal} announce={announce} />;
}

/** *Merge tags* of the text toolbar. */
export function MergeTagsMenu(props: Omit<React.ComponentProps<typeof shared.MergeTagsMenu>, 'announce'>) {
  const { announce } = useBuilder();
  return <shared.MergeTagsMenu {...props} announce={announce} />;
}
