"""Words of English that may stand for one another: of general and academic writing by hand, the rest of WordNet."""

from bisect import bisect_left
from functools import cache, lru_cache
from importlib.resources import files

from learnx.domain.terms import stem, word_list

_GROUPS = """
    show/shows/demonstrate/reveal/indicate/suggest/display/exhibit use/employ/utilize/apply/deploy
    begin/start/began/started/commence/onset end/finish/conclude/cease/stop/terminate
    help/aid/assist/support/facilitate big/large/great/huge/vast/enormous/massive/sizeable
    small/little/tiny/minor/slight get/obtain/acquire/receive/gain/earn
    make/create/produce/generate/form/construct/build/built/made/manufacture
    cause/lead/led/result/trigger/induce/provoke/bring/brought change/alter/modify/vary/shift/transform
    need/require/demand/necessary important/essential/crucial/vital/significant/key/critical/major
    call/name/term/dub/known/label/refer people/person/humans/individual/population country/nation/state
    often/frequently/commonly/regular usually/generally/typical/normal/mostly
    about/approximately/roughly/around/nearly many/numerous/several/multiple/various fast/quick/rapid/swift/speedy
    part/portion/piece/section/component/segment/share kind/type/sort/form/category/class/variety
    place/location/site/area/region/zone/spot way/method/approach/technique/means/manner
    find/found/discover/detect/identify/locate think/believe/consider/regard/assume/suppose
    say/said/state/claim/assert/argue/maintain/report/tell/told/declare explain/describe/account/clarify
    buy/bought/purchase/acquire sell/sold/market live/dwell/reside/inhabit die/died/death/perish
    kill/slay/murder/execute child/children/kid/youngster doctor/physician car/vehicle/automobile
    job/work/occupation/profession/employment money/funds/finance/cash grow/grew/expand/increase/rise/rose/swell
    decline/decrease/fall/fell/drop/diminish/shrink/shrank/reduce/lower/cut
    keep/kept/retain/preserve/maintain/hold/held give/gave/provide/supply/offer/grant/furnish
    take/took/seize/capture/grab allow/permit/enable/let prevent/stop/block/hinder/impede/inhibit
    contain/include/comprise/consist/hold/hold/encompass/feature choose/chose/select/pick/opt
    connect/link/join/attach/tie/bind/bound divide/split/separate/partition/break/broke
    combine/merge/unite/join/mix/blend see/saw/observe/notice/perceive/view
    look/examine/inspect/study/analyze/investigate/explore send/sent/transmit/dispatch
    move/travel/migrate/journey/go/went/pass arrive/reach/came/come/enter leave/left/depart/exit/abandon
    protect/guard/shield/defend attack/assault/invade destroy/demolish/ruin/wreck/devastate
    damage/harm/hurt/injure/impair fight/fought/battle/combat/war win/won/victory/triumph lose/lost/defeat
    rule/govern/control/administer/reign lead/led/head/run/direct/command king/ruler/monarch/emperor
    law/act/statute/legislation court/tribunal/judge money/currency rich/wealthy/affluent poor/needy/impoverished
    old/ancient/elderly/aged new/recent/novel/modern/fresh first/initial/earliest/original last/final/ultimate
    main/chief/principal/primary/major/central/predominant whole/entire/complete/full/total only/sole/single/solely
    also/additionally/moreover famous/renowned/celebrated/notable/well-known popular/common/widespread
    try/attempt/seek/sought/endeavor aim/goal/objective/purpose/target result/outcome/consequence/effect/finding
    reason/cause/motive/ground problem/issue/difficulty/trouble/challenge answer/solution/reply/response
    question/query idea/concept/notion/thought plan/scheme/strategy/project group/set/collection/cluster/bunch/team
    amount/quantity/volume/number/level size/extent/magnitude/dimension shape/form/figure speed/rate/velocity/pace
    power/strength/force/might energy/power light/illumination sound/noise water/liquid land/ground/soil/earth/terrain
    sea/ocean/marine plant/vegetation/flora animal/creature/beast body/organism
    illness/disease/disorder/sickness/ailment/condition medicine/drug/medication/pharmaceutical
    remedy/cure/treatment/therapy test/trial/experiment/examination measure/gauge/assess/evaluate/estimate
    compare/contrast differ/vary/differ/distinct/different/distinguish similar/alike/comparable/akin/resemble
    same/identical/equal/equivalent opposite/contrary/reverse/inverse near/close/nearby/adjacent far/distant/remote
    happen/occur/take/arise/place appear/emerge/seem/look/arise exist/remain/persist stay/remain/linger
    continue/proceed/persist/go/carry/kept write/wrote/author/compose/pen publish/issue/release/print
    paint/draw/drew/depict/portray invent/devise/design/develop/create
    found/establish/set/institute/launch/create/begun accept/adopt/approve/embrace reject/refuse/decline/dismiss/turn
    agree/concur/consent oppose/resist/object/counter thing/object/item/entity carry/transport/convey/bear/bore/haul
    contribute/add/donate respond/react/answer/reply affect/influence/impact/effect depend/rely/hinge happen/occur
    follow/track/trace/pursue/succeed surround/encircle/enclose cover/span/range/extend
    spread/extend/disperse/distribute/scatter joke/quip/jest house/home/dwelling/household
    clothes/clothing/costume/outfit/garment/dress town/city/municipality street/road bend/contort/twist
    broadcast/air/transmit weaken/undermine strengthen/reinforce/bolster enough/sufficient/adequate
    hard/difficult/tough/challenging easy/simple/straightforward clear/obvious/evident/apparent
    likely/probable/probably possible/potential/feasible certain/sure/definite true/correct/accurate/right/real
    wrong/false/incorrect/mistaken danger/risk/hazard/threat/peril safe/secure strange/odd/unusual/peculiar
    usual/normal/ordinary/common specific/particular/certain separate/distinct/independent outside/external/exterior
    outside/beyond inside/internal/interior/within surface/exterior
    top/summit/peak/apex bottom/base/foot middle/center/centre/core
    hint/clue/sign/indication accident/mishap film/movie actor/performer writer/author scholar/academic/researcher
    crew/staff/personnel member/belong pair/couple/two yearly/annual/annually monarch/sovereign priest/cleric
    fuel/gasoline/petrol picture/image/photograph/visualization nutrient/food teacher/instructor/educator
    student/pupil/learner school/college woman/female/lady man/male infant/baby/newborn adult/grown-up
    physician/clinician/doctor patient/sufferer mortality/death fatal/deadly/lethal infectious/contagious
    edge/border/boundary/margin/rim begin/origin/originate/stem/derive
"""
_BY_HAND: dict[str, frozenset[str]] = {}
for _group in word_list(_GROUPS):
    _stems = frozenset(map(stem, _group.split("/")))
    for _stem in _stems:
        _BY_HAND[_stem] = _BY_HAND.get(_stem, frozenset()) | (_stems - {_stem})


def close_synonyms(term: str) -> frozenset[str]:
    """The stems that may stand for a stem in most sentences: few, chosen by hand."""
    return _BY_HAND.get(term, frozenset())


@lru_cache(maxsize=2_048)
def synonyms(term: str) -> frozenset[str]:
    """The stems that may stand for a stem in some of its senses, or for a more general or more special word."""
    _, _, others = _entry(term).partition(" ")
    return close_synonyms(term).union(others.split())


def is_common(term: str) -> bool:
    """Whether a stem is one of an English word that is written with a small letter."""
    return bool(_entry(term))


def _entry(term: str) -> str:
    """The stem with those behind it; empty where it is none of the thesaurus."""
    entries = _thesaurus()
    place = bisect_left(entries, term)
    found = entries[place] if place < len(entries) else ""
    return found if found == term or found.startswith(f"{term} ") else ""


@cache
def _thesaurus() -> list[str]:
    """In order: as a list it takes half of the memory that a dictionary would. About 15 ms, once."""
    text = (files("learnx.domain") / "thesaurus.txt").read_text(encoding="ascii")
    return sorted(line for line in text.splitlines() if not line.startswith("#"))
