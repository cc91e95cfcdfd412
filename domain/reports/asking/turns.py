"""Turns of speech that name a column without its name: verbs, superlatives, comparatives, units, what rows are."""

VERBS: dict[str, str] = {
    "sold sell sells selling verkauft verkaufen verkaufte verkauften verkauften absatz": (
        "units sold | sold | verkaufte | absatz | sales | umsatz | revenue | quantity | menge | units | amount | betrag"
    ),
    "earn earns earned earning verdient verdienen verdiente verdienten": (
        "salary | gehalt | wage | lohn | income | pay | sales | revenue | umsatz | profit | amount | betrag"
    ),
    "cost costs kostet kosteten costing": "cost | costs | kosten | price | preis | amount",
    "rain rains rained raining regnete geregnet regnet": "precipitation | rainfall | rain | niederschlag | regen",
    "snowed snows geschneit schneite": "snowfall | snow | schnee",
    "weigh weighs weighed wiegt wog": "weight | gewicht",
    "spent spend spends ausgegeben expenses expense spending ausgaben ausgabe outgoings": (
        "spend | spending | cost | costs | expenses | amount | kosten | ausgaben | sales"
    ),
    "paid pays gezahlt zahlt": "salary | amount | price | paid | payment amount | gehalt | betrag | pay",
    "bought buy buys purchased purchase gekauft kauft kaufen kaufte kauften": (
        "sales | umsatz | amount | revenue | betrag | quantity | menge | units"
    ),
    "ordered bestellt": "quantity | orders | units | menge | bestellmenge",
}
"""Verbs, each with the columns it may speak of, the likeliest first."""

NAMEABLE = (
    "recommend recommendation recommended opinion advice forecast expected projected prediction reason reasons cause "
    "causes grund gründe ursache ursachen empfehlung meinung rat prognose zukunft erwartet change changes growth "
    "increase decrease wachstum veränderung rückgang anstieg distribution record course history progress trend level "
    "missing unknown payment payments"
)
"""Words that ask for something, unless a column has them in its name: “Would you recommend us?”."""

TEXTS = (
    "comments remarks notes feedback message description review kommentare bemerkungen anmerkungen notizen beschreibung"
)
"""How columns are called in which people write what they like."""

COUNTED_IN: dict[str, str] = {
    "hours stunden std hrs worked gearbeitet": "hours | stunden | duration | dauer | arbeitszeit | zeit | working time",
    "km kilometer kilometers kilometern miles meilen driven gefahren gelaufen": (
        "distance | entfernung | strecke | distanz"
    ),
}
"""Units that stand for what is measured in them: “how many km in May”."""

OUTGOING = (
    "expenses expense outgoings withdrawals withdrawal ausgaben ausgabe abbuchungen abbuchung auszahlungen auszahlung "
    "abgange belastungen belastung outflow outflows debits debit"
)
INCOMING = (
    "income incomes incoming deposits deposit inflow inflows credits credit einnahmen einnahme einzahlungen einzahlung "
    "gutschriften gutschrift zugange eingange einkunfte"
)
SPENT = (
    "spent spend spends spending ausgegeben paid pay pays payment payments bezahlt gezahlt zahlungen zahlung costs "
    "cost kosten kostet kostete"
)
EARNED = "earn earns earned earning received receive verdient verdienen verdiente erhalten bekommen eingenommen"
"""Of an amount that is both above and below zero, the rows that are meant; the last two may also mean any amount."""

DEBIT = "debit soll withdrawal withdrawals belastung lastschrift out ausgaben ausgabe expense expenses outflow abgang"
CREDIT = "credit haben deposit deposits gutschrift in einnahmen einnahme income inflow zugang"
"""How two columns are called of which one holds what went out, and the other what came in."""

ASKED: dict[str, str] = {
    "how old | wie alt": "age | alter",
    "how warm | how hot | how cold | wie warm | wie heiß | wie kalt": "temperature | temp | temperatur",
    "how windy | how strong was the wind | wie windig": "wind | wind speed | windgeschwindigkeit",
    "how expensive | how costly | wie teuer": "price | preis | unit price | cost | fare",
    "how satisfied | how happy | wie zufrieden": "satisfaction | zufriedenheit | happiness",
    "how tall | how high | wie groß": "height | größe",
    "how heavy | wie schwer": "weight | gewicht",
    "how long | how far | wie lang | wie lange | wie weit": (
        "length | duration | distance | länge | dauer | strecke | hours | minutes | days | stunden | minuten | tage"
    ),
    "how fast | wie schnell": "speed | geschwindigkeit",
}
"""Questions that name what they ask for by an adjective."""

HAPPENINGS: tuple[str, ...] = (
    "rain rains rained raining regnet regnete geregnet regen",
    "snow snows snowed snowing schneit schneite geschneit schnee",
    "sunny sonnig sun",
    "foggy neblig fog nebel",
)
"""Verbs and adjectives of a kind of day: rows with a value that is one of these words."""

