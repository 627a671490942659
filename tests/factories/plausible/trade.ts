export const units = ['Plumbing', 'HVAC', 'Electrical', 'Commercial Services'] as const;
export type Unit = (typeof units)[number];

/** One line of work: prices in whole dollars, from and to; parts are taxed, labor is not. */
export type Line = { text: string; from: number; to: number; part?: boolean; most?: number };

export type Service = {
  unit: Exclude<Unit, 'Commercial Services'>;
  summary: string;
  /** How often it is asked for. */
  weight: number;
  lines: Line[];
};

const part = (text: string, from: number, to: number, most = 1): Line => ({ text, from, to, part: true, most });
const labor = (text: string, from: number, to: number): Line => ({ text, from, to });
const service = (unit: Service['unit'], summary: string, weight: number, ...lines: Line[]): Service => ({
  unit,
  summary,
  weight,
  lines,
});

const call = labor('Service call and diagnosis', 89, 129);

export const services: readonly Service[] = [
  service('Plumbing', 'Kitchen drain cleared', 9, labor('Drain cleaning, up to 50 ft', 185, 265)),
  service(
    'Plumbing',
    'Main line cleared and camera inspection',
    5,
    labor('Main line clearing', 325, 450),
    labor('Camera inspection', 195, 250),
  ),
  service(
    'Plumbing',
    'Water heater replacement, 50 gal gas',
    4,
    part('50 gal gas water heater', 1150, 1480),
    part('Expansion tank and fittings', 140, 210),
    labor('Installation and haul away', 480, 640),
  ),
  service(
    'Plumbing',
    'Water heater replacement, 40 gal electric',
    3,
    part('40 gal electric water heater', 820, 1060),
    labor('Installation and haul away', 420, 540),
  ),
  service('Plumbing', 'Tankless water heater descaled', 3, labor('Flush and descale', 195, 260)),
  service(
    'Plumbing',
    'Toilet rebuilt, master bath',
    6,
    part('Fill valve, flapper and supply', 48, 85, 2),
    labor('Labor', 110, 160),
  ),
  service(
    'Plumbing',
    'Faucet replaced, kitchen',
    5,
    part('Kitchen faucet, brushed nickel', 185, 340),
    labor('Removal and installation', 165, 220),
  ),
  service(
    'Plumbing',
    'Slab leak located and repaired',
    2,
    call,
    labor('Leak detection', 285, 360),
    labor('Reroute with PEX', 980, 2150),
  ),
  service(
    'Plumbing',
    'Garbage disposal replaced, 3/4 hp',
    4,
    part('3/4 hp disposal', 195, 290),
    labor('Installation', 140, 190),
  ),
  service(
    'Plumbing',
    'Sump pump replaced',
    3,
    part('1/2 hp sump pump with check valve', 310, 460),
    labor('Installation', 220, 310),
  ),
  service(
    'Plumbing',
    'Hose bib replaced, frost free',
    3,
    part('Frost-free hose bib', 42, 68, 2),
    labor('Labor', 145, 195),
  ),
  service(
    'Plumbing',
    'Pressure reducing valve replaced',
    2,
    part('Pressure reducing valve, 3/4 in', 165, 230),
    labor('Labor', 210, 285),
  ),
  service(
    'Plumbing',
    'Whole-house repipe, PEX',
    1,
    part('PEX-A pipe and fittings', 1850, 2900),
    labor('Repipe, two days, two technicians', 3900, 6200),
  ),
  service('HVAC', 'AC tune-up', 11, labor('21-point cooling tune-up', 119, 159)),
  service(
    'HVAC',
    'Heat pump tune-up, two systems',
    6,
    labor('Heating tune-up, first system', 119, 159),
    labor('Heating tune-up, second system', 89, 119),
  ),
  service(
    'HVAC',
    'Capacitor and contactor replaced',
    7,
    call,
    part('Dual run capacitor', 145, 220),
    part('Contactor', 130, 185),
  ),
  service('HVAC', 'Blower motor replaced', 4, call, part('ECM blower motor', 480, 790), labor('Labor', 240, 330)),
  service(
    'HVAC',
    'Refrigerant leak repaired and recharged',
    4,
    call,
    part('R-410A, per pound', 85, 110, 5),
    labor('Leak repair and evacuation', 420, 690),
  ),
  service(
    'HVAC',
    'Heat pump replacement, 3 ton',
    2,
    part('3 ton heat pump and air handler', 5200, 7400),
    labor('Installation, permit and start-up', 1900, 2600),
  ),
  service('HVAC', 'Gas furnace igniter replaced', 5, call, part('Hot surface igniter', 165, 240)),
  service(
    'HVAC',
    'Thermostat replaced, Wi-Fi',
    4,
    part('Wi-Fi thermostat', 180, 265),
    labor('Wiring and set-up', 120, 165),
  ),
  service(
    'HVAC',
    'Condensate drain cleared, float switch added',
    5,
    labor('Condensate line clearing', 145, 195),
    part('Float switch', 65, 95),
  ),
  service('HVAC', 'Duct sealing, crawl space', 2, labor('Duct sealing with mastic', 690, 1350)),
  service(
    'HVAC',
    'Ductless mini split installed',
    1,
    part('12,000 BTU mini split', 1650, 2250),
    labor('Installation and line set', 1450, 1980),
  ),
  service(
    'Electrical',
    'Panel replaced, 200 amp',
    2,
    part('200 A panel and breakers', 980, 1350),
    labor('Installation and inspection', 1450, 1950),
  ),
  service('Electrical', 'Outlets replaced with GFCI', 5, part('GFCI outlet', 34, 48, 4), labor('Labor', 135, 240)),
  service('Electrical', 'Ceiling fan installed', 4, labor('Fan assembly and installation', 165, 245)),
  service(
    'Electrical',
    'EV charger circuit, 50 amp',
    2,
    part('50 A breaker, wire and NEMA 14-50', 290, 420),
    labor('Circuit run and permit', 540, 860),
  ),
  service(
    'Electrical',
    'Recessed lighting, living room',
    3,
    part('LED recessed light, 6 in', 42, 60, 8),
    labor('Labor', 340, 560),
  ),
  service(
    'Electrical',
    'Breaker tripping, circuit traced',
    4,
    call,
    part('AFCI breaker', 68, 95, 2),
    labor('Troubleshooting', 120, 220),
  ),
  service(
    'Electrical',
    'Whole-house surge protector installed',
    2,
    part('Surge protector, type 2', 165, 230),
    labor('Installation', 145, 195),
  ),
  service(
    'Electrical',
    'Standby generator serviced',
    2,
    labor('Annual generator service', 245, 330),
    part('Oil, filter and plugs', 85, 120),
  ),
];

