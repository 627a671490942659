import type { Autosave } from './autosave.ts';

/**
 * The two ways out when somebody else saved first: their version, or one's own as a draft of its own.
 * @param mine everything that the person has on the page
 * @param go opens the copy
 */
export function takeOver<Value extends object>(
  campaignId: number,
  step: 'audience' | 'email' | 'text' | 'postcard',
  autosave: Autosave<Value>,
  mine: () => Partial<Value> | null,
  go: (to: string) => void,
) {
  return {
    reload() {
      autosave.discard();
      window.location.reload();
    },
    /** @returns false when the copy could not be made: then everything stays as it is */
    async keepCopy(): Promise<boolean> {
      const response = await fetch(`/campaigns/${campaignId}/duplicate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ step, value: mine() ?? {} }),
      }).catch(() => null);
      if (!response?.ok || response.redirected) return false;
      const { id } = (await response.json()) as { id: number };
      autosave.discard();
      go(`/campaigns/${id}/${step}`);
      return true;
    },
  };
}
