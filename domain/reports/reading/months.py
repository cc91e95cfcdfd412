"""The names of the months in the languages that reports are written in, folded to plain lower-case letters."""

import unicodedata

# One entry a language, January to December; a month may have several names and abbreviations.
_NAMES = (
    (
        "january jan | february feb | march mar | april apr | may | june jun | july jul | august aug | september "
        "sep sept | october oct | november nov | december dec"
    ),
    (
        "januar jaenner janner | februar feber | marz maerz mrz mar | april | mai | juni | juli | august | "
        "september | oktober okt | november | dezember dez"
    ),
    (
        "janvier janv | fevrier fevr fev | mars | avril avr | mai | juin | juillet juil | aout aou | septembre | "
        "octobre | novembre | decembre"
    ),
    (
        "enero ene | febrero | marzo | abril abr | mayo | junio | julio | agosto ago | septiembre setiembre set | "
        "octubre | noviembre | diciembre dic"
    ),
    (
        "gennaio gen | febbraio | marzo | aprile | maggio mag | giugno giu | luglio lug | agosto | settembre sett "
        "set | ottobre ott | novembre | dicembre"
    ),
    (
        "janeiro | fevereiro | marco | abril | maio | junho | julho | agosto | setembro | outubro out | novembro "
        "| dezembro"
    ),
    (
        "januari | februari | maart mrt | april | mei | juni | juli | augustus | september | oktober | november | "
        "december"
    ),
    ("januar | februar | marts | april | maj | juni | juli | august | september | oktober | november | december"),
    ("januari | februari | mars | april | maj | juni | juli | augusti | september | oktober | november | december"),
    ("januar | februar | mars | april | mai | juni | juli | august | september | oktober | november | desember des"),
    (
        "tammikuu tammi | helmikuu helmi | maaliskuu maalis | huhtikuu huhti | toukokuu touko | kesakuu kesa | "
        "heinakuu heina | elokuu elo | syyskuu syys | lokakuu loka | marraskuu marras | joulukuu joulu"
    ),
    (
        "styczen sty | luty lut | marzec | kwiecien kwi | maj | czerwiec cze | lipiec lip | sierpien sie | "
        "wrzesien wrz | pazdziernik paz | listopad lis | grudzien gru"
    ),
    (
        "leden led | unor uno | brezen bre | duben dub | kveten kve | cerven cvn | cervenec cvc | srpen srp | "
        "zari zar | rijen rij | | prosinec pro"
    ),
    (
        "ocak oca | subat sub | mart | nisan nis | mayis | haziran haz | temmuz tem | agustos agu | eylul eyl | "
        "ekim eki | kasim kas | aralik ara"
    ),
)


def fold(text: str) -> str:
    """Lower-case letters without accents: ``Février`` and ``fevrier`` are one."""
    plain = text.casefold().replace("ß", "ss").replace("ł", "l").replace("ı", "i").replace("ø", "o").replace("æ", "ae")
    return "".join(letter for letter in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(letter))


MONTHS: dict[str, int] = {}
for _line in _NAMES:
    for _number, _names in enumerate(_line.split("|"), 1):
        for _name in _names.split():
            MONTHS.setdefault(_name, _number)
