/** What stands beside the button when the limit of test sends is reached. @param minutes until the next one fits */
export function tooManyTests(minutes: number): string {
  return `Too many tests at once. Send the next one in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`;
}
