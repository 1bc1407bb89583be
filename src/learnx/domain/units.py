"""The writings of units of measure, each reduced to one."""

#: Writings of a unit, the first being the one that all are reduced to. Those of one letter only count right behind
#: a number; ``in`` is left out, being a preposition far more often.
UNITS: dict[str, str] = {}
_WRITINGS = """
    % percent pct | °c celsius ℃ | °f fahrenheit | k kelvin kelvins | ° degree degrees deg |
    m meter meters metre metres | km kilometer kilometers kilometre kilometres |
    cm centimeter centimeters centimetre centimetres | mm millimeter millimeters millimetre millimetres |
    µm micrometer micrometers micrometre micrometres micron microns um |
    nm nanometer nanometers nanometre nanometres | mile miles mi | ft foot feet | inch inches | yd yard yards |
    g gram grams gramme grammes | kg kilogram kilograms kilogramme kilogrammes | mg milligram milligrams |
    µg microgram micrograms | ton tons | tonne tonnes | lb lbs pound pounds | oz ounce ounces |
    l liter liters litre litres | ml milliliter milliliters millilitre | gallon gallons gal |
    s sec second seconds | ms millisecond milliseconds | µs microsecond microseconds |
    ns nanosecond nanoseconds | min minute minutes | h hr hrs hour hours | day days | week weeks |
    month months | year years yr yrs | decade decades | century centuries | hz hertz | khz kilohertz |
    mhz megahertz | ghz gigahertz | n newton newtons | j joule joules | kj kilojoule kilojoules |
    cal calorie calories | kcal kilocalorie kilocalories | w watt watts | kw kilowatt kilowatts |
    mw megawatt megawatts | kwh | v volt volts | mv millivolt millivolts | a ampere amperes amp amps |
    ohm ohms ω | pa pascal pascals | kpa kilopascal kilopascals | mpa megapascal megapascals | bar bars |
    atm atmosphere atmospheres | psi | mol mole moles | ev | kev | mev | gev | bit bits | byte bytes |
    kb kilobyte kilobytes | mb megabyte megabytes | gb gigabyte gigabytes | tb terabyte terabytes |
    $ dollar dollars usd | € euro euros eur | £ gbp | gpm | cfs | mgd | cmh | lps | rpm | ppm | bpm |
    db decibel decibels | ly lightyear lightyears | AU | parsec parsecs pc | kpc kiloparsec kiloparsecs |
    acre acres | hectare hectares | pint pints | quart quarts | teaspoon teaspoons tsp |
    tablespoon tablespoons tbsp | mph | kph kmh | knot knots | radian radians | arcsecond arcseconds arcsec |
    arcminute arcminutes arcmin | lumen lumens | lux | becquerel becquerels bq | sievert sieverts sv |
    millisievert millisieverts msv | millibar millibars mbar | yen | rupee rupees | franc francs | peso pesos
"""
#: Units of two words, by their stems or with a hyphen, and what they are reduced to.
UNITS_OF_TWO_WORDS = {
    "light year": "ly", "light second": "light-second", "light minute": "light-minute", "light hour": "light-hour",
    "astronomical unit": "AU", "nautical mile": "nautical mile", "metric ton": "tonne",
}  # fmt: skip
for _writings in _WRITINGS.split("|"):
    _names = _writings.split()
    UNITS.update(dict.fromkeys(_names, _names[0]))
