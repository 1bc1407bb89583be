"""What function words say: of one matter a word says one thing, and words that say another exclude it."""

from learnx.domain.terms import word_list

#: Several words that link or qualify like one; written with ``~`` below.
PHRASES = {
    tuple(phrase.split("~")): phrase
    for phrase in word_list("""
    rather~than instead~of as~well~as in~addition~to along~with together~with because~of due~to thanks~to owing~to
    in~spite~of regardless~of as~long~as provided~that even~if even~though out~of no~longer not~only has~to have~to
    had~to need~to needs~to is~able~to are~able~to more~than less~than at~least at~most up~to other~than except~for
    such~as too~little too~few too~much too~many one~of used~to far~from
    anything~but nothing~like by~no~means
    """)
}
#: Matter, what is said of it, and the words that say it, in English, German, Spanish and French.
_TABLE = """
    how sure | possibly | may might can could possibly perhaps maybe is~able~to are~able~to kann können könnte könnten
        puede pueden podría podrían peut peuvent pourrait
    how sure | advisably | should ought sollte sollten debería deberían devrait devraient
    how sure | necessarily | must shall has~to have~to had~to need~to needs~to always inevitably invariably muss müssen
        debe deben doit doivent
    how sure | in future | will would
    when | before | was were did had
    when | later | will
    still so | so | is are
    still so | no more | used~to
    how often | always | always invariably inevitably immer siempre toujours
    how often | mostly | usually generally typically often frequently commonly mostly normally oft häufig meist
        gewöhnlich normalerweise generalmente souvent généralement
    how often | sometimes | sometimes occasionally manchmal parfois
    how often | seldom | rarely seldom hardly never selten nie niemals nunca jamás rarement jamais
    how many times | once | once
    how many times | twice | twice
    how many times | thrice | thrice
    how many | all | all every each any entirely whole entire alle jeder jede jedes todos todas cada tous toutes chaque
    how many | many | most many numerous majority viele meisten muchos muchas mayoría beaucoup plupart
    how many | some | some several certain few various part half minority einige manche algunos algunas quelques
        certains certaines
    how many | none | no none neither kein keine keinen ningún ninguna ninguno aucun aucune
    how many | one | one~of
    how exactly | about | about approximately roughly around nearly almost etwa ungefähr circa aproximadamente environ
    how exactly | exactly | exactly precisely genau exactamente exactement
    which way | if | if when whenever as~long~as provided~that because since as because~of due~to thanks~to owing~to
        wenn falls weil si porque
    which way | against | unless although though despite in~spite~of regardless~of even~though even~if whereas until
        obwohl trotz aunque quoique malgré
    beside | with | with and as~well~as in~addition~to along~with together~with plus including mit con avec
    beside | without | without rather~than instead~of except except~for excluding ohne sin sans statt
    beside | or | or
    where | in | in inside within
    where | outside | outside
    which state | on | on
    which state | off | off
    where to | to | to into toward towards onto
    where to | from | from out~of
    who | he | he him his himself
    who | she | she her hers herself
    still | still | still
    still | no longer | no~longer
    enough | enough | enough sufficiently
    enough | too little | insufficient too~little too~few too~much too~many
    denied | denied | not never cannot neither
    denied | more | not~only
    likeness | same | same identical equal
    likeness | other | different opposite
    only | only | only solely exclusively merely alone just nur ausschließlich sólo solamente únicamente seulement
        uniquement
"""
#: What each word or phrase says, by matter.
SAYS: dict[str, dict[str, str]] = {}
for _row in " ".join(_TABLE.split("\n        ")).strip().split("\n"):
    _matter, _said, _words = (cell.strip() for cell in _row.split("|"))
    for _word in word_list(_words):
        SAYS.setdefault(_word, {})[_matter] = _said
#: Matters that a denial turns round, and what denies.
TURNING = frozenset({"beside", "which way"})
DENIALS = frozenset({"not", "never", "no", "none", "cannot", "only"})
#: These deny what stands behind them.
DENYING = frozenset(
    word_list("""
    not never no cannot almost nearly far~from anything~but nothing~like by~no~means nicht nie kein keine ne pas nunca
    jamais
    """)
)
#: Who leaves these out may say the same with a denial: "less noisy" is "not as noisy".
RETOLD_BY_DENIAL = frozenset(
    word_list("""
    about approximately roughly around practically virtually close only less fewer few without unless hardly rarely
    seldom neither none too but until rather~than instead~of except except~for no~longer different some many most
    """)
)
#: Put on top of what a passage says, these say more.
MORE = frozenset({"all", "always", "necessarily", "only", "none", "seldom", "exactly"})
#: Where one of these is left out, more is said.
BOUNDING = frozenset(
    word_list("""
    may might perhaps maybe possibly usually generally typically often frequently commonly mostly normally sometimes
    occasionally rarely seldom most many some several certain few part half majority minority one~of only
    oft häufig meist gewöhnlich manchmal selten einige manche viele meisten nur
    normalmente generalmente muchos muchas algunos algunas mayoría sólo solamente
    souvent généralement parfois rarement quelques certains certaines plupart seulement
    """)
)
