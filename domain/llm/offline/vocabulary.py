"""Words the rules know, in the languages people are most likely to mix."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TIME_UNITS = _words("""
    hour day week weekday month quarter year hours days weeks months quarters years date time
    stunde tag woche monat quartal jahr heure jour semaine mois trimestre année hora día semana mes año
""")
"""Units of time are no columns: an analysis follows time anyway."""

NO_DIMENSIONS = _words("""
    the a an way now then when how hand far mistake accident default today tomorrow yesterday myself yourself itself
    chance any all what which who it this that them us me you him her using than one of mail email cent se capita
    monday tuesday wednesday thursday friday saturday sunday noon midnight tonight end file files person
    wie dem unten oben links rechts hause favor favore qué que rapport exemple défaut forma
""")
"""What follows “by”, “per” or “nach” without being a column: “by the way”, “by Friday”, “nach wie vor”."""

AFTERWARDS = _words("""
    last this in for over with since during from to please of on at compared vs versus than as when where
    is are was were did do does only just too also instead now again and or but then show shown chart plot graph
    draw tell give bitte auch nur
""")
"""Words with which a sentence goes on after the column it named."""

STOPWORDS = _words("""
    the and for are was were that this with from have has had not but his her its they their them there which what
    when who will would can could should been being more than then also into out over such only other some any all
    our your you one two may about after before between because while where how these those does did each most very
    just like
    der die das und ist sind war den dem des ein eine einer eines nicht mit von für auf als auch aus bei nach wie
    oder sich dass werden wird wurde haben hat les une est sont dans pour par sur avec qui que pas los las una por
    con para del
""")
"""Words that carry no meaning of their own in a text that is to be summed up."""

ASKING = _words("""
    hello hallo please show tell give find list look make draw plot work help want need would like know think explain
    describe mean analyse analyze summarise summarize compare break down split group rank check read open send save
    write file table csv excel sheet document answer question again also still even really much many each every between
    against here there now today yesterday week month since until during last next previous first second third best
    worst good well better same different thing things everything something anything nothing going done doing
    happen happened happening looks interesting important main major most least around roughly exactly overall
    general quick short brief detailed zeig zeige bitte gibt gib nach sind wurde wurden welche welcher wieviel
    viele warum heute gestern result results insight insights passiert geschehen verändert wissen montre donne quel
    quelle quels combien depuis january february march april june july august september october november december
    januar februar märz juni juli oktober dezember monday tuesday wednesday thursday friday saturday sunday
""")
"""Words that ask, and say nothing of what is asked about."""