SUPERLATIVES: dict[str, tuple[str, str]] = {
    "oldest | älteste | ältesten | ältester | am ältesten": ("age | alter | tenure", "top"),
    "youngest | jüngste | jüngsten | am jüngsten": ("age | alter", "bottom"),
    "hottest | warmest | wärmste | wärmsten | heißeste | heißesten | am wärmsten | am heißesten | wärmster": (
        "temperature | temp max | max temperature | temperatur",
        "top",
    ),
    "coldest | coolest | kälteste | kältesten | am kältesten | kältester": (
        "temperature | temp min | min temperature | temperatur",
        "bottom",
    ),
    "wettest | rainiest | regenreichste | nasseste | regnerischste | nassester | nassesten": (
        "precipitation | rainfall | rain | niederschlag",
        "top",
    ),
    "driest | trockenste | trockensten | trockenster": ("precipitation | rainfall | rain | niederschlag", "bottom"),
    "windiest | windigste | windigster | windigsten": ("wind | wind speed | windgeschwindigkeit", "top"),
    "cheapest | least expensive | billigste | billigsten | günstigste | günstigsten | am günstigsten | am billigsten": (
        "price | preis | unit price | cost | fare",
        "bottom",
    ),
    "most expensive | priciest | costliest | teuerste | teuersten | am teuersten | teuerster | dearest | teuerstes": (
        "price | preis | unit price | cost | fare",
        "top",
    ),
    "heaviest | schwerste | schwersten": ("weight | gewicht", "top"),
    "lightest | leichteste | leichtesten": ("weight | gewicht", "bottom"),
    "tallest | höchstgewachsene": ("height | größe", "top"),
    "longest | längste | längsten | am längsten": (
        "length | duration | distance | länge | dauer | hours | minutes | days | stunden | minuten | tage",
        "top",
    ),
    "shortest | kürzeste | kürzesten | am kürzesten": (
        "length | duration | distance | height | länge | dauer | hours | minutes | days | stunden | minuten | tage",
        "bottom",
    ),
    "fastest | schnellste | schnellsten": ("speed | geschwindigkeit | horsepower", "top"),
    "slowest | langsamste | langsamsten": ("speed | geschwindigkeit", "bottom"),
    "best paid | highest paid | bestbezahlte | bestbezahlten | bestverdienende | top earning | bestverdiener": (
        "salary | gehalt | wage | lohn | income | pay",
        "top",
    ),
    "worst paid | lowest paid | schlechtestbezahlte": ("salary | gehalt | wage | lohn | income | pay", "bottom"),
    "most profitable | profitabelste | gewinnstärkste | rentabelste": ("profit | gewinn", "top"),
    "least profitable": ("profit | gewinn", "bottom"),
    "best selling | bestselling | top selling | meistverkaufte | meistverkauften | best sold | meistverkauftes": (
        "units sold | sold | verkaufte | absatz | sales | umsatz | revenue | quantity | menge | units | amount",
        "top",
    ),
    "worst selling | least selling": (
        "units sold | sold | verkaufte | absatz | sales | umsatz | revenue | quantity | menge | units | amount",
        "bottom",
    ),
    "happiest | most satisfied | zufriedenste | zufriedensten | am zufriedensten": (
        "satisfaction | zufriedenheit | happiness",
        "top",
    ),
    "least satisfied | unhappiest | unzufriedenste | unzufriedensten": (
        "satisfaction | zufriedenheit | happiness",
        "bottom",
    ),
}
"""Superlatives that name what they measure: the columns they speak of, and which end of the order."""

DATE_VERBS = "hired joined started began begun ordered eingestellt angefangen begonnen eingetreten bestellt shipped"
"""Verbs that speak of a date column beside a time: “hired in 2015”."""

JOINED = "hired joined started began begun eingestellt angefangen begonnen eingetreten"
JOINED_HEADS = "hire hired hiring join joined joining start started entry eintritt einstellung eingestellt"
"""Verbs of those that begin to work somewhere, and how the column with its date is called in either language."""

MEASURING: dict[str, str] = {
    "degrees degree grad celsius": "temperature | temp | temperatur",
    "mm": "precipitation | rainfall | niederschlag",
    "euro euros eur dollar dollars usd": "sales | amount | price | salary | betrag | umsatz | preis | gehalt | cost",
    "kg": "weight | gewicht",
    "km": "distance | entfernung | strecke",
}
"""Units behind a number, and the columns that are measured in them."""

