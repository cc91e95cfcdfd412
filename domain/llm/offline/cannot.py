"""What people ask of assistants and Legwork cannot do: named, so that it is refused by name and not done as another."""

import re
from dataclasses import dataclass

from domain.llm.offline.clauses import unquoted

_LEAD = re.compile(
    r"^(?:(?:please|pls|just|now|also|then|first|next|quickly|finally|kindly|maybe|ok|okay|so|and|und|et|bitte|dann|auch"
    r"|s['’]il (?:te|vous) pla[iî]t|can you|could you|would you|will you|kannst du|könntest du|peux-tu|pouvez-vous"
    r"|help me(?: to)?|try to|go(?: and)?"
    r"|i (?:need|want|would like|have)(?: you)?(?: to)?|i['’]d like(?: you)?(?: to)?|we need(?: to)?|let['’]s"
    r"|ich (?:möchte|will|brauche)|je (?:veux|voudrais)|how (?:do|can) (?:i|we)|you should)[\s,]+)*",
    re.IGNORECASE,
)
_STEM = re.compile(r"(?<![@\w.])\w[\w-]*(?=\.[a-z]{2,5}\b)(?!\.\w+@)", re.IGNORECASE)
"""The name of a file without its ending."""
_ADDRESS = r"[\w.+-]+@[\w-]+\.\w+"

_LENGTH = (
    r"(?:[kcm]?m|km|mm|cm|met(?:er|re)s?|kilomet(?:er|re)s?|centimet(?:er|re)s?|millimet(?:er|re)s?|mi|miles?|meilen?"
    r"|yds?|yards?|ft|foot|feet|fuß|inch(?:es)?|zoll|nautical miles?)"
)
_WEIGHT = (
    r"(?:k?g|mg|grams?|gramm|kilos?|kilograms?|kilogramm|lbs?|pounds?|pfund|oz|ounces?|unzen?|stones?|tons?|tonnes?)"
)
_VOLUME = (
    r"(?:l|ml|cl|lit(?:er|re)s?|gal(?:lon)?s?|pints?|quarts?|cups?|tassen?|tbsp|tsp|tablespoons?|teaspoons?|fl oz)"
)
_OTHER = (
    r"(?:°?\s?[cfk]|degrees?(?: celsius| fahrenheit| kelvin)?|celsius|fahrenheit|kelvin|grad|mph|km/h|kmh|kph|knots?"
    r"|acres?|hectares?|ha|sq(?:uare)? \w+|[kmgt]i?b(?:ytes?)?|bytes?|bits?|joules?|calories|kcal|kj|psi|watts?|hp"
    r"|seconds?|minutes?|hours?|days?|weeks?|stunden|minuten|sekunden)"
)
_UNIT = rf"(?:{_LENGTH}|{_WEIGHT}|{_VOLUME}|{_OTHER})"
_MONEY = (
    r"(?:us\s?\$|usd|eur|gbp|chf|jpy|cny|inr|aud|cad|sek|nok|dkk|pln|czk|huf|try|brl|mxn|krw|rub|btc|eth|[$€£¥₹₩]"
    r"|euros?|dollars?|dollar|pounds?(?: sterling)?|quid|sterling|francs?|franken|yen|yuan|rupees?|zloty|kron(?:a|er"
    r"|or)"
    r"|bitcoins?|livres?)"
)
_NUMBER = r"(?:\d[\d.,' ]*|an?|one|ein(?:e[nm]?)?|une?)"
_INTO = r"(?:in(?:to)?|to|as|nach|en|zu|=|is how many|are how many|equals? how many)"

_WORK = (
    r"(?:poems?|jokes?|stor(?:y|ies)|letters?|songs?|lyrics|essays?|haikus?|limericks?|blog(?: post)?s?|tweets?"
    r"|captions?"
    r"|speech(?:es)?|toasts?|recipes?|riddles?|slogans?|taglines?|cv|resum[eé]s?|bios?|invitations?|novels?|rap|puns?"
    r"|quiz(?:zes)?|meal plans?|itinerar(?:y|ies)|lesson plans?|gedichte?|witze?|geschichten?|briefe?|lied(?:er)?"
    r"|aufs[aä]tze?|rezepte?|reden?|märchen|blagues?|poèmes?|histoires?|lettres?|chansons?|recettes?|discours)"
)
_WORK_OR_COLUMN = (
    r"(?:articles?|posts?|code|scripts?|programs?|functions?|names?|ideas?|proposals?|drafts?|cards?|plays?|plans?)"
)
_MAKE = (
    r"(?:write|compose|draft|tell|make(?: up)?|invent|create|generate|come up with|give|think of|produce|prepare|sing"
    r"|recite|brainstorm|suggest|schreib\w*|erzähl\w*|verfass\w*|dichte|mach\w*|raconte\w*(?:-moi)?|dis-moi|écri[st]\w*|compose\w*"
    r"|invente\w*|fais)"
)
_LANGUAGE = (
    r"(?:english|french|german|spanish|italian|portuguese|dutch|polish|russian|chinese|japanese|korean|arabic|turkish"
    r"|latin|greek|swedish|danish|norwegian|finnish|czech|hindi|hebrew|ukrainian|englisch\w*|französisch\w*|deutsch\w*"
    r"|spanisch\w*|italienisch\w*|anglais|français|allemand|espagnol|italien)"
)
_THINGS = (
    r"(?:files?|documents?|tables?|sheets?|rows?|columns?|pages?|pdfs?|dateien?|datei|fichiers?|everything|all|alles)"
)


