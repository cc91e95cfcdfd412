"""How people ask how far a task is, language by language: whole sentences, in lower case and without their last sign.

The patterns are long, and only read where work runs: they are put together when the first message needs them.
"""

import re
from functools import cache

_LEAD = (
    r"(?:hi|hey|hello|hallo|moin|servus|bonjour|salut|good (?:morning|afternoon|evening)|guten? (?:morgen|tag|abend)"
    r"|so|ok(?:ay)?|well|sorry|excuse me|entschuldigung|sag mal|und|and|also|na|just curious|quick question"
    r"|thanks|thank you|danke|merci|kurze frage|by the way|btw|@?legwork|there|again|nochmal)"
)
_GREETING = rf"(?:{_LEAD}[\s,.:!?-]+)+"
_COURTESY = (
    rf"(?:{_LEAD}(?:[\s,]+{_LEAD})*|please|pls|bitte|thanks?(?: (?:you|a lot|so much|in advance))?|thx"
    r"|danke(?: (?:dir|schon mal|schön))?|vielen dank|keine eile|kein stress|nur (?:so|aus neugier)"
    r"|no (?:rush|hurry|pressure|stress)|just (?:curious|checking|asking|wondering)|no need to (?:hurry|rush)"
    r"|i(?:'ve got|'ve| have got| have| got) (?:an?|to (?:go|leave)|another)\b.{0,60}"
    r"|ich (?:hab|habe|muss) (?:um|gleich|bald|dann)\b.{0,60}"
    r"|i(?:'m| am) (?:just )?(?:curious|wondering|in a hurry)|ich (?:hab|habe) es eilig|s'il te plaît|svp"
    r"|(?:ich )?frage? nur|(?:ich )?(?:wollte|will|möchte)(?: nur| mal| kurz)* (?:fragen|wissen))"
)
_DIVIDED = (
    r"[.!?…;\n]+\s*"
    r"|\s*[,:]\s+(?:(?:and|und|et) )?(?=(?:how|what|where|when|are|is|any|wie|was|wann|bist|ist|gibt|où|tu)\b)"
)
_TOPIC = r"(?:what about |was ist mit |wegen )?(?:the|my|this|that|der|die|das|dem|den) [^,]{1,40}"
"""What is asked about, before the question."""

