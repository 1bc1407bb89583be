"""Words that can't both be true of one thing: a sentence with the one where its passage has the other is turned."""

from functools import lru_cache
from itertools import product

from learnx.domain.foreign_contraries import FOREIGN_CONTRARIES
from learnx.domain.irregular_forms import IRREGULAR
from learnx.domain.kinship import root
from learnx.domain.terms import FUNCTION_WORDS, stem, word_list

_FUNCTION_STEMS = frozenset(map(stem, FUNCTION_WORDS))
#: Words that are no other word's form, whatever their endings look like.
_ALONE = frozenset(map(stem, word_list("everything nothing every everybody nobody everyone")))
_NONE = frozenset[str]()


@lru_cache(maxsize=16_384)
def sense(term: str) -> str:
    """What the forms of a word have in common, irregular ones too: of the stems of "rose" and "rising" alike."""
    if term in _FUNCTION_STEMS or term in _ALONE:
        return term
    found = root(min({term} | IRREGULAR.get(term, _NONE)))
    return found[:-1] if found.endswith("e") and len(found) > _SHORTEST_SENSE else found


_SHORTEST_SENSE = 3
#: The senses that turn a statement over when they replace a sense; function words too, since here they carry meaning.
CONTRARIES: dict[str, frozenset[str]] = {}
for _pair in word_list(
    """
        increase/decrease more/less more/fewer higher/lower high/low larger/smaller large/small greater/smaller
        greater/less before/after above/below inner/outer inside/outside internal/external positive/negative
        maximum/minimum maximize/minimize always/never rise/fall gain/lose absorb/release absorb/emit attract/repel
        hot/cold warm/cool faster/slower fast/slow longer/shorter long/short stronger/weaker strong/weak
        thicker/thinner thick/thin left/right upper/lower best/worst better/worse early/late earlier/later first/last
        acid/alkalin acidic/basic exothermic/endothermic input/output open/close start/stop begin/end enter/leave
        add/remove accept/reject allow/prevent allow/forbid enable/disable northern/southern eastern/western
        north/south east/west active/passive dominant/recessive anode/cathode oxidation/reduction oxidize/reduce
        prokaryotic/eukaryotic convex/concave synchronous/asynchronous ascend/descend upstream/downstream
        expand/contract majority/minority safe/dangerous possible/impossible raise/lower raise/reduce raise/decrease
        rise/drop increase/reduce increase/lower double/halve triple/halve always/rarely always/seldom
        always/sometimes often/rarely often/seldom usually/rarely usually/never sometimes/never rarely/never
        often/never all/none all/some nobody/everybody everyone/nobody stop/continue highest/lowest largest/smallest
        biggest/smallest longest/shortest fastest/slowest strongest/weakest hottest/coldest oldest/youngest
        older/younger lighter/heavier heavy/light deep/shallow wide/narrow wet/dry rich/poor create/destroy
        produce/consume true/false same/different present/absent import/export success/failure beneficial/harmful
        even/odd most/least more/least most/less many/few much/little similar/different alike/different same/other
        urban/rural public/private male/female man/woman men/women boy/girl mother/father brother/sister son/daughter
        parent/child husband/wife king/queen light/dark bright/dim bright/dark bright/faint light/heavy day/night
        young/old new/old modern/ancient recent/ancient near/far close/distant nearby/distant simple/complex
        easy/difficult easy/hard common/rare frequent/rare frequent/infrequent normal/abnormal healthy/sick
        healthy/ill able/unable likely/unlikely soft/hard smooth/rough sharp/blunt clean/dirty full/empty tall/short
        big/small huge/tiny vast/tiny thin/fat broad/narrow loud/quiet solid/liquid solid/gas liquid/gas live/die
        life/death alive/dead born/died win/lose won/lost victory/defeat attack/defend war/peace friend/enemy
        love/hate happy/sad happy/unhappy hope/fear true/untrue right/wrong correct/incorrect correct/wrong good/bad
        good/evil help/harm help/hinder hinder/promote prevent/promote inhibit/promote inhibit/activate
        inhibit/stimulate suppress/stimulate suppress/promote block/allow support/oppose support/reject agree/disagree
        confirm/refute confirm/deny confirm/reject prove/disprove approve/reject include/exclude present/past
        future/past ancestor/descendant cause/effect buy/sell borrow/lend teach/learn send/receive push/pull
        arrive/depart arrive/leave appear/disappear attach/detach connect/disconnect join/separate unite/divide
        merge/split lengthen/shorten widen/narrow strengthen/weaken improve/worsen improve/deteriorate speed/slow
        accelerate/slow accelerate/decelerate grow/shrink heat/cool freeze/melt freeze/boil freeze/thaw
        evaporate/condense dissolve/precipitate approach/recede advance/retreat succeed/fail win/fail pass/fail
        over/under up/down upward/downward inward/outward forward/backward ahead/behind front/back front/rear
        top/bottom begin/finish start/finish start/end during/after during/before until/after until/since
        inside/outside indoor/outdoor clockwise/counterclockwise vertical/horizontal parallel/perpendicular odd/even
        prime/composite finite/infinite visible/invisible known/unknown direct/indirect direct/inverse
        voluntary/involuntary conscious/unconscious formal/informal mature/immature permanent/temporary
        constant/variable stable/unstable natural/artificial natural/synthetic organic/inorganic domestic/foreign
        local/global national/international individual/collective primary/secondary major/minor superior/inferior
        anterior/posterior dorsal/ventral proximal/distal chronic/acute benign/malignant systolic/diastolic
        afferent/efferent sensory/motor sympathetic/parasympathetic introvert/extrovert optimist/pessimist
        explicit/implicit concrete/abstract qualitative/quantitative subjective/objective inductive/deductive
        dependent/independent single/married wealth/poverty wealthy/poor winter/summer spring/autumn morning/evening
        today/yesterday noon/midnight sunrise/sunset highland/lowland land/sea wet/arid humid/arid credit/debit
        profit/loss supply/demand asset/liability import/export surplus/deficit inflation/deflation
        employed/unemployed guilty/innocent legal/illegal lawful/unlawful offense/defense allow/prohibit
        permit/prohibit permit/forbid require/forbid encourage/discourage reward/punish reinforcement/punishment
        quick/slow quickly/slowly rapid/slow rapidly/slowly rapid/gradual sudden/gradual toward/away towards/away
        tight/loose tighten/loosen mild/severe certain/uncertain praise/criticize praise/condemn praise/blame
        accelerate/brake maximal/minimal hinder/help ease/worsen relieve/aggravate alleviate/aggravate
        admit/deny borrow/repay cheap/expensive cheap/costly calm/violent brave/cowardly capture/release
        coarse/fine compulsory/optional mandatory/optional required/optional conceal/reveal hide/reveal
        conservative/liberal continuous/discrete continuous/intermittent converge/diverge convergence/divergence
        curable/incurable curved/straight cyclic/linear linear/nonlinear dense/sparse dense/empty
        deposit/withdraw descend/rise dilate/constrict dilute/concentrated dominate/submit dry/humid
        earth/sky elastic/plastic elevate/lower embrace/reject endogenous/exogenous enrich/deplete
        entrance/exit evergreen/deciduous evolve/regress excess/shortage excite/inhibit excitatory/inhibitory
        exhale/inhale expire/inspire extend/flex extension/flexion extinct/extant extravert/introvert
        familiar/unfamiliar fertile/barren fertile/sterile flat/steep flexible/rigid float/sink fluctuate/stabilize
        fragile/sturdy generous/stingy gradual/abrupt guest/host harsh/gentle homogeneous/heterogeneous
        homozygous/heterozygous hydrophilic/hydrophobic hollow/solid ignore/heed immigrant/emigrant
        immigrate/emigrate immigration/emigration implicit/overt inferior/better inflate/deflate inherit/bequeath
        inherited/acquired innate/learned innate/acquired insert/delete insert/extract insulator/conductor
        intake/output isolated/connected junior/senior kinetic/potential lead/follow leading/trailing
        lend/repay literal/figurative literate/illiterate load/unload lock/unlock longitudinal/transverse
        mandatory/voluntary maternal/paternal mental/physical minority/most mobile/stationary moist/dry
        monopoly/competition naive/experienced nasal/oral nocturnal/diurnal nominal/real northward/southward
        eastward/westward notorious/obscure obey/disobey obey/violate obsolete/current occupied/vacant
        offline/online omit/include opaque/transparent optimal/worst optimistic/pessimistic order/chaos
        outgoing/incoming outer/central peak/trough peripheral/central plural/singular polar/equatorial
        polar/nonpolar popular/unpopular pure/impure push/draw random/systematic rational/irrational recall/forget
        remember/forget recovery/relapse recruit/dismiss hire/fire hire/dismiss refuse/accept refuse/agree
        reversible/irreversible rigid/elastic rural/metropolitan save/spend scatter/gather secular/religious
        sequential/parallel serial/parallel simultaneous/sequential sender/receiver sedentary/active
        shorten/extend sick/well sink/rise sink/soar skilled/unskilled slack/tight slender/thick slim/fat
        source/sink specific/general static/dynamic steep/gentle strict/lenient sturdy/weak subtract/add
        subtraction/addition suffer/enjoy summit/foot superficial/deep surface/interior surrender/resist
        symmetric/asymmetric teacher/student tenant/landlord tentative/definite thaw/freeze timid/bold
        tolerant/intolerant tragedy/comedy transient/permanent transient/lasting transmit/receive
        transmitter/receiver trivial/profound trust/distrust turbulent/laminar underestimate/overestimate
        understate/overstate uniform/varied unilateral/bilateral unique/ordinary upgrade/downgrade
        upstream/below vague/precise valid/invalid vein/artery venous/arterial verbal/nonverbal vertebrate/invertebrate
        victim/perpetrator virtue/vice vivid/dull vowel/consonant wax/wane weaken/reinforce weaken/intensify
        wild/domesticated wild/tame willing/reluctant withhold/grant wreck/build yield/resist
        toxic/harmless poisonous/harmless when/before
        exceed/below gain/loss either/neither both/neither every/no everything/nothing rich/deficient abundant/scarce
        abundance/scarcity far/close ample/scarce survive/die accurate/inaccurate common/uncommon
    """
):
    _sides = [sense(stem(_side)) for _side in _pair.split("/")]
    for _side in _sides:
        CONTRARIES[_side] = CONTRARIES.get(_side, frozenset()) | (frozenset(_sides) - {_side})