@dataclass(frozen=True, slots=True)
class Beyond:
    """Something Legwork does not do. ``why`` it is not done here, where that is not simply that it is not built yet."""

    name: str
    pattern: re.Pattern[str]
    why: str = ""
    noun: bool = False
    """The word that stands for it may as well be that of a column: “calls by region”."""

    @property
    def sentence(self) -> str:
        if self.why:
            return f"Legwork cannot do that here: {self.name} {self.why}."
        return f"Legwork cannot do that yet: {self.name}."


def _beyond(name: str, pattern: str, why: str = "", *, noun: bool = False) -> Beyond:
    return Beyond(name, re.compile(pattern, re.IGNORECASE | re.DOTALL), why, noun)


MOST = 300
"""Characters of a clause that are looked at: what is asked for stands at its beginning."""

MODEL = "needs a language model, and none is configured"
LATER = Beyond("reminders and schedules; nothing was set up and nothing was done", re.compile(""))
UNDO = Beyond("undoing", re.compile(""))

BEYOND: tuple[Beyond, ...] = (
    _beyond("converting currencies, for it has no exchange rates",
            rf"\b(?:exchange rates?|wechselkurs\w*|taux de change)\b"
            rf"|{_NUMBER}\s*{_MONEY}(?!\w)\s*(?:{_INTO})\s+(?:how many\s+)?(?:the\s+)?(?:us\s+"
            rf"|american\s+)?{_MONEY}(?!\w)"
            rf"|{_MONEY}\s*\d[\d.,]*\s*(?:{_INTO})\s+(?:us\s+)?{_MONEY}(?!\w)"
            rf"|\bhow many {_MONEY}(?!\w) (?:is|are|in|for|do|can)\b|\b{_MONEY}\s*(?:/|to|in)\s*{_MONEY}\b\s*\??$"),
    _beyond("converting files to other formats",
            r"^(?:convert|turn|transform|export|wandle|konvertier\w*|convert\w*)\b.*(?:\.\w{2,4}\b|\bfiles?\b|\btable\b"
            r"|\bdocument\b|\bpdf\b|\bword\b|\bexcel\b|\bcsv\b|\bxlsx?\b|\bmarkdown\b|\bjson\b)"),
    _beyond("converting units",
            rf"{_NUMBER}\s*{_UNIT}(?!\w)\s*(?:{_INTO})\s+(?:how many\s+)?{_UNIT}(?!\w)"
            rf"|\bhow (?:many|much) {_UNIT}(?!\w) (?:is|are|in|make|does|do|to)\b"
            rf"|\bwie ?viele? {_UNIT}(?!\w) (?:ist|sind|hat|haben)\b|\bcombien de {_UNIT}\b"
            r"|^(?:convert|umrechnen|rechne\b.*\bum|convertis\w*)\b"),
    _beyond("working out the time of another moment or place from a given one",
            r"\b\d{1,2}(?:[:.h]\d\d)?\s*(?:am|pm|uhr|h)?\s+(?:in|à)\s+\w+.*\b(?:when|if|wenn|quand|in|to|à)\s+\w+"
            r"|\btime (?:difference|zones?)\b|\bhours (?:ahead|behind)\b|\bzeit(?:verschiebung|unterschied)\b"
            r"|\bdécalage horaire\b|^(?:what|wie) (?:time|spät|viel uhr) (?:will|was|wird|war)\b", noun=True),
    _beyond("translating", rf"\b(?:translate|translation|übersetz\w*|traduis\w*|traduire|traduction)\b"
            rf"|\bhow (?:do you|to|would you|do i) say\b|\bwhat(?:['’]s| is| does)\b.*\bin {_LANGUAGE}\b"
            rf"|\b(?:wie (?:sagt|heißt)|was heißt)\b.*\bauf {_LANGUAGE}|\bcomment (?:dit-on|on dit)\b"
            rf"|\b(?:in|into|to|auf|ins|en) {_LANGUAGE}[\s.!?]*$", MODEL),
    _beyond("sending mail or messages",
            rf"^(?:check|read|show|answer|open|empty)\s+(?:me\s+)?(?:my|our|the|all|new)*\s*(?:e-?mails?|mails?|inbox)\b"
            rf"|^(?:send|write|draft|forward|reply|schick\w*|sende\w*|schreib\w*|envoie\w*|envoyer)"
            rf"\b.{{0,80}}?\b(?:e-?mails?|mails?|courriels?|inbox|newsletters?|sms|dms?|whatsapp|nachricht(?:en)?)\b"
            rf"|^(?:e-?mail|mail|maile|forward|cc|bcc)\s+(?!by\b|per\b)|{_ADDRESS}"
            rf"|^(?:send|forward|schick\w*|sende\w*|envoie\w*|envoyer|deliver|pass)\b(?!\s+(?:me|us|mir|uns|moi)\b)"
            rf"|^(?:text|message|dm|ping|notify|tell|inform|ask|invite|contact)\s+"
            rf"(?:(?:my|our|the)\s+\w+|(?-i:[A-Z])\w+|him|her|them|everyone|everybody)\b", noun=True),
    _beyond("phone calls", r"^(?:call|phone|ring|dial|ruf\w*|telefonier\w*|appelle\w*)\s+(?!it\b|by\b"
            r"|per\b)", noun=True),
    _beyond("bookings and purchases",
            r"^(?:book|reserve|buy|purchase|rent|hire|pay|order|buche|buchen|reservier\w*|bestell\w*|kauf\w*|bezahl\w*"
            r"|réserve\w*|achète\w*|commande\w*|paye\w*)\s+(?!by\b|per\b|of\b)"
            r"|^(?:a|an|the|two|some|einen?|un)?\s*(?:flights?|hotels?|hotel rooms?|rooms?|tables? for|taxi|cab|train"
            r"|tickets?|flug|vol)\s+(?:to|for|from|in|at|nach|pour|à)\b"
            r"|^cancel my (?:flight|order|booking|reservation|subscription|hotel|table|ticket)\b"
            r"|^find (?:me )?(?:a|an|the)? ?(?:cheap(?:est)? )?(?:flights?|hotels?|tickets?|tables?)\b", noun=True),
    _beyond("calendars and meetings",
            r"\b(?:to|in|on|from) my (?:calendar|diary|to-?do(?: list)?|kalender|agenda)\b|\bin meinen kalender\b"
            r"|^(?:what|when|show|check|list)\b.*\bmy (?:calendar|meetings?|appointments?|schedule|events?|diary)\b"
            r"|^(?:set up|arrange|plan|organi[sz]e|cancel|move|create|add|make)\s+(?:an?|the|my)\s+"
            r"(?:\w+\s+)?(?:meetings?|appointments?|calls?|events?|party|trip|dinner|lunch)\b"),
    _beyond("posting to other services",
            r"^(?:post|tweet|publish|share|upload|announce|poste\w*|veröffentlich\w*|publie\w*)\s+(?!by\b|per\b)"
            r"|^(?:open|create|file|close|add) (?:a|an|the) (?:jira |github |linear )?(?:ticket|issue|pull request"
            r"|pr|card)\b"
            r"|^(?:add|put)\b.*\b(?:to|in) (?:trello|notion|jira|github|slack|salesforce|hubspot|google \w+|airtable)\b"
            r"|^(?:commit|deploy|push|merge the pr|release)\b", noun=True),
    _beyond("pictures", r"^(?:draw|paint|sketch|generate|create|make|design|zeichne|male|dessine\w*|fais)\b.*"
            r"\b(?:pictures?|images?|photos?|logos?|drawings?|paintings?|illustrations?|icons?|memes?|avatars?|bild(?:er)?"
            r"|gifs?|videos?)\b"
            r"|^(?:draw|paint|sketch|zeichne|male|dessine)\s+(?:me\s+|us\s+|mir\s+)?(?:an?|the|some|eine?n?|une?)\s+"
            r"(?!(?:\w+\s+){0,2}(?:charts?|graphs?|plots?|diagrams?|lines?|bars?|histograms?|tables?"
            r"|diagramm))", MODEL),
    _beyond("writing texts of its own",
            rf"^{_MAKE}\b(?:\s+(?:me|us|him|her|mir|uns|moi|nous))?\s+(?:(?:\w|['’-])+\s+){{0,6}}?{_WORK}\b"
            rf"|^(?:an?|another|one more|some|eine?n?|une?)\s+(?:\w+\s+){{0,3}}?{_WORK}\b"
            r"|^(?:rewrite|rephrase|paraphrase|proofread|polish|improve|shorten this|make (?:it|this|that) "
            r"(?:shorter|longer|better|nicer|more)\b|correct|fix (?:the |my )?(?:grammar|spelling|typos)|expand on"
            r"|continue (?:the|this) (?:story|text))\b"
            r"|^(?:roleplay|role-play|pretend|act as|imagine|you are now)\b|^sing\b", MODEL),
    _beyond("writing texts of its own",
            rf"^{_MAKE}\b(?:\s+(?:me|us|mir|uns|moi|nous))?\s+(?:(?:\w|['’-])+\s+){{0,4}}?{_WORK_OR_COLUMN}\b"
            rf"|^(?:an?|some|five|ten|\d+)\s+(?:\w+\s+){{0,2}}?(?:names?|ideas?)\s+for\b", MODEL, noun=True),
    _beyond("weather", r"\b(?:weather|forecast for|will it (?:rain|snow)|is it (?:raining|sunny|snowing|cold|warm)"
            r"|how (?:hot|cold|warm) is it|temperature (?:in|outside|today)|wetter|regnet es|météo"
            r"|quel temps)\b", noun=True),
    _beyond("forecasts", r"^(?:forecast|predict|project|extrapolate|prognose\w*|prédis\w*)\b(?!\s+(?:by"
            r"|per)\b)", noun=True),
    _beyond("news", r"^(?:what['’]?s|what is|any|the|latest|today['’]s|give me|show me|tell me|read me)?\s*"
            r"(?:the\s+|latest\s+|today['’]s\s+)*(?:news|headlines|nachrichten|schlagzeilen|actualités)\b", noun=True),
    _beyond("prices and quotes", r"\b(?:stock|share) prices?\b|\bprice of (?:gold|oil|silver|bitcoin|ethereum"
            r"|\w+ stock)\b"
            r"|\b(?:aktienkurs\w*|bitcoin price|börsenkurs\w*|cours de (?:l['’]action|bourse))\b"),
    _beyond("music, video and devices", r"^(?:play|pause the|skip|turn (?:on|off|up|down)|switch (?:on|off)|dim|lock"
            r"|unlock"
            r"|open (?:the )?(?:app|door|garage|spotify|youtube)|spiele?|mach (?:das )?licht|joue\w*|allume|éteins)\b"),
    _beyond("logging in or filling in forms", r"^(?:log (?:in|on|out)|sign (?:in|up|out)|register|subscribe|unsubscribe"
            r"|fill (?:in|out)|submit|click|apply (?:for|to)|vote|screenshot|take a screenshot"
            r"|take a picture)\b", noun=True),
    _beyond("deleting files",
            rf"^(?:delete|remove|erase|wipe|shred|trash|lösche?n?|entferne?n?|supprime\w*|efface\w*)\b.*(?:{_THINGS}"
            r"|\.\w{2,5}\b|\bit\b|\bthem\b|\bthat\b|\bthis\b)"),
    _beyond("changing files",
            r"^(?:rename|edit|change(?!\s+(?:in|of|by|over|from))|update|modify|sort|filter|merge|combine"
            r"|clean(?: up)?|zip|unzip|compress|sign"
            r"|encrypt|resize|crop|rotate|format|reformat|append|insert|replace|remove duplicates|add (?:a "
            r"|an )?(?:new )?"
            r"(?:row|column|line|page|sheet)|move|copy|umbenennen|sortiere|renomme\w*|trie\w*)\b"),
    _beyond("downloads and installing", r"^(?:download|install|uninstall|run|execute|start|launch|kill|reboot"
            r"|restart)\s+"
            r"(?!the (?:analysis|numbers|report)\b|(?:an?\s+)?(?:web\s+|google\s+|internet\s+)?search\b)"),
)  # fmt: skip
"""In the order they are tried; each is looked for from the first word of what is asked, politeness aside."""


def beyond(clause: str, *, data: bool = False) -> Beyond | None:
    """What Legwork cannot do of a clause, or None. ``data``: the clause is about a table, whose columns may be called
    by such words."""
    clause = " ".join(clause[:MOST].split())
    plain = _LEAD.sub("", _STEM.sub("\N{MIDDLE DOT}", unquoted(clause)), count=1)
    return next((one for one in BEYOND if not (data and one.noun) and one.pattern.search(plain)), None)
