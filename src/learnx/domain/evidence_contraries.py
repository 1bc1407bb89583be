"""Words that can't both be true of one thing: a sentence with the one where its passage has the other is turned."""

from functools import lru_cache

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
        top/bottom begin/finish start/finish start/end during/after during/before until/after until/since for/against
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
        exceed/below gain/loss either/neither both/neither every/no everything/nothing rich/deficient abundant/scarce
        abundance/scarcity far/close ample/scarce survive/die accurate/inaccurate common/uncommon
    """
):
    _sides = [sense(stem(_side)) for _side in _pair.split("/")]
    for _side in _sides:
        CONTRARIES[_side] = CONTRARIES.get(_side, frozenset()) | (frozenset(_sides) - {_side})
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
