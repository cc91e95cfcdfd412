"""How people change work that is running, in English and German: whole sentences without their last sign.

The patterns are long, and only read where work runs: they are put together when the first message needs them.
"""

import re
from functools import cache

_NOUN = r"(?:[^.!?;:]|(?<=\d)[.:](?=\s?\w)){1,70}"
"""What a change is about."""
_VERB = (
    r"(?:is|are|was|were|has|had|can|could|will|would|should|must|does|did|said|says|knows?|thinks?|works?|helps?|isn't"
    r"|left|to go|nothing|nobody|nix|nichts|niemand|los"
    r"|ist|sind|war|waren|hat|haben|hatte|kann|können|wird|werden|weiß|sagt|macht|geht|hilft|soll|muss)"
)
_NOT_TOLD = (
    rf"(?!(?:(?!\b(?:that|who|which|whose|where)\b|, (?:die|der|das|deren|denen)\b)[^.!?;:])*?\b"
    rf"(?:{_VERB}|i|i'm|we|you|he|she|they|ich|wir|du|er|ihr|man)\b)"
)
"""A noun with a verb or a subject of its own tells something: “only Ben knows that”."""
_ALSO = r"(?: (?:too|as well|also|auch|ebenfalls|noch))?"
_PLEASE = r"(?:,? (?:please|pls|plz|thanks|thank you|bitte|danke|though|then|dann))*"
_IT = r"(?:it|that|this|them|everything|the (?:answer|result|report|summary|text|list)|es|das|alles)"
_ES = r"(?:es|das|alles|die antwort|das ergebnis|den bericht|den text|die liste|die zusammenfassung)"