for _these, _those in FOREIGN_CONTRARIES:
    for _one, _other in product({sense(stem(_w)) for _w in _these}, {sense(stem(_w)) for _w in _those}):
        if _one != _other:
            CONTRARIES[_one] = CONTRARIES.get(_one, frozenset()) | {_other}
            CONTRARIES[_other] = CONTRARIES.get(_other, frozenset()) | {_one}
#: Of each of these one thing has one only.
for _group in """
    north northeast east southeast south southwest west northwest
    red orange yellow green blue purple violet brown pink black white gray
    monday tuesday wednesday thursday friday saturday sunday
    spring summer autumn winter
    mercury venus mars jupiter saturn uranus neptune pluto
    africa america antarctica asia australia europe
    millimeter centimeter meter kilometer micrometer nanometer
    milligram gram kilogram tonne
    milliliter liter
    circle ellipse parabola hyperbola
    triangle square pentagon hexagon
    heart liver kidney lung stomach pancreas spleen brain
    hydrogen helium carbon nitrogen oxygen sodium magnesium aluminum silicon phosphorus sulfur chlorine potassium
    calcium iron copper zinc silver gold tin
""".strip().split("\n"):
    _members = frozenset(sense(stem(_member)) for _member in _group.split())
    for _member in _members:
        CONTRARIES[_member] = CONTRARIES.get(_member, frozenset()) | (_members - {_member})
_PREFIXES = ("un", "in", "im", "ir", "il", "dis", "ab", "non", "mis")
_CONTRARY_PREFIXES = (("over", "under"), ("hyper", "hypo"), ("hyper", "under"), ("over", "hypo"))
_SHORTEST_ROOT = 4


@lru_cache(maxsize=16_384)
def contraries(of: str) -> frozenset[str]:
    """The senses that are contrary to a sense: listed ones, and "unstable" to "stable", "harmful" to "harmless"."""
    found = set(CONTRARIES.get(of, ()))
    for prefix in _PREFIXES:
        rest = of.removeprefix(prefix)
        if rest != of and len(rest) >= _SHORTEST_ROOT:
            found.add(sense(rest))
        elif len(of) >= _SHORTEST_ROOT:
            found.add(prefix + of)
    for pair in _CONTRARY_PREFIXES:
        for prefix, other in (pair, pair[::-1]):
            rest = of.removeprefix(prefix)
            if rest != of and len(rest) >= _SHORTEST_ROOT:
                found.add(other + rest)
    if of.endswith("ful"):
        found.add(of[:-3] + "less")
    if of.endswith("less"):
        found.add(of[:-4] + "ful")
    return frozenset(found)
