/** Where a company in Chattanooga works: three states and two time zones within an hour's drive. */
export type Place = {
  city: string;
  state: 'TN' | 'GA' | 'AL';
  zip: string;
  areaCode: string;
  /** How much of the work is there. */
  weight: number;
};

const rows = `
  Chattanooga,TN,37402,423,5|Chattanooga,TN,37404,423,5|Chattanooga,TN,37405,423,8|Chattanooga,TN,37406,423,4
  Chattanooga,TN,37408,423,3|Chattanooga,TN,37409,423,3|Chattanooga,TN,37411,423,6|Chattanooga,TN,37412,423,6
  Chattanooga,TN,37415,423,7|Chattanooga,TN,37416,423,5|Chattanooga,TN,37421,423,9|Hixson,TN,37343,423,9
  Ooltewah,TN,37363,423,7|Soddy Daisy,TN,37379,423,5|Signal Mountain,TN,37377,423,5|Lookout Mountain,TN,37350,423,2
  Harrison,TN,37341,423,3|Apison,TN,37302,423,2|Cleveland,TN,37311,423,4|Cleveland,TN,37312,423,4
  Dayton,TN,37321,423,2|Athens,TN,37303,423,1|Jasper,TN,37347,423,2|Whitwell,TN,37397,423,1
  South Pittsburg,TN,37380,423,1|Dunlap,TN,37327,423,2|Pikeville,TN,37367,423,1|Monteagle,TN,37356,931,1
  Winchester,TN,37398,931,1|Tullahoma,TN,37388,931,1|Rossville,GA,30741,706,4|Fort Oglethorpe,GA,30742,706,4
  Ringgold,GA,30736,706,5|Chickamauga,GA,30707,706,2|Flintstone,GA,30725,706,1|Lookout Mountain,GA,30750,706,2
  Trenton,GA,30752,706,2|Rising Fawn,GA,30738,706,1|Tunnel Hill,GA,30755,706,1|Dalton,GA,30720,706,3
  Dalton,GA,30721,706,3|LaFayette,GA,30728,706,2|Calhoun,GA,30701,706,1|Bridgeport,AL,35740,256,1
  Stevenson,AL,35772,256,1|Scottsboro,AL,35768,256,1|Fort Payne,AL,35967,256,1|Mentone,AL,35984,256,1`;

export const places: readonly Place[] = rows
  .trim()
  .split(/\s*[|\n]\s*/)
  .map((row) => {
    const [city, state, zip, areaCode, weight] = row.split(',') as [string, Place['state'], string, string, string];
    return { city, state, zip, areaCode, weight: Number(weight) };
  });

/** Sales tax on parts, by state and county as they stand together, in hundredths of a percent. */
export const taxRates: Record<Place['state'], number> = { TN: 925, GA: 800, AL: 900 };

export const streets =
  `Alder|Bench|Cane Creek|Barton|Bell Mill|Birchwood|Bluff View|Boy Scout|Brainerd|Briar Hollow|Cedar Glen|
  Chestnut Ridge|Clover Field|Cloudland|Cobblestone|Dogwood|Duck Pond|East Brow|Elder Mountain|Fairyland|Fox Trail|
  Frawley|Gadd|Georgetown|Gold Point|Grandview|Hamill|Hickory Valley|Hunter Bend|Igou Ferry|Ivy Lane|Juniper|Kings Point|
  Lakeshore|Laurel Branch|Lazy Creek|Mahan Gap|Maple Hill|Meadow Lake|Middle Valley|Mill Pond|Mossy Oak|Northwoods|
  Old Dairy|Orchard Knob|Pine Needles|Poplar Spring|Quail Hollow|Redbud|Ridgeway|River Gorge|Rock Spring|Sandstone|
  Shallowford|Short Tail Springs|Standifer|Stonewall|Sugar Maple|Sweet Gum|Timber Ridge|Tyner|Valleybrook|Walnut Bend|
  Waterhouse|Whippoorwill|White Oak|Wild Plum|Windrow|Wisteria|Woodmore`.split(/\s*\|\s*/);

export const streetKinds = ['Road', 'Drive', 'Lane', 'Street', 'Court', 'Avenue', 'Circle', 'Trail', 'Way', 'Place'];