_NO_LIMIT = (
    r"(?:\w+ing\b(?! )|kidding|joking|wondering|asking|checking|saying|thinking|curious|a\b|an\b|one (?:question|more)"
    r"|if\b|because\b|so\b|to\b|that\b|then\b|now\b|once\b|you\b|i\b|i'\w+|he\b|she\b|we\b|they\b|it\b|it's|me\b|do\b|make\b"
    r"|say\b|tell\b|give\b|write\b|send\b|stop\b|find\b|search\b|calculate\b|summari[sz]e\b|show\b|read\b|open\b|like\b"
    r"|fine\b|great\b|thanks?\b|for (?:fun|now|info|me)\b|out of\b|in case\b|when\b|what\b|how\b|why\b)"
)
_KEIN_ENG = (
    r"(?:ein\b|eine[nrm]?\b|so\b|mal\b|kurz\b|dass\b|weil\b|wenn\b|du\b|ich\b|er\b|wir\b|ihr\b|es\b|zu\b|noch\b|damit\b"
    r"|spaß\b|scherz\b|witz\b|zum spaß|zur info|aus neugier|keine\b|nicht\b|zweifel\b|frage\b|mut\b|gedacht\b|witze?\b"
    r"|geduld\b|gewähr\b|kommentar\b|bahnhof\b|worte\b|mich\b|dich\b|uns\b|was\b|wie\b|warum\b)"
)
_TEXT = r"(?:mail|e-?mail|message|answer|text|report|summary|letter|note|list|table|chart)"
_THING = (
    r"(?:manager|boss|contact|name|address|customer|branch|year|supplier|lead|leiter|leiterin|chef|chefin|kunde"
    r"|filiale)"
)
_MORE = (
    r"(?:shorter|longer|simpler|clearer|friendlier"
    r"|more (?:polite|formal|detailed|precise|details?|friendly|general)|less (?:formal|details?|detailed|technical))"
)
_MEHR = r"(?:kürzer|länger|einfacher|genauer|freundlicher|förmlicher|höflicher|ausführlicher|knapper|mehr details?)"
_WHEN = (
    r"(?:(?:the )?(?:beginning|end|start|middle) of )?(?:(?:anfang|mitte|ende) )?(?:20\d\d|q[1-4](?: 20\d\d)?"
    r"|week \d+|kw ?\d+|(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|juni|july?|juli"
    r"|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)(?: 20\d\d)?)"
)
_NO_EXCEPTION = r"(?:(?:an?|any|doubt|question|me|you|it|that|further|fail|exception)\b|\w+ing\b)"
_NO_OBJECT = (
    r"(?:it|that|this|me|my|him|her|them|us|what|everything(?! \w)|all of|lunch"
    r"|(?:the|my) (?:last|previous|other) (?:message|question|one))\b"
)
_ELSE = r"(?:by the way|(?:for|with|in) (?:me|us|you|case)\b|(?:the )?(?:weather|time|date|news|temperature)\b)"
_SONST = r"(?:(?:das|die|der) )?(?:noch|mal|wetter|uhrzeit|zeit|nachrichten|wahr|gut|mir|dir|uns|egal)\b"
_COUNT = r"(?:count|use|take|include|look at|consider|compare|show|list|mention|read)"
_NAME = r"(?-i:[A-ZÄÖÜ0-9])[\w&'.-]*(?: (?-i:[A-ZÄÖÜ0-9])[\w&'.-]*){0,3}"
_LANGUAGE = (
    r"(?:english|german|french|spanish|italian|dutch|polish|portuguese|englisch|deutsch|französisch|spanisch"
    r"|italienisch|niederländisch|polnisch)"
)
_SIZE = (
    r"(?:(?:short|shorter|brief|briefer|concise|longer|more detailed|simple|simpler)(?:,? (?:and|but) \w+)?"
    r"|kurz|kürzer|knapp|länger|ausführlicher|einfacher)"
)
_MEASURE = (
    r"(?:(?:max(?:imum)?|at most|no more than|up to|höchstens|maximal|nicht mehr als)\.? )"
    r"(?:\d+|an?|one|two|three|four|five|six|ten|eine?n?|zwei|drei|vier|fünf|sechs|zehn) "
    r"(?:lines?|sentences?|words?|pages?|points?|bullets?|paragraphs?|zeilen?|sätze?n?|wörter|seiten?|punkte?n?|absätze?)"
)
_FORMAT = (
    r"(?:an? )?(?:pdf|excel(?: file)?|xlsx|csv|word(?: file| document)?|docx|table|list|chart|graph|summary"
    r"|bullet points|tabelle|liste|diagramm|excel-?datei|stichpunkte|zusammenfassung)"
)

_WHY = r"(?:because|since|as|that (?:was|is)|those (?:were|are)|it (?:was|is)|da|weil|denn|das (?:war|ist))"

