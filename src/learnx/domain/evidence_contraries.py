"""Words that can't both be true of one thing: a sentence with the one where its passage has the other is turned."""

from learnx.domain.terms import stem, word_list

#: The stems that turn a statement over when they replace a stem; function words too, since here they carry meaning.
CONTRARIES: dict[str, frozenset[str]] = {}
for _pair in word_list(
    """
        increase/decrease more/less/fewer higher/lower high/low larger/smaller large/small
        greater/smaller/less before/after above/below inner/outer inside/outside internal/external
        positive/negative maximum/minimum maximize/minimize always/never rise/fall gain/lose absorb/release
        absorb/emit attract/repel hot/cold warm/cool faster/slower fast/slow longer/shorter long/short
        stronger/weaker strong/weak thicker/thinner thick/thin left/right upper/lower best/worst better/worse
        early/late earlier/later first/last acid/alkalin acidic/basic exothermic/endothermic input/output
        open/close start/stop begin/end enter/leave add/remove accept/reject allow/prevent allow/forbid
        enable/disable northern/southern eastern/western north/south east/west active/passive
        dominant/recessive anode/cathode oxidation/reduction oxidize/reduce prokaryotic/eukaryotic
        convex/concave synchronous/asynchronous ascend/descend upstream/downstream expand/contract
        majority/minority safe/dangerous possible/impossible raise/lower raise/reduce raise/decrease rise/drop
        increase/reduce increase/lower double/halve triple/halve always/rarely always/seldom always/sometimes
        often/rarely often/seldom usually/rarely usually/never sometimes/never rarely/never often/never all/none
        all/some nothing/everything/anything nobody/everybody/anybody everyone/nobody stop/continue
        highest/lowest largest/smallest biggest/smallest longest/shortest fastest/slowest strongest/weakest
        hottest/coldest oldest/youngest older/younger lighter/heavier heavy/light deep/shallow wide/narrow wet/dry
        rich/poor create/destroy produce/consume true/false same/different present/absent import/export
        success/failure beneficial/harmful even/odd
    """
):
    _sides = [stem(_side) for _side in _pair.split("/")]
    for _side in _sides:
        CONTRARIES[_side] = CONTRARIES.get(_side, frozenset()) | (frozenset(_sides) - {_side})