_IT = r"(?:it|this|that|(?:the|my) (?:task|job|work|research|search|report|analysis|answer|result|investigation))"
_WITH = (
    r"(?: (?:with|on|at|about) (?:it|this|that|them|(?:the|my|this|that|your) [^.?!]{1,60}))?"
    r"(?:,? (?:already|now|yet|so far|by now|right now|currently|at the moment|again|today|please|pls|plz|legwork"
    r"|there|then))*"
)
_ENGLISH = (
    r"how far(?: along)? (?:are|r|have) (?:you|u|we)(?: (?:along|got(?:ten)?|come|in|into it))?",
    rf"how far (?:along )?is {_IT}(?: along)?",
    r"how(?:'s|s| is| are| r) (?:it|that|this|things|everything|(?:the|your|my) [^.?!]{1,40}?|you) "
    r"(?:going|coming(?: along| on)?|progressing|getting (?:on|along))(?: with [^.?!]{1,60})?",
    r"how(?:'s| is) (?:the|your) progress",
    r"how (?:much longer|long (?:still|to go|left|more))"
    r"(?: (?:will|does|is) (?:it|this|that)(?: going to)?(?: (?:take|be|need))?| do you need"
    r"| until you(?:'re| are) (?:done|finished))?",
    r"how (?:long|much (?:longer|time)) (?:will|does|is|do|would) (?:it|this|that|you)(?: going to)?(?: still)?"
    r"(?: (?:take|need|be))?(?: to finish| you)?",
    rf"what(?:'s|s| is) (?:the|your) (?:current )?(?:status|progress|state|eta)"
    rf"(?: (?:of|on|for) (?:{_IT}|things|play))?",
    r"what(?:'s|s| is) (?:happening|going on|taking so long|the hold-?up)",
    r"what(?:'s| is| comes) next",
    r"(?:(?:so|got|found|is there|do you have|have you got) )*(?:anything|an answer|a result|any results?|something)"
    r"(?: (?:yet|so far|already|new|now))+",
    r"you still (?:there|working|on it|at it|alive|busy)",
    r"(?:what|which) (?:step|round|part|stage) (?:are|r) (?:you|u|we) (?:on|at|in)",
    r"where (?:are|do) we (?:at|stand)|where do (?:things|we) stand|how (?:do|does) (?:things|it) (?:stand|look)",
    r"(?:will|is|does) (?:this|it|that) (?:going to )?(?:take|need|be)(?: (?:much|a lot|very))? "
    r"(?:longer|long|more time)",
    r"when (?:can|will|do) i (?:expect|get|have|see) (?:the|an|my|some) (?:answer|results?|report|summary)",
    r"what(?:'s| is) left(?: to do)?|how many (?:steps|rounds|pages)(?: are)? (?:left|more|to go)",
    r"how much (?:have you|is) (?:done|read|left|left to do)|how much is left(?: to do)?",
    r"(?:are|r) (?:you|u) (?:stuck|on track|making progress)",
    r"(?:is )?everything (?:ok|okay|going well|on track|alright)",
    r"(?:did|have) you finish(?:ed)?|(?:is it|are things) going well|making (?:any )?progress|on track",
    r"(?:(?:can|could) you tell me|do you know|(?:i )?(?:just )?wanted to (?:ask|know)|i(?:'d| would) like to know) "
    r"(?:how far (?:along )?you are|how (?:long|much longer) (?:it|this|that) (?:will|is going to) take"
    r"|when (?:you|it)(?:'ll| will) be (?:done|finished|ready))",
    r"what (?:are|r) (?:you|u) (?:doing|at|up to|working on|reading|looking at)",
    r"where (?:are|r) (?:you|u|we) (?:at|up to)",
    r"what (?:have|did) you (?:do|done|found?|find(?: out)?|found out|read|looked at|got|learn(?:ed|t)?)"
    r" (?:so far|until now|by now|up to now|till now|yet|already)",
    r"(?:what|how much) (?:has|did) (?:it|this|that|the task) cost(?: me)?(?: so far| until now| already)",
    r"(?:are|r) (?:you|u)(?: guys)?(?: (?:already|nearly|almost|close to|about))* "
    r"(?:done|finished|ready|finishing|through)",
    r"(?:are|r) (?:you|u) still "
    r"(?:there|working|at it|on it|busy|running|alive|searching|reading|looking|going|doing it)",
    r"(?:are|r) (?:you|u) (?:getting|making) (?:anywhere|somewhere|any (?:progress|headway)|progress)",
    rf"(?:is|has) {_IT}(?: still)?(?: (?:nearly|almost))? (?:done|finished|ready|running|going|over|complete|stuck)",
    r"(?:did you (?:find|get)|have you found) (?:anything|something)(?: out)?",
    r"when (?:will|are|do) (?:you|it|this|that)(?: be| going to be| get)? (?:done|finished|ready|finish)",
    r"why (?:is|does|are) (?:it|this|that|you) (?:taking|take) (?:so|that|this) long",
    r"(?:still|all|nearly|almost) (?:working|busy|running|done|there|at it|on it)",
    rf"(?:(?:any|some|is there any|got any|do you have any) )?(?:status|progress|updates?|eta)(?: update| report)?"
    rf"(?: (?:on|of|for) {_IT})?",
    rf"(?:(?:is|are) there )?any(?:thing)? (?:news|new|results?|luck|findings)(?: (?:on|of|with|from) {_IT})?",
    r"(?:can|could|would) you (?:please )?(?:give me|tell me|send me) (?:an?|the|your) (?:quick |short |brief )?"
    r"(?:status|progress|update)(?: update| report)?",
    r"(?:(?:please|pls|can you|could you) )?(?:tell|show) me (?:how far (?:along )?you are|where you are"
    r"|what you(?:'re| are) doing)",
    r"(?:give me |just )?an? (?:quick |short |brief )?(?:(?:status|progress) )?update",
    r"(?:done|finished|ready)(?: yet| already| soon)?",
    r"(?:are )?we there yet",
)

