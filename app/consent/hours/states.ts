/** Minutes after midnight, from and until; null is a day without sending. */
export type Day = readonly [opens: number, closes: number] | null;

/** Monday first, as ISO counts the days. */
export type Week = readonly [Day, Day, Day, Day, Day, Day, Day];

const from = (opens: number, closes: number): Day => [opens * 60, closes * 60];
const week = (weekday: Day, saturday: Day = weekday, sunday: Day = saturday): Week => [
  weekday,
  weekday,
  weekday,
  weekday,
  weekday,
  saturday,
  sunday,
];

/** Federal rule for telephones (47 CFR 64.1200(c)(1)): 8 am to 9 pm where the recipient is. Nothing goes beyond it. */
export const federalWeek: Week = week(from(8, 21));

/**
 * States whose hours differ from the federal ones. All from secondary sources: check each against the state's law before
 * relying on it. This table is the only place where they stand. It is no legal advice.
 */
export const stateWeeks: Readonly<Record<string, Week>> = {
  AL: week(from(8, 20), from(8, 20), null), // check
  CT: week(from(9, 20)), // check
  FL: week(from(8, 20)), // check
  KY: week(from(10, 21)), // check
  LA: week(from(8, 20), from(8, 20), null), // check
  MA: week(from(8, 20)), // check
  MD: week(from(8, 20)), // check
  MS: week(from(8, 20), from(8, 20), null), // check
  NV: week(from(9, 20)), // check
  OK: week(from(8, 20)), // check
  RI: week(from(9, 18), from(10, 17)), // check
  TX: week(from(9, 21), from(9, 21), from(12, 21)), // check
  WA: week(from(8, 20)), // check
};

/** States and territories by their two letters. */
export const stateNames: Readonly<Record<string, string>> = {
  AL: 'Alabama',
  AK: 'Alaska',
  AZ: 'Arizona',
  AR: 'Arkansas',
  CA: 'California',
  CO: 'Colorado',
  CT: 'Connecticut',
  DE: 'Delaware',
  DC: 'District of Columbia',
  FL: 'Florida',
  GA: 'Georgia',
  HI: 'Hawaii',
  ID: 'Idaho',
  IL: 'Illinois',
  IN: 'Indiana',
  IA: 'Iowa',
  KS: 'Kansas',
  KY: 'Kentucky',
  LA: 'Louisiana',
  ME: 'Maine',
  MD: 'Maryland',
  MA: 'Massachusetts',
  MI: 'Michigan',
  MN: 'Minnesota',
  MS: 'Mississippi',
  MO: 'Missouri',
  MT: 'Montana',
  NE: 'Nebraska',
  NV: 'Nevada',
  NH: 'New Hampshire',
  NJ: 'New Jersey',
  NM: 'New Mexico',
  NY: 'New York',
  NC: 'North Carolina',
  ND: 'North Dakota',
  OH: 'Ohio',
  OK: 'Oklahoma',
  OR: 'Oregon',
  PA: 'Pennsylvania',
  RI: 'Rhode Island',
  SC: 'South Carolina',
  SD: 'South Dakota',
  TN: 'Tennessee',
  TX: 'Texas',
  UT: 'Utah',
  VT: 'Vermont',
  VA: 'Virginia',
  WA: 'Washington',
  WV: 'West Virginia',
  WI: 'Wisconsin',
  WY: 'Wyoming',
  AS: 'American Samoa',
  FM: 'Micronesia',
  GU: 'Guam',
  MH: 'Marshall Islands',
  MP: 'Northern Mariana Islands',
  PR: 'Puerto Rico',
  PW: 'Palau',
  VI: 'Virgin Islands',
};

/** A state as people write it, reduced to what is compared: upper case, letters only. `D.C.` is `DC`. */
export const stateKey = (text: string): string => text.toUpperCase().replaceAll(/[^A-Z]/g, '');

/** Every way in which a state may be written, by `stateKey`, to its two letters. */
export const stateKeys: ReadonlyMap<string, string> = new Map([
  ...Object.entries(stateNames).flatMap(([code, name]): [string, string][] => [
    [code, code],
    [stateKey(name), code],
  ]),
  ['WASHINGTONDC', 'DC'],
  ['USVIRGINISLANDS', 'VI'],
]);
