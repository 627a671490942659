import type { PostalAddress } from './postal-address.ts';

/**
 * Whether two writings are of the same address but for capitals, punctuation, the Postal Service's abbreviations (its Publication
 * 28), the line on which the unit stands and the four more digits of a ZIP: nothing that anybody needs to look at.
 */
export const isSameButShort = (one: PostalAddress, other: PostalAddress): boolean => essence(one) === essence(other);

function essence({ line1, line2, city, state, zip }: PostalAddress): string {
  const words = (text: string) =>
    text
      .toUpperCase()
      .replaceAll(/['’.]/g, '')
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word !== '' && !DESIGNATORS.has(word))
      .map((word) => SHORT[word] ?? word)
      .join(' ');
  return [words(`${line1} ${line2}`), words(city), words(state), zip.trim().slice(0, 5)].join('|');
}

/** What stands before a unit's number, or does not. */
const DESIGNATORS = new Set(['APARTMENT', 'APT', 'UNIT', 'SUITE', 'STE']);

const SHORT: Readonly<Record<string, string>> = Object.fromEntries(
  (
    'NORTH N,SOUTH S,EAST E,WEST W,NORTHEAST NE,NORTHWEST NW,SOUTHEAST SE,SOUTHWEST SW,' +
    'ALLEY ALY,AV AVE,AVENUE AVE,BEACH BCH,BEND BND,BOULEVARD BLVD,BRANCH BR,BRIDGE BRG,BROOK BRK,BUILDING BLDG,CANYON CYN,' +
    'CENTER CTR,CIRCLE CIR,COURT CT,COVE CV,CREEK CRK,CROSSING XING,DRIVE DR,ESTATES ESTS,EXPRESSWAY EXPY,EXTENSION EXT,' +
    'FALLS FLS,FLOOR FL,FOREST FRST,FORT FT,FREEWAY FWY,GARDENS GDNS,GLEN GLN,GREEN GRN,GROVE GRV,HARBOR HBR,HEIGHTS HTS,' +
    'HIGHWAY HWY,HILL HL,HILLS HLS,HOLLOW HOLW,ISLAND IS,JUNCTION JCT,KNOLL KNL,LAKE LK,LANDING LNDG,LANE LN,MANOR MNR,' +
    'MEADOW MDW,MEADOWS MDWS,MOUNT MT,MOUNTAIN MTN,PARKWAY PKWY,PLACE PL,PLAZA PLZ,POINT PT,RANCH RNCH,RIDGE RDG,RIVER RIV,' +
    'ROAD RD,ROOM RM,ROUTE RTE,SAINT ST,SHORE SHR,SPRING SPG,SPRINGS SPGS,SQUARE SQ,STATION STA,STREET ST,SUMMIT SMT,' +
    'TERRACE TER,TRACE TRCE,TRAIL TRL,TURNPIKE TPKE,VALLEY VLY,VIEW VW,VILLAGE VLG,VISTA VIS,' +
    'ALABAMA AL,ALASKA AK,ARIZONA AZ,ARKANSAS AR,CALIFORNIA CA,COLORADO CO,CONNECTICUT CT,DELAWARE DE,FLORIDA FL,GEORGIA GA,' +
    'HAWAII HI,IDAHO ID,ILLINOIS IL,INDIANA IN,IOWA IA,KANSAS KS,KENTUCKY KY,LOUISIANA LA,MAINE ME,MARYLAND MD,' +
    'MASSACHUSETTS MA,MICHIGAN MI,MINNESOTA MN,MISSISSIPPI MS,MISSOURI MO,MONTANA MT,NEBRASKA NE,NEVADA NV,OHIO OH,' +
    'OKLAHOMA OK,OREGON OR,PENNSYLVANIA PA,TENNESSEE TN,TEXAS TX,UTAH UT,VERMONT VT,VIRGINIA VA,WASHINGTON WA,WISCONSIN WI,' +
    'WYOMING WY'
  )
    .split(',')
    .map((pair) => pair.split(' ')),
);