_ENGLISH = (
    rf"(?:only|solely) (?!{_NO_LIMIT}){_NOT_TOLD}{_NOUN}",
    rf"just (?:(?:for|from|by|in|with|on) )?(?!the (?:other|same|thing|way)\b){_NOT_TOLD}"
    rf"(?:(?:the|this|last|our|those|these) {_NOUN}|weekdays|weekends|20\d\d|q[1-4](?: {_NOUN})?|{_NAME})",
    rf"(?:only|just) {_COUNT} {_NOT_TOLD}{_NOUN}",
    rf"(?:without|except(?: for)?|excluding|minus) (?!{_NO_EXCEPTION}){_NOT_TOLD}{_NOUN}",
    rf"(?:leave out|exclude|ignore|omit|filter out) (?!{_NO_OBJECT}){_NOUN}",
    rf"(?:skip|drop) (?!{_NO_OBJECT})(?:(?:the|all|our|those) {_NOUN}|week \d+|{_NAME})",
    rf"leave (?!(?:it|that|this|me|a|for)\b){_NOUN} out",
    rf"(?:and )?also (?:look at|consider|compare) {_NOUN}",
    rf"(?:and )?also (?!{_ELSE})(?:the|our|for|by|in|those|all|with) {_NOT_TOLD}{_NOUN}",
    rf"(?:and|plus) (?:the|our|for|by|in|those|all) (?!{_ELSE}){_NOT_TOLD}{_NOUN} (?:too|as well|also)",
    rf"(?:(?:and|also) )*include (?:the|our|those|all|some) {_NOUN}",
    rf"(?:(?:and|also) )*add (?:an? |the |some )?(?:\w+ )?(?:charts?|graphs?|tables?|summary|columns?|sources?|links?"
    rf"|comparison|sections?|paragraph|percentages)(?: {_NOUN})?",
    rf"(?:(?:and|then|also|but) )+(?:send|mail|forward|post) (?:{_IT}|a copy)(?: also| as well)? to {_NOUN}",
    rf"(?:(?:answer|write|reply|report|do|make|give)(?: me)?(?: {_IT})? )?(?:in|into) {_LANGUAGE}",
    rf"not (?:to |with |for )?{_NAME}, (?:but )?(?:to |with |for )?{_NAME}",
    rf"not (?:to |with |for )?{_NAME} but (?:to |with |for )?{_NAME}",
    rf"(?:use|take|look at|count|compare|write to|send {_IT} to|ask|do|to|with|for|check) (?!it\b|that\b){_NOUN} "
    rf"(?:instead|rather)",
    rf"instead of (?!(?:me|you|it|that)\b)(?:(?!\b(?:i|we|you|they|he|she|i'll|we'll)\b)[^.!?;:,]){{1,40}},? "
    rf"(?:look at|use|take|count|compare|show|do|check) {_NOUN}",
    rf"i meant (?!(?:yes|no|well|it|that|to say)\b){_NOUN}",
    rf"(?:make|let's make) (?:that|it) (?!(?:so|stop|work|quick|happen|up|a)\b)"
    rf"(?:{_SIZE}(?:,? {_MEASURE})?|(?:just |only )?(?:{_NAME}|q[1-4]|20\d\d|the {_NOUN}))",
    rf"(?:make|keep) {_IT} {_SIZE}(?:,? {_MEASURE})?",
    rf"{_MEASURE}",
    rf"(?:start|begin) with the {_NOUN}",
    rf"(?:and )?(?:as|in) {_FORMAT}",
    r"(?:and )?with (?:an? )?(?:chart|graph|table|diagram|picture|sources|links)",
    rf"(?:there(?:'s| is) )?no need to (?:write|send|mail|tell|contact|include|look at|check|compare|ask) {_NOUN}",
    r"(?:but )?(?:don't|do not) "
    rf"(?:write|send|mail|tell|contact|include|count|use|look at|compare|mention|ask) {_NOUN}",
    rf"compare (?:it|that|them) (?:with|to|against) {_NOUN}",
    rf"(?:restrict|limit|narrow|confine) (?:{_IT}|yourself)(?: down)? to {_NOUN}",
    rf"(?:focus|concentrate) on (?!(?:your|my)\b){_NOT_TOLD}{_NOUN}",
    rf"(?:take|bring) (?!(?:me|us|it|care)\b){_NOUN} into (?:account|consideration)",
    rf"forget (?:about )?(?!{_NO_OBJECT}|about (?:it|that|this)\b)(?:the {_NOUN}|{_NAME}|week \d+)",
    r"no (?!(?:rush|problem|worries|hurry|need|stress|more|one|idea|way|thanks?)\b)[^.!?;:,]{2,40},? please",
    rf"(?:(?:and|please) )*(?:cc {_NAME}|(?:copy|put) {_NAME} (?:in|in copy|on copy|in cc|on cc)(?: {_NOUN})?)",
    rf"make (?:the|that|your) {_TEXT}(?: (?:to|for) [^.!?;:,]{{1,30}})? (?:(?:a bit|a little|much|slightly) )?{_MORE}",
    rf"(?:the|my|our) {_THING} (?:is|was) (?:now )?{_NAME}(?: now)?,? (?:and )?not {_NAME}(?: any ?more)?",
    rf"(?:(?:a bit|a little|much|slightly) )?{_MORE}",
    rf"(?:replace|swap|exchange) (?!(?:it|that|me|my)\b){_NOUN} (?:with|for|by) {_NOUN}",
    rf"use the {_NOUN} (?:numbers|figures|data|prices|version|list|report)",
    rf"(?:(?:the|our|all) [^.!?;:,]{{2,40}} (?:only|too|as well)|(?:{_NAME}|20\d\d|q[1-4]) only)",
    rf"(?:{_NAME}|20\d\d|q[1-4]|the [^.!?;:,]{{2,30}}) instead of {_NOT_TOLD}{_NOUN}",
    rf"(?:sort(?:ed)?|group(?:ed)?|split|broken down|break it down|also) by {_NOT_TOLD}{_NOUN}",
    r"by (?:year|quarter|month|week|day|branch|region|country|channel|product|customer)s?",
    r"in (?:euros?|dollars?|usd|eur|percent|thousands)",
    rf"(?:from|since|until|starting in|before|after|up to|between) {_WHEN}"
    rf"(?: (?:to|until|and|till) {_WHEN})?(?: on(?:wards)?)?",
    rf"(?:i'd|i would|i'll) (?:rather|prefer) (?:have |see )?(?!(?:it|that|not|you)\b)(?:it )?"
    rf"(?:in {_LANGUAGE}|as {_FORMAT}|the {_NOUN}|{_NAME})",
)
_GERMAN = (
    rf"nur (?!{_KEIN_ENG}){_NOT_TOLD}{_NOUN}",
    rf"ohne (?!{_KEIN_ENG}){_NOT_TOLD}{_NOUN}",
    rf"(?:außer|ausgenommen) (?!(?:dir|mir|dass|wenn)\b){_NOUN}",
    rf"lass(?:e|t)? (?:bitte )?(?!(?:es|das|mich|dir|uns)\b){_NOUN} (?:weg|aus|raus|außen vor)",
    rf"(?!(?:kannst|könntest|wie|was)\b){_NOUN} (?:bitte )?(?:weglassen|auslassen|ignorieren|ausschließen|rausnehmen)",
    r"ignoriere? (?:bitte )?(?!(?:das\b(?! \w)|es|mich|meine|(?:die|meine) (?:letzte|vorige) (?:nachricht|frage))\b)"
    rf"{_NOUN}",
    rf"(?:und )?auch (?:noch )?(?!{_SONST})(?:die|der|das|den|dem|in|für|mit|nach|alle|unsere) {_NOT_TOLD}{_NOUN}",
    rf"und (?:die|der|das|den|in|für|mit|alle|unsere) (?!{_SONST}){_NOT_TOLD}{_NOUN} "
    r"(?:bitte )?(?:auch|ebenfalls|dazu)",
    rf"nimm (?:bitte )?(?:auch |noch )?(?:die|den|das|alle) {_NOUN} (?:dazu|mit auf|mit rein|mit dazu)",
    rf"(?:(?:und|aber|dann) )+(?:schick|sende|maile?|leite)(?:e)? {_ES}(?: bitte)?(?: auch)?(?: noch)? an {_NOUN}",
    rf"(?:(?:schreib|antworte|mach|bericht)(?:e)?(?: {_ES})?(?: bitte)? )?(?:auf|in) {_LANGUAGE}",
    rf"nicht (?:an |mit |für )?{_NAME},? (?:sondern )?(?:an |mit |für )?{_NAME}",
    rf"(?:nimm|verwende|nutze?|schau|zähle?|vergleich(?:e)?|frag)(?: dir)?(?: bitte)? (?:lieber|stattdessen) {_NOUN}",
    rf"(?:nimm|verwende|nutze?|zähle?) (?:bitte )?{_NOUN} (?:stattdessen|statt {_NOUN})",
    r"(?:an)?statt (?:(?!\b(?:ich|wir|du|man)\b)[^.!?;:,]){1,40}? (?:bitte|lieber|nimm|dann) [^.!?;:]{1,60}",
    rf"ich (?:meinte|meine) (?!(?:ja|nein|es|das|damit|ja nur)\b){_NOUN}",
    rf"(?:(?:doch|dann|lieber|besser) )+(?:an |mit |für |im |in |ab |bis )?(?:{_NAME}|(?:die|den|das|der|dem) {_NOUN})",
    rf"(?:mach|halt)(?:e)? {_ES}(?: bitte)? {_SIZE}(?:,? {_MEASURE})?",
    rf"fang(?:e)? (?:bitte )?mit {_NOUN} an",
    rf"(?:und )?als {_FORMAT}",
    r"(?:und )?mit (?:einem )?(?:diagramm|tabelle|einer tabelle|quellen|links|bild)",
    rf"(?:du (?:brauchst|musst)|ihr (?:braucht|müsst)) {_NOUN} nicht(?: zu)? "
    r"(?:schreiben|schicken|senden|fragen|sagen)",
    rf"(?:schreib|schick|sende|frag|zähl|nimm)(?:e)? (?!(?:mir|uns)\b)(?:{_NOUN} )?(?:doch |bitte )*nicht(?: {_NOUN})?",
    rf"vergleich(?:e)? (?:es|das|sie)(?: bitte)?(?: auch)? mit {_NOUN}",
    r"fass(?:e)? dich kurz",
    rf"(?:beschränk|begrenz|schränk)(?:e)? (?:{_ES}|dich|sie)(?: bitte)? (?:auf {_NOUN}|auf {_NOUN} ein)",
    rf"(?:konzentrier(?:e)? dich|acht(?:e)?)(?: bitte)?(?: nur| auch| besonders)? auf {_NOT_TOLD}{_NOUN}",
    rf"berücksichtig(?:e)? (?!(?:es|das)\b$){_NOUN}",
    rf"nimm (?:bitte )?(?:auch )?(?!(?:es|das|mich|dir)\b){_NOUN} (?:noch )?"
    r"(?:dazu|mit auf|mit rein|mit dazu|mit hinein)",
    rf"bezieh(?:e)? (?!(?:es|das)\b){_NOUN} (?:mit )?ein|(?:schließ(?:e)?|nimm) (?!(?:es|das)\b){_NOUN} (?:aus|raus)",
    rf"(?:vergiss|streich(?:e)?) (?:bitte )?(?!.*\bnicht\b)(?:den|die|(?:das (?=\w))|{_NAME})(?: {_NOUN})?",
    r"keine? (?!(?:ahnung|eile|sorge|angst|panik|frage|lust|zeit|idee|problem)\b)[^.!?;:,]{2,40},? bitte",
    rf"(?:und )?setz(?:e)? (?:bitte )?{_NAME} (?:in|auf) (?:kopie|cc)|(?:und )?{_NAME} (?:bitte )?in kopie",
    rf"(?:die|der|das|mein|unser)e? {_THING} (?:heißt|ist) (?:jetzt |nun )?{_NAME}(?: jetzt)?,? "
    rf"(?:und )?nicht(?: mehr)? {_NAME}",
    rf"(?:(?:etwas|ein bisschen|bisschen|viel|deutlich) )?{_MEHR}",
    rf"(?:ersetz|tausch)(?:e)? (?!(?:es|das|mich)\b){_NOUN} (?:durch|gegen) {_NOUN}",
    rf"(?:ausschließlich|lediglich) {_NOT_TOLD}{_NOUN}",
    rf"(?:mit |für |an )?(?:{_NAME}|20\d\d|(?:den|die|das|der|dem) [^.!?;:,]{{2,30}}) (?:statt|anstatt|anstelle von) "
    rf"{_NOT_TOLD}{_NOUN}",
    rf"lieber (?:an |mit |für )?{_NAME} als (?:an |mit |für )?{_NOUN}",
    rf"(?:sortier(?:e|t)?|gruppier(?:e|t)?|aufgeteilt|aufgeschlüsselt|auch)(?: {_ES})? nach {_NOT_TOLD}{_NOUN}",
    r"(?:je|pro|nach) (?:jahr|quartal|monat|woche|tag|filiale|region|land|kanal|produkt|kunde)(?:e?n)?",
    r"in (?:euro|dollar|prozent|tausend)",
    rf"(?:seit|ab|bis|von|vor|zwischen|erst ab) {_WHEN}(?: (?:bis|und) {_WHEN})?",
    rf"ich hätte (?:es|das|die \w+|den \w+) (?:lieber|gern|gerne) (?:auf {_LANGUAGE}|als {_FORMAT})",
    rf"(?!(?:das|es|so|mir)\b)(?:die|der|das|den|20\d\d|{_NAME})(?: {_NOUN})? "
    r"(?:reicht|genügt|reichen|genügen)(?: mir| völlig)?",
)


