let last = 0;

/** The next number of this process: keeps names, numbers and addresses that factories make up apart. */
export const next = (): number => ++last;
