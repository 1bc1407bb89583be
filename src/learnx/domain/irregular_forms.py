"""Forms of one English word that no ending tells: irregular verbs and plurals, and what comes from a place's name."""

from learnx.domain.terms import stem, word_list

_FORMS = """
    arise/arose/arisen awake/awoke/awoken beat/beaten become/became begin/began/begun
    bend/bent bind/bound bite/bit/bitten bleed/bled blow/blew/blown break/broke/broken breed/bred bring/brought
    build/built burn/burnt buy/bought catch/caught choose/chose/chosen cling/clung creep/crept deal/dealt
    dig/dug draw/drew/drawn drink/drank/drunk drive/drove/driven eat/ate/eaten fall/fell/fallen feed/fed feel/felt
    fight/fought find/found flee/fled
    fly/flew/flown forbid/forbade/forbidden forget/forgot/forgotten freeze/froze/frozen
    get/got/gotten give/gave/given go/went/gone grow/grew/grown hang/hung hear/heard hide/hid/hidden hold/held
    keep/kept know/knew/known lead/led learn/learnt leave/left lend/lent lose/lost make/made mean/meant
    meet/met pay/paid ride/rode/ridden rise/rose/risen run/ran say/said see/saw/seen seek/sought sell/sold
    send/sent shake/shook/shaken shine/shone shoot/shot show/shown shrink/shrank/shrunk sing/sang/sung sink/sank/sunk
    sit/sat sleep/slept slide/slid speak/spoke/spoken spend/spent spin/spun spring/sprang/sprung stand/stood
    steal/stole/stolen stick/stuck strike/struck/stricken strive/strove/striven swear/swore/sworn sweep/swept
    swell/swollen swim/swam/swum swing/swung take/took/taken teach/taught tell/told think/thought
    throw/threw/thrown understand/understood undergo/underwent/undergone wake/woke/woken wear/wore/worn weave/wove/woven
    weep/wept win/won withdraw/withdrew/withdrawn write/wrote/written
    man/men woman/women child/children foot/feet tooth/teeth mouse/mice goose/geese life/lives leaf/leaves wolf/wolves
    half/halves knife/knives nucleus/nuclei bacterium/bacteria datum/data phenomenon/phenomena criterion/criteria
    hypothesis/hypotheses analysis/analyses basis/bases crisis/crises axis/axes matrix/matrices vertex/vertices
    index/indices fungus/fungi alga/algae larva/larvae stimulus/stimuli mitochondrion/mitochondria spectrum/spectra
    medium/media curriculum/curricula radius/radii formula/formulae appendix/appendices
    high/height long/length strong/strength wide/width deep/depth warm/warmth broad/breadth die/died/death/dead
    hot/heat live/life/alive lose/loss grow/growth choose/choice fly/flight sell/sale believe/belief prove/proof
    give/gift weigh/weight see/sight think/thought speak/speech marry/marriage young/youth poor/poverty
    visible/vision sun/solar moon/lunar star/stellar earth/terrestrial sea/marine heart/cardiac lung/pulmonary
    brain/cerebral kidney/renal liver/hepatic blood/haematic bone/skeletal nerve/neural
    italy/italian/italians france/french germany/german/germans spain/spanish britain/british england/english
    scotland/scottish ireland/irish wales/welsh netherlands/dutch denmark/danish sweden/swedish norway/norwegian
    finland/finnish poland/polish portugal/portuguese greece/greek/greeks turkey/turkish russia/russian/russians
    china/chinese japan/japanese india/indian korea/korean vietnam/vietnamese america/american/americans
    canada/canadian mexico/mexican brazil/brazilian africa/african europe/european/europeans asia/asian
    australia/australian egypt/egyptian israel/israeli iraq/iraqi iran/iranian switzerland/swiss austria/austrian
    hungary/hungarian belgium/belgian rome/roman/romans venice/venetian florence/florentine vienna/viennese
    california/californian texas/texan kenya/kenyan nigeria/nigerian ethiopia/ethiopian mongolia/mongol/mongols
    normandy/norman/normans
"""
IRREGULAR: dict[str, frozenset[str]] = {}
for _group in word_list(_FORMS):
    _stems = frozenset(map(stem, _group.split("/")))
    for _stem in _stems:
        IRREGULAR[_stem] = IRREGULAR.get(_stem, frozenset()) | (_stems - {_stem})