def _compiled(form: str) -> re.Pattern[str]:
    please = r"(?:(?:please|pls|plz|bitte),? )?"
    return re.compile(rf"{please}(?:{form}){_ALSO}{_PLEASE}(?:, {_WHY} [^?]{{1,80}})?", re.IGNORECASE)


@cache
def forms() -> tuple[re.Pattern[str], ...]:
    return tuple(_compiled(form) for form in (*_ENGLISH, *_GERMAN))


LEAD = re.compile(
    r"^(?:(?:hi|hey|hello|hallo|moin|guten (?:morgen|tag|abend)|good (?:morning|afternoon|evening)|oh,? and"
    r"|ach,? (?:und|ja)|oh|ah|ach|ok(?:ay)?|sorry"
    r"|entschuldigung|pardon|ups|oops|actually|wait|moment(?: mal)?|warte(?: mal)?|eigentlich|legwork|btw"
    r"|by the way|übrigens|also,|and,|one (?:more|other|last) thing|noch (?:was|etwas|eins)|and one more thing"
    r"|i forgot|forgot to say|ich hab(?:e)? (?:was )?vergessen|vergessen zu sagen|and please|und bitte"
    r"|but|aber|und zwar|allerdings|thanks|danke)(?:[\s,.:!–-]+|$))+(?=\S)",
    re.IGNORECASE,
)
"""What people say before they come to it."""

