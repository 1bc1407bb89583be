"""A document of fifty plain facts: who rearranges them is refused, who retells them is not."""

import msgspec
import pytest
from tests.domain.lesson_material import FILE, chunks

from learnx.domain.grounding import Verifier
from learnx.domain.markers import read_markers
from learnx.domain.prompts import Excerpt

SECTIONS = {
    "What causes the tides": """
Tides are caused by the gravitational pull of the Moon and, to a lesser extent, of the Sun. The Moon's effect
is about 2.2 times as strong as that of the Sun. Spring tides occur when the Sun, the Moon and the Earth are
in line, which happens at new moon and at full moon. Neap tides occur when the Moon is at first quarter or
third quarter. Most coasts have two high tides and two low tides every lunar day, which lasts 24 hours and 50
minutes.

The Coriolis force deflects tidal currents to the right in the northern hemisphere and to the left in the
southern hemisphere. Friction with the sea floor slows the rotation of the Earth by about 2.3 milliseconds per
century. As a result the Moon recedes from the Earth by 3.8 centimetres a year.
""",
    "The harbour": """
Sornvik was founded in 1642 by Admiral Henrik Dahl, after King Olav had refused to fortify the older port at
Trellen. The harbour basin is 12 metres deep at low water, and ships that draw more than 10 metres may enter
only within two hours of high water. The lock was built between 1887 and 1891 by the engineer Marta Lindqvist.
It replaced a wooden gate which had failed in the storm of 1872. Before the lock was built, ships had to wait
outside for the tide.

If the wind blows from the west for more than six hours, the water level rises by up to 40 centimetres. The
harbour master must close the gate when the level exceeds 2.5 metres above datum. Fishing is allowed in the
outer basin but not in the inner basin. Only vessels with a pilot may enter at night. Not all berths have
shore power: of the 30 berths, 18 are equipped with it.
""",
    "Salt and fish": """
Herring feed on copepods, and cod feed on herring. Salinity in the fjord decreases from the mouth towards the
head. Nitrogen inhibits the growth of the brown alga, whereas phosphorus promotes it. Oxygen is less soluble
in warm water than in cold water. The enzyme catalase converts hydrogen peroxide into water and oxygen. In
2015, mussels accounted for 35 % of the catch and herring for 48 %. The hypothesis that seals cause the
decline of cod has not been confirmed. Copper, but not zinc, is toxic to the larvae at 5 micrograms per litre.
""",
}
REARRANGED = """
Tides are caused by the gravitational pull of the Sun and, to a lesser extent, of the Moon.
Tides cause the gravitational pull of the Moon and the Sun.
The Moon's effect is about 2.2 times as weak as that of the Sun.
Spring tides occur when the Moon is at first quarter or third quarter.
Neap tides occur at new moon and at full moon.
Neap tides occur when the Sun, the Moon and the Earth are in line.
Spring tides never occur at full moon.
Most coasts have two high tides every lunar day, which lasts 24 minutes and 50 hours.
Few coasts have two high tides and two low tides every lunar day.
All coasts have two high tides and two low tides every lunar day.
Most coasts have two high tides or two low tides every lunar day, but not both.
A lunar day lasts 24 hours.
Spring tides occur before the Sun, the Moon and the Earth are in line.
The Coriolis force deflects currents to the left in the northern hemisphere and to the right in the southern one.
The Coriolis force deflects tidal currents to the left in the northern hemisphere.
The Coriolis force deflects tidal currents to the right in the southern hemisphere.
Tidal currents deflect the Coriolis force to the right in the northern hemisphere.
Friction with the sea floor speeds up the rotation of the Earth by about 2.3 milliseconds per century.
Friction with the sea floor slows the rotation of the Moon by about 2.3 milliseconds per century.
The rotation of the Earth slows friction with the sea floor by about 2.3 milliseconds per century.
Friction with the sea floor slows the rotation of the Earth by about 2.3 milliseconds per year.
The Earth recedes from the Sun by 3.8 centimetres a year.
The Moon approaches the Earth by 3.8 centimetres a year.
The Moon recedes from the Earth by 3.8 centimetres a century.
Because the Moon recedes from the Earth by 3.8 centimetres a year, friction slows the rotation of the Earth.
Sornvik was founded in 1642 by King Olav.
King Olav founded Sornvik in 1642.
Trellen was founded in 1642 by Admiral Henrik Dahl.
Admiral Henrik Dahl had refused to fortify the older port at Trellen.
King Olav agreed to fortify the older port at Trellen.
Sornvik was founded before King Olav had refused to fortify the older port at Trellen.
The harbour basin is 10 metres deep at low water.
The harbour basin is 12 metres deep at high water.
Ships that draw less than 10 metres may enter only within two hours of high water.
Ships that draw more than 10 metres may enter only within two hours of low water.
Ships that draw more than 12 metres may enter only within two hours of high water.
The lock was built between 1891 and 1897 by the engineer Marta Lindqvist.
The lock was built in 1872 by the engineer Marta Lindqvist.
The lock was designed by Henrik Dahl between 1887 and 1891.
It replaced a wooden gate which had survived the storm of 1872.
It replaced a steel gate which had failed in the storm of 1872.
After the lock was built, ships had to wait outside for the tide.
Before the lock was built, ships did not have to wait outside for the tide.
If the wind blows from the east for more than six hours, the water level rises by up to 40 centimetres.
If the wind blows from the west for more than six hours, the water level falls by up to 40 centimetres.
If the wind blows from the west for less than six hours, the water level rises by up to 40 centimetres.
If the wind blows from the west for more than six hours, the water level rises by at least 40 centimetres.
If the wind blows from the west for more than six days, the water level rises by up to 40 centimetres.
If the water level rises by up to 40 centimetres, the wind blows from the west for more than six hours.
The harbour master may open the gate when the level exceeds 2.5 metres above datum.
The harbour master must close the gate when the level falls below 2.5 metres above datum.
The harbour master need not close the gate when the level exceeds 2.5 metres above datum.
The harbour master must close the gate when the level exceeds 2.5 metres below datum.
Fishing is allowed in the inner basin but not in the outer basin.
Fishing is allowed in the inner basin.
Fishing is forbidden in the outer basin.
Only vessels without a pilot may enter at night.
All berths have shore power.
Of the 30 berths, 12 are equipped with shore power.
Of the 18 berths, 30 are equipped with shore power.
No berths have shore power.
Cod feed on copepods, and herring feed on cod.
Copepods feed on herring, and herring feed on cod.
Herring feed on cod.
Cod feed on copepods.
Copepods feed on cod.
Salinity in the fjord increases from the mouth towards the head.
Salinity in the fjord decreases from the head towards the mouth.
Phosphorus inhibits the growth of the brown alga, whereas nitrogen promotes it.
Nitrogen promotes the growth of the brown alga.
Phosphorus inhibits the growth of the brown alga.
Oxygen is less soluble in cold water than in warm water.
Oxygen is more soluble in warm water than in cold water.
Warm water is less soluble in oxygen than cold water.
Oxygen is not soluble in warm water.
The enzyme catalase converts water and oxygen into hydrogen peroxide.
Hydrogen peroxide converts the enzyme catalase into water and oxygen.
The enzyme catalase converts hydrogen peroxide into water and hydrogen.
In 2015, herring accounted for 35 % of the catch and mussels for 48 %.
In 2015, mussels accounted for 48 % of the catch.
In 2015, mussels accounted for 35 % of the cod.
In 2015, cod accounted for 48 % of the catch.
The hypothesis that seals cause the decline of cod has been confirmed.
Seals cause the decline of cod.
It has been shown that seals cause the decline of cod.
Cod cause the decline of seals.
The hypothesis that seals cause the decline of cod has been refuted.
Zinc, but not copper, is toxic to the larvae at 5 micrograms per litre.
Zinc is toxic to the larvae at 5 micrograms per litre.
Copper and zinc are toxic to the larvae at 5 micrograms per litre.
Copper is toxic to the larvae at 5 milligrams per litre.
Copper is harmless to the larvae at 5 micrograms per litre.
Copper is toxic to the herring at 5 micrograms per litre.
The Moon's effect is about 2.3 times as strong as that of the Sun.
The Moon's effect is more than 3 times as strong as that of the Sun.
The Moon's effect is more than twice as strong as that of the Sun and 50 times that of Jupiter.
Most coasts have three high tides every lunar day.
Most coasts have a couple of high tides and a dozen low tides every lunar day.
A lunar day lasts 50 minutes.
A lunar day lasts nearly 25 hours, 50 minutes.
A lunar day lasts 24 and a half hours.
There are four high tides every lunar day on most coasts.
Two tides a day occur on most coasts, one high and one low.
Friction slows the rotation of the Earth by about 3.8 milliseconds per century.
The Moon recedes from the Earth by 2.3 centimetres a year.
The Moon recedes from the Earth by 38 metres a year.
The Moon recedes from the Earth by 0.38 metres a year.
The Moon recedes by 380 centimetres every century.
The lock was built in 1642.
The lock took six years to build, from 1887 to 1891.
The lock was finished in 1887.
The lock was begun in 1891.
The storm of 1642 destroyed the gate.
The harbour basin is twelve feet deep at low water.
Ships may enter only within ten hours of high water.
Ships that draw more than 2 metres may enter only within 10 hours of high water.
The wooden gate stood until 1887.
In the 18th century, Admiral Henrik Dahl founded Sornvik.
The water level rises by up to 2.5 metres if the wind blows from the west for more than six hours.
The gate is closed when the level exceeds 40 centimetres above datum.
Eighteen percent of the berths have shore power.
Half of the berths have shore power.
A third of the berths have shore power.
Less than half of the 30 berths have shore power.
There are 18 berths in the harbour.
If the wind blows for six minutes, the level rises by 40 centimetres.
There are 48 berths in all: 30 without and 18 with shore power.
12 berths have shore power.
In 2015, cod accounted for 35 % of the catch.
Herring accounted for more than half of the catch in 2015.
In 2015, mussels accounted for 35 tonnes of the catch.
In 2015, mussels and herring together accounted for 93 % of the catch.
Mussels have accounted for 35 % of the catch since 2015.
Zinc is toxic at 35 micrograms per litre.
Copper is toxic to the larvae at 0.5 micrograms per litre.
Copper is toxic to the larvae at 5 micrograms per millilitre.
The lock was built by the engineer Henrik Dahl.
Marta Lindqvist refused to fortify the older port at Trellen.
King Henrik founded Sornvik in 1642.
Admiral Olav founded Sornvik.
The engineer Marta Dahl built the lock.
Henrik Dahl was a king.
Marta Lindqvist was an admiral.
King Olav had refused to fortify Sornvik.
The lock was built at Trellen between 1887 and 1891.
The storm of 1872 destroyed Trellen.
The Coriolis effect is caused by the Moon.
The tides are caused by the gravitational pull of the Earth.
Cod is an enzyme.
Catalase is produced by cod.
The enzyme peroxidase converts hydrogen peroxide into water and oxygen.
Phosphorus inhibits the growth of herring.
The chronicle says “the gate failed for lack of oak”.
The lock "was built between 1887 and 1892".
The rule reads: “Only vessels without a pilot may enter at night.”
According to the rules, 'fishing is allowed in the inner basin'.
The text says *not all ships have shore power*.
The rules say that "the harbour master must open the gate".
""".strip().splitlines()
RETOLD = """
The pull of the Moon causes the tides, and the Sun contributes to a lesser extent.
The gravity of the Moon, and to a smaller degree that of the Sun, causes the tides.
When the Sun, the Moon and the Earth line up, we get spring tides.
Spring tides occur at new moon and at full moon, when Sun, Moon and Earth are in line.
At first quarter and third quarter we get neap tides.
Most coasts see two high and two low tides in each lunar day.
A lunar day lasts 24 hours and 50 minutes.
Every lunar day most coasts have two high tides and two low tides.
In the northern hemisphere the Coriolis force deflects tidal currents to the right.
In the southern hemisphere tidal currents are deflected to the left by the Coriolis force.
Tidal currents turn to the left in the southern hemisphere because of the Coriolis force.
Friction with the sea floor slows down the Earth's rotation by about 2.3 milliseconds per century.
The Earth's rotation is slowed by friction with the sea floor, by about 2.3 milliseconds each century.
The Moon moves away from the Earth by 3.8 centimetres every year.
Each year the Moon recedes from the Earth by 3.8 centimetres.
Admiral Henrik Dahl founded Sornvik in 1642.
In 1642 Admiral Henrik Dahl founded Sornvik.
King Olav had refused to fortify the older port at Trellen.
Because King Olav had refused to fortify the older port at Trellen, Admiral Henrik Dahl founded Sornvik in 1642.
Sornvik was founded in 1642 by Henrik Dahl, an admiral.
At low water the harbour basin is 12 metres deep.
Ships that draw more than 10 metres may enter only within two hours of high water.
The engineer Marta Lindqvist built the lock between 1887 and 1891.
Between 1887 and 1891 Marta Lindqvist, an engineer, built the lock.
The lock replaced a wooden gate which had failed in the storm of 1872.
A wooden gate had failed in the storm of 1872, and the lock replaced it.
Ships had to wait outside for the tide before the lock was built.
Before there was a lock, ships had to wait for the tide outside.
The water level rises by up to 40 centimetres if the wind blows from the west for more than six hours.
When the wind blows from the west for more than six hours, the water level rises by up to 40 centimetres.
The gate must be closed by the harbour master when the level exceeds 2.5 metres above datum.
When the level is more than 2.5 metres above datum, the harbour master must close the gate.
You may fish in the outer basin but not in the inner basin.
Fishing is allowed in the outer basin, but in the inner basin it is not.
In the inner basin fishing is not allowed.
At night only vessels with a pilot may enter.
Vessels without a pilot may not enter at night.
Of the 30 berths 18 have shore power.
Shore power is available at 18 of the 30 berths.
Copepods are eaten by herring, and herring by cod.
Cod feed on herring, and herring feed on copepods.
Cod eat herring.
From the mouth of the fjord towards its head, salinity decreases.
The brown alga's growth is inhibited by nitrogen and promoted by phosphorus.
Phosphorus promotes the growth of the brown alga, while nitrogen inhibits it.
In warm water oxygen is less soluble than in cold water.
Hydrogen peroxide is converted into water and oxygen by the enzyme catalase.
Catalase is an enzyme that converts hydrogen peroxide into water and oxygen.
It has not been confirmed that seals cause the decline of cod.
Copper is toxic to the larvae at 5 micrograms per litre, but zinc is not.
At 5 micrograms per litre copper is toxic to the larvae.
""".strip().splitlines()


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    excerpts = [
        Excerpt(
            number=number,
            chunk=msgspec.structs.replace(
                chunks()[0],
                text=" ".join(text.split()),
                heading_path=("Tides and the harbour of Sornvik", heading),
                page_marks=chunks()[0].page_marks[:1],
            ),
        )
        for number, (heading, text) in enumerate(SECTIONS.items(), start=1)
    ]
    return Verifier(FILE, excerpts)


@pytest.mark.parametrize("said", REARRANGED)
def test_a_rearranged_fact_is_refused_whatever_excerpt_it_names(verifier: Verifier, said: str) -> None:
    for number in (1, 2, 3):
        assert verifier.verify(read_markers(f"{said[:-1]} [{number}].")).kind is None


@pytest.mark.parametrize("said", RETOLD)
def test_a_retold_fact_stands(verifier: Verifier, said: str) -> None:
    found = verifier.verify(read_markers(f"{said[:-1]} [1, 2, 3]."))
    assert found.kind == "sourced", found.reason