_DABEI = (
    r"(?: (?:mit|bei|an) (?:dem|der|den|das|meinem|meiner|diesem|dieser|der ganzen) [^.?!]{1,60}"
    r"| (?:da)?(?:mit|bei|ran)| (?:die|das|der) (?:sache|auswertung|recherche|aufgabe|suche))?"
    r"(?: (?:denn|eigentlich|schon|jetzt|gerade|bisher|bis jetzt|inzwischen|mittlerweile|momentan|noch|heute|bitte"
    r"|damit|dabei|daran|dran|aktuell))*"
)
_GERMAN = (
    r"wie ?weit (?:bist|seid|sind|ist)(?: (?:du|ihr|wir|sie|es|das|der|die))?(?: (?:denn|jetzt|schon|inzwischen))*"
    rf"{_DABEI}(?: (?:gekommen|fertig))?",
    rf"wie (?:läuft|laeuft|geht|stehts|steht)(?:'?s| es| das)?(?: (?:denn|so|voran|vorwärts|damit"
    rf"|um (?:die|das) [^.?!]{{1,40}}|mit (?:der|dem|den) [^.?!]{{1,60}}))*{_DABEI}(?: (?:voran|vorwärts))?",
    r"wie (?:kommst|kommt) (?:du|ihr)(?: (?:denn|so|mit [^.?!]{1,60}|damit))* (?:voran|vorwärts|klar|zurecht)",
    rf"wie lange?(?: (?:dauert|brauchst|dauerts|wird))?(?: (?:es|das|du|dauern))?{_DABEI}"
    r"(?: (?:noch|dauern|brauchen))?",
    rf"(?:wie|was) ist (?:der|dein|denn der) (?:aktuelle )?(?:stand|status|fortschritt)(?: der dinge)?{_DABEI}",
    rf"(?:aktueller |kurzer )?(?:(?:zwischen)?stand(?: der dinge)?|status|update|zwischenbericht){_DABEI}",
    rf"wann (?:bist|seid|ist|wirst|wird)(?: (?:du|ihr|das|es|die [^.?!]{{1,40}}|der [^.?!]{{1,40}}))?{_DABEI} "
    r"(?:fertig|so ?weit|durch)",
    rf"(?:bist|seid) (?:du|ihr)(?: (?:denn|jetzt|schon|bald|gleich|endlich))* (?:fertig|so ?weit|durch){_DABEI}",
    r"(?:bist|arbeitest|suchst|liest|machst) (?:du|ihr)(?: (?:da|denn|jetzt))* noch(?: immer)?"
    r"(?: (?:da|dran|dabei|daran|am (?:arbeiten|suchen|lesen)|beschäftigt))?",
    r"ist (?:es|das|die [^.?!]{1,30}|der [^.?!]{1,30})(?: (?:schon|bald|endlich|jetzt))* (?:fertig|so ?weit|durch)",
    r"(?:läuft|geht) (?:das|es|da)(?: (?:noch|überhaupt|denn|immer|was|voran))+",
    r"dauert (?:das|es)(?: (?:denn|jetzt))? noch (?:lange?|länger)",
    r"(?:warum|wieso|weshalb) dauert (?:das|es)(?: (?:denn|eigentlich))? so lange?|was dauert (?:da |denn )?so lange?",
    rf"(?:gibt'?s|gibt es|hast du)(?: (?:denn|schon|da))* (?:(?:et)?was|irgendwas|neues|neuigkeiten|ergebnisse)"
    rf"(?: (?:neues|gefunden|rausgefunden|herausgefunden))?{_DABEI}",
    r"(?:schon )?(?:was|etwas) (?:neues|gefunden)",
    r"was (?:hast|habt) (?:du|ihr)(?: (?:denn|schon))* (?:bisher|bis jetzt|schon)"
    r"(?: (?:gefunden|herausgefunden|rausgefunden|gelesen|gemacht|getan|herausbekommen))?",
    r"was (?:machst|tust|liest) (?:du|ihr)(?: (?:da|denn))*(?: (?:gerade|grad|jetzt|momentan|da|eigentlich))+",
    r"wo (?:stehst|steht) (?:du|ihr|wir|das)(?: (?:da|denn|gerade|jetzt))*",
    r"was (?:hat|kostet) (?:das|es)(?: (?:denn|mich))* (?:bisher|bis jetzt)(?: gekostet)?",
    r"(?:schon |bald |gleich |endlich )?(?:fertig|so ?weit)",
    r"noch (?:dran|da|dabei|lange)|kommst du voran",
    r"(?:sag|sagst du|kannst du|könntest du|weißt du)(?: mir)?(?: bitte| mal| kurz)*(?: sagen)?,? "
    r"wie ?weit du(?: schon)? bist",
    r"wie ?weit (?:du|das|es)(?: schon)? (?:bist|ist)",
    r"was (?:kommt|machst du) als nächstes",
    r"brauchst du(?: dafür| da)? noch (?:lange?|länger)|dauert(?:'s| das| es)(?: denn)? (?:noch )?lange?",
    r"(?:bei|in|an|auf) welche[mrn] (?:schritt|stelle|runde|punkt|seite) (?:bist|stehst) du(?: (?:gerade|jetzt))?",
    r"wie (?:schaut|sieht)(?:'s| es)(?: denn| bei dir| damit| gerade)* aus|wie ist die lage",
    r"(?:läuft|klappt) (?:alles|es)(?: (?:gut|rund|wie geplant|denn))*|geht(?:'s| es) voran",
    r"wann (?:kann ich mit|bekomme? ich|kriege? ich|habe? ich|gibt'?s|gibt es|kommt)(?: (?:der|die|das|den|eine?))? "
    r"(?:antwort|ergebnis(?:se)?(?:n)?|bericht|auswertung)(?: rechnen)?",
    r"hast du(?:'s)?(?: denn)?(?: schon| bald| gleich)+(?: (?:was|etwas|eine antwort|ergebnisse|fertig))?"
    r"(?: für mich)?",
    r"was fehlt (?:denn |dir )?noch|was ist noch zu tun|wie ?viele (?:schritte|runden|seiten)(?: sind es)? noch",
    r"steckst du fest|bist du (?:noch )?am ball|kommst du (?:gut )?(?:voran|weiter)",
    r"was macht die (?:recherche|auswertung|suche)|was tut sich(?: gerade)?|wird das (?:heute )?noch (?:was|etwas)",
)
_FRENCH = (
    r"(?:alors )?(?:où en (?:es-tu|êtes-vous|est-on)|où ça en est|tu en es où)(?: (?:avec|de) [^.?!]{1,60})?",
    r"ça avance(?: bien)?",
    r"(?:c'est|tu as|as-tu) (?:bientôt |déjà )?(?:fini|prêt|terminé)",
    r"(?:encore )?combien de temps(?: encore)?(?: (?:ça|cela) (?:va )?prend(?:re)?)?",
    r"(?:il y a |y a-t-il )?du nouveau|des nouvelles",
    r"quand (?:auras-tu|est-ce que tu auras|est-ce que c'est) (?:fini|terminé|prêt)",
    r"(?:qu'est-ce que tu fais|que fais-tu)(?: en ce moment| maintenant)",
)


def only_asks(plain: str) -> bool:
    """Whether each sentence asks how far it is, or is a courtesy. ``plain`` is in lower case."""
    parts = [part.strip(" ,-") for part in _compiled(_DIVIDED).split(plain)]
    left = [part for part in map(_bare, parts) if part and not _compiled(_COURTESY).fullmatch(part)]
    asking = [part for part in left if _asks(part)]
    return bool(asking) and all(part in asking or _compiled(_TOPIC).fullmatch(part) for part in left)


def _bare(sentence: str) -> str:
    """Without what leads up to it."""
    lead = _compiled(_GREETING).match(sentence)
    return sentence if lead is None else sentence[lead.end() :]


def _asks(sentence: str) -> bool:
    english = rf"(?:{'|'.join(_ENGLISH)}){_WITH}"
    return any(_compiled(form).fullmatch(sentence) for form in (english, "|".join(_GERMAN), "|".join(_FRENCH)))


@cache
def _compiled(form: str) -> re.Pattern[str]:
    return re.compile(form)
