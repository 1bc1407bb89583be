"""Function words of other languages than English, and how their words are akin: by long beginnings and compounds."""

from functools import lru_cache

from learnx.domain.terms import word_list

#: Of Spanish, French, German, Italian and Portuguese, without those that are English words as well ("son", "me").
FOREIGN_FUNCTION_WORDS = frozenset(
    word_list("""
    al algo alguna algunas algunos ambos antes aquel aquella así aun aunque como cual cuales cuando cuya cuyo de del
    desde donde durante e él ella ellas ellos en entre era eran es esa esas ese eso esos esta está están estas este esto
    estos fue fueron ha había han hasta hay la le les lo los luego más mientras mucha muchas mucho muchos muy ni nos o
    otra otras otro otros pero por porque pues que qué quien ser si sí sido siempre sino sobre solo sólo su sus también
    tan tanto te tiene tienen toda todas todo todos tras tu un una unas uno unos vez y ya ahora aquí cada cierto dicha
    dicho hacia hoy propia propio puede pueden según
    ainsi alors après au aussi autre autres aux avant avec avoir c'est ce ceci cela celle ces cet cette ceux chaque
    comme dans depuis donc dont du elle elles encore est et été être eu fait ils je l'on leur leurs lorsque lui mais
    même moins ne notre nous on ont ou où par parce pendant peu peut peuvent plus pour quand quelle quelques sa sans
    se selon ses sont sous sur tout toute toutes très vers vous
    aber alle allem allen aller alles als also am ander andere anderem anderen anderer anderes bei beim bereits bis
    bzw da dabei dadurch dafür damit dann daran darauf daraus darin dass davon dazu denn deren dessen dies diese diesem
    diesen dieser dieses doch dort durch ebenfalls eigenen einem einen einer eines einige er es etwa etwas falls ganz
    gegen hat hatte hier hinter ihr ihre ihrem ihren ihrer immer ins ja jede jedem jeden jeder jedes jedoch jetzt kann
    können man mehr mit muss müssen nach neben noch nun nur ob oder ohne schon sehr sein seine seinem seinen seiner seit
    selbst sich sie sind so sobald sofern sogar solche sollte sollten somit sondern sonst sowie sowohl über um und uns
    unser unsere unseren unter viel viele vielen vom von vor während war waren was weil weitere welche welcher wenn wer
    werden wie wieder wird wo wurde wurden zum zur zwar zwischen gab gibt lassen lässt oft
    anche che chi ci con cui da dai dal dalla degli dei della delle di gli il loro ma nel nella nei nello non più quale
    quando quello questa queste questi questo sono suo tra uma umas ao aos à às como da das depois dos ela elas ele
    eles em entre essa esse isso isto já mais mas mesmo muito na nas no nos ou pela pelo quando são seu seus sua suas
    também tem têm um uns
    """)
) - frozenset(
    word_list(
        "a am an as chi come di do e falls gab hat hay he i in it man me more no non nun o on plus pour so son the tan"
        " was war y also dies era"
    )
)
#: How much of the longer word two inflections share from its beginning; a compound ends or begins with its parts.
_SHARED, _LEAST, _LEAST_PART = 0.7, 5, 5


@lru_cache(maxsize=65_536)
def akin(one: str, other: str) -> bool:
    """Whether two words of a language other than English are forms of one, or one is a compound with the other."""
    short, long = sorted((one, other), key=len)
    if len(short) < _LEAST - 1:
        return False
    if len(short) >= _LEAST_PART and (long.endswith(short) or long.startswith(short)):
        return True
    shared = next((place for place, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return shared >= _LEAST - 1 and shared >= _SHARED * len(long)