COMPARATIVES: dict[str, tuple[str, str]] = {
    "older than | älter als | over the age of | above the age of": ("age | alter", "over"),
    "younger than | jünger als | under the age of | below the age of": ("age | alter", "under"),
    "hotter than | warmer than | wärmer als | heißer als": (
        "temperature | temp max | max temperature | temperatur",
        "over",
    ),
    "colder than | cooler than | kälter als": ("temperature | temp min | min temperature | temperatur", "under"),
    "more expensive than | costing more than | cost more than | teurer als | dearer than": (
        "price | preis | unit price | cost | fare",
        "over",
    ),
    "cheaper than | costing less than | cost less than | less expensive than | billiger als | günstiger als": (
        "price | preis | unit price | cost | fare",
        "under",
    ),
    "earning more than | earn more than | earns more than | earned more than | paid more than | making more than": (
        "salary | gehalt | wage | lohn | income | pay",
        "over",
    ),
    "earning less than | earn less than | earns less than | paid less than": (
        "salary | gehalt | wage | lohn | income | pay",
        "under",
    ),
    "heavier than | schwerer als": ("weight | gewicht", "over"),
    "lighter than | leichter als": ("weight | gewicht", "under"),
    "taller than": ("height | größe", "over"),
    "faster than | schneller als": ("speed | geschwindigkeit", "over"),
    "slower than | langsamer als": ("speed | geschwindigkeit", "under"),
    "longer than | länger als": (
        "length | duration | distance | länge | dauer | hours | minutes | days | stunden | minuten | tage",
        "over",
    ),
    "shorter than | kürzer als": (
        "length | duration | distance | height | länge | dauer | hours | minutes | days | stunden | minuten | tage",
        "under",
    ),
}
"""Comparatives that name what they compare: the columns they speak of, and the sign."""

COMPOUNDS: dict[str, str] = {
    "durchschnitts": "durchschnitt",
    "gesamt": "gesamt",
    "median": "median",
    "hochst": "hochste",
    "maximal": "maximum",
    "spitzen": "hochste",
    "mindest": "niedrigste",
    "tiefst": "niedrigste",
    "minimal": "minimum",
    "monats": "monatlich",
    "jahres": "jahrlich",
    "quartals": "quartalsweise",
    "wochen": "wochentlich",
    "tages": "taglich",
}
"""How German compounds begin that say what is computed of the rest: Durchschnittsgehalt, Gesamtumsatz."""

TAILS: dict[str, str] = {
    "entwicklung": "entwicklung",
    "verlauf": "verlauf",
    "wachstum": "wachstum",
    "anstieg": "anstieg",
    "ruckgang": "ruckgang",
    "veranderung": "veranderung",
    "anteile": "anteil",
    "anteil": "anteil",
    "median": "median",
    "mittel": "mittel",
    "schnitt": "schnitt",
    "summe": "summe",
    "durchschnitt": "durchschnitt",
    "verteilung": "verteilung",
    "anzahl": "anzahl",
    "zahlen": "anzahl",
    "zahl": "anzahl",
}
"""How German compounds end that say what is computed of what stands before: Umsatzanteil, Kundenzahl."""

ROW_NOUNS: dict[str, str] = {
    "orders order purchases bestellungen bestellung auftrage auftrag kaufe invoices invoice rechnungen rechnung": (
        "order quantity customer invoice kunde menge bestellung auftrag rechnung qty"
    ),
    "transactions transaction bookings booking transaktionen transaktion buchungen buchung umsatze": (
        "order quantity customer invoice kunde menge amount betrag balance saldo transaction buchung debit credit soll "
        "haben price preis"
    ),
    "employees employee people persons staff workers colleagues everyone everybody anyone "
    "mitarbeiter mitarbeitern mitarbeiterinnen leute "
    "personen angestellte beschaftigte person mitarbeitende kollegen": (
        "salary department age gender gehalt abteilung alter geschlecht hire employee sex satisfaction "
        "zufriedenheit satisfied"
    ),
    "respondents respondent responses answers participants antworten teilnehmer befragte teilnehmern befragten": (
        "age gender satisfaction answer question score rating alter geschlecht zufriedenheit bewertung frage"
    ),
    "passengers passenger passagiere passagier": "survived fare passenger class embarked ticket",
    "penguins penguin pinguine pinguin": "bill flipper penguin island species",
    "cars car autos auto vehicles vehicle models": "horsepower mpg car cylinders engine ps",
    "measurements measurement readings messungen messwerte": "temperature precipitation wind sensor temperatur value",
    "items item artikel": "item article artikel sku product produkt quantity menge",
    "flights flight fluge flug": "airline flight delay carrier",
}
"""What rows are called, and the words in headers that show that a row of this table is one."""

DATED_NOUNS: dict[str, str] = {
    "orders order purchases bestellungen bestellung auftrage auftrag kaufe invoices invoice rechnungen rechnung "
    "transactions transaction bookings booking transaktionen transaktion buchungen buchung": (
        "product price amount sales revenue umsatz betrag preis produkt"
    ),
}
"""What rows are called where each has a date, and the words in headers that show it: else they may be totals."""