NOT_ONE = re.compile(
    r"\?|[\"“”„«»`]|https?://|www\.|\b\w+@\w|\b[\w-]+\.(?:csv|xlsx?|pdf|docx?|md|txt|json|html?)\b", re.I
)
"""What asks, quotes, or names a place or a file is looked at as work of its own."""

POLITE = re.compile(
    r"^(?:can|could|would|will) you (?!only\b|just\b)(?:(?:please|maybe|also) )*"
    r"|^(?:kannst|könntest|würdest) du (?!nur\b)(?:(?:bitte|mal|noch) )*",
    re.I,
)
"""A wish in the form of a question."""

REASON = re.compile(
    r"(?!.*\b(?:please|bitte)\b.)(?:(?:the|that|this|they|it|he|she|we|because|since|there|die|der|das|es|sie|wir|weil|denn"
    r"|da|dort)\b[^?]{0,100}|danke|thanks|sorry|bitte|please)",
    re.IGNORECASE,
)

REMOVES = re.compile(
    r"\b(?:without|leave|out|ignore|exclude|skip|drop|omit|ohne|lass|weg|weglassen|ignorier\w*|auslassen)\b", re.I
)
LITTLE = re.compile(r"\b(?:the|an?|my|please|der|die|das|den|dem|bitte|also|auch|and|und)\b", re.I)
"""Words beside what they speak of."""