/** Work that only businesses ask for, on top of the above. */
export const commercialServices: readonly Service[] = [
  service(
    'HVAC',
    'Rooftop units, quarterly maintenance',
    8,
    labor('Quarterly maintenance, per visit', 480, 1450),
    part('Pleated filter, 20x25x2', 9, 14, 8),
  ),
  service(
    'Plumbing',
    'Backflow preventers tested and certified',
    5,
    labor('Backflow test and certification', 145, 480),
  ),
  service('Plumbing', 'Grease line jetted', 4, labor('Hydro jetting, kitchen line', 480, 760)),
  service(
    'HVAC',
    'Walk-in cooler repaired',
    4,
    call,
    part('Evaporator fan motor', 165, 240, 2),
    labor('Labor', 240, 520),
  ),
  service(
    'Electrical',
    'Parking lot lights repaired',
    3,
    part('LED wall pack', 185, 290, 4),
    labor('Lift and labor', 420, 780),
  ),
  service(
    'HVAC',
    'Rooftop unit replaced, 5 ton',
    1,
    part('5 ton package unit', 6400, 8900),
    labor('Crane, curb adapter and start-up', 2900, 4200),
  ),
  service('Plumbing', 'Restroom fixtures repaired', 4, part('Flush valve kit', 68, 110, 4), labor('Labor', 190, 360)),
  service(
    'Electrical',
    'Exit and emergency lights tested',
    3,
    labor('Annual test and report', 220, 390),
    part('Battery', 24, 38, 6),
  ),
];

export const technicians: Record<Service['unit'], string[]> = {
  Plumbing: ['Marcus Bell', 'Dana Whitlow', 'Luis Ocampo', 'Travis Eaton'],
  HVAC: ['Renee Sandoval', 'Pete Kowalski', 'Andre Simms', 'Hollis Grady'],
  Electrical: ['Joanna Pruitt', 'Kwame Addo', 'Nate Farris'],
};

export const membershipPlans: Record<'residential' | 'commercial', { name: string; priceCents: number }[]> = {
  residential: [
    { name: 'Comfort plan', priceCents: 18_900 },
    { name: 'Comfort plan, two systems', priceCents: 28_900 },
    { name: 'Whole-home plan', priceCents: 34_900 },
  ],
  commercial: [
    { name: 'Preventive maintenance, quarterly', priceCents: 148_000 },
    { name: 'Preventive maintenance, monthly', priceCents: 396_000 },
  ],
};
