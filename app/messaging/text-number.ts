/** Whether texts can be addressed to it: `+` and 8 to 15 digits (E.164, ITU-T recommendation). */
export const isTextNumber = (address: string): boolean => /^\+[1-9]\d{7,14}$/.test(address);
