"""Words that stand for one another, in English and German: the header of a column or a value may be any of them.

Only exact names come before them, and what was taken for what is said.
"""

KIN: tuple[str, ...] = (
    "sales | sale | revenue | turnover | umsatz | umsätze | erlös | erlöse | verkäufe | verkauf | umsatzerlöse",
    "profit | gain | earnings | gewinn | ertrag",
    "quantity | qty | units | pieces | menge | stück | stückzahl | units sold | quantity sold",
    "price | unit price | preis | einzelpreis | stückpreis | preise",
    "cost | costs | expense | expenses | spending | spend | kosten | ausgaben",
    "amount | betrag | beträge | summe",
    "discount | rabatt | nachlass",
    "product | item | article | produkt | artikel | produktname | ware",
    "category | kategorie | warengruppe | produktkategorie",
    "region | gebiet | area",
    "country | land | länder | nation",
    "city | stadt | town | ort | städte",
    "state | bundesland | staat",
    "branch | store | shop | filiale | standort | niederlassung | location | site",
    "customer | client | buyer | kunde | kunden | käufer",
    "order | bestellung | auftrag | purchase | aufträge",
    "department | dept | division | abteilung | bereich",
    "employee | staff member | worker | mitarbeiter | angestellte | beschäftigte | mitarbeiterin | staff",
    "name | person | people | names | leute | personen",
    "salary | wage | pay | gehalt | lohn | gehälter | verdienst | income | löhne | einkommen",
    "age | alter",
    "gender | sex | geschlecht",
    "satisfaction | zufriedenheit | happiness",
    "rating | score | bewertung | note | grade",
    "temperature | temp | temperatur | temperaturen",
    "precipitation | rain | rainfall | niederschlag | regen | regenmenge | niederschläge | niederschlagsmenge",
    "weather | wetter | conditions | wetterlage",
    "wind | wind speed | windgeschwindigkeit | windstärke",
    "humidity | luftfeuchtigkeit | luftfeuchte",
    "pressure | luftdruck | druck",
    "start date | hire date | eintrittsdatum | eintritt | einstellungsdatum | startdatum | hired | joining date",
    "position | job title | role | stelle | job | funktion | titel | rolle",
    "supplier | vendor | lieferant",
    "channel | kanal | vertriebskanal",
    "segment | kundensegment",
    "stock | inventory | bestand | lagerbestand",
    "weight | gewicht",
    "height | größe | körpergröße | höhe",
    "length | länge",
    "duration | dauer",
    "distance | entfernung | strecke",
    "status | zustand",
    "lead | leads | interessenten",
    "visit | visits | besuche | visitors | besucher",
    "click | clicks | klicks",
    "vote | votes | stimmen",
    "year | jahr",
    "population | einwohner | bevölkerung | einwohnerzahl",
    "payment | payment method | zahlung | zahlungsart | zahlart",
    "brand | marke | manufacturer | hersteller",
    "hours | stunden | arbeitsstunden",
    "experience | erfahrung | berufserfahrung",
    "tenure | betriebszugehörigkeit",
    "speed | geschwindigkeit",
    "comment | kommentar | bemerkung | remark | notiz",
    "shipping | versand | shipment",
    "return | returns | retouren | rückgaben",
    "tax | steuer",
    "balance | saldo | kontostand",
    "question | frage",
    "answer | antwort | antworten",
    "team | teams | mannschaft",
    "size | größe",
    "colour | color | farbe",
    "type | typ | art",
    "group | gruppe",
    "level | stufe | niveau",
    "education | bildung | abschluss | ausbildung",
    "species | art | spezies",
    # values
    "north | norden | nord",
    "south | süden | süd",
    "east | osten | ost",
    "west | westen",
    "central | mitte | zentral",
    "male | m | man | men | männlich | mann | männer | herren",
    "female | f | woman | women | weiblich | frau | frauen | damen",
    "snow | schnee",
    "sun | sonne | sunny | sonnig",
    "fog | nebel",
    "cloud | cloudy | wolken | bewölkt | overcast",
    "storm | sturm | gewitter",
    "drizzle | niesel | nieselregen",
    "technology | technik | technologie",
    "furniture | möbel",
    "office supplies | bürobedarf | büromaterial",
    "marketing | vermarktung",
    "engineering | entwicklung | technikabteilung",
    "finance | finanzen | buchhaltung | accounting",
    "support | kundendienst | service",
    "human resources | hr | personal | personalabteilung",
    "yes | ja",
    "no | nein",
    "web | online | internet",
    "full time | vollzeit",
    "part time | teilzeit",
    "germany | deutschland",
    "austria | österreich",
    "switzerland | schweiz",
    "france | frankreich",
    "food | lebensmittel | essen",
    "clothing | kleidung | bekleidung | clothes",
    "toys | spielzeug | spielwaren",
    "books | bücher",
    "garden | garten",
    "cancelled | canceled | storniert",
    "delivered | geliefert",
    "open | offen",
    "paid | bezahlt",
)

VERBS: dict[str, str] = {
    "sold sell sells selling verkauft verkaufen verkaufte verkauften verkauften absatz": (
        "units sold | sold | verkaufte | absatz | sales | umsatz | revenue | quantity | menge | units | amount | betrag"
    ),
    "earn earns earned earning verdient verdienen verdiente verdienten": (
        "salary | gehalt | wage | lohn | income | pay | sales | revenue | umsatz | profit"
    ),
    "cost costs kostet kosteten costing": "cost | costs | kosten | price | preis | amount",
    "rain rains rained raining regnete geregnet regnet": "precipitation | rainfall | rain | niederschlag | regen",
    "snowed snows geschneit schneite": "snowfall | snow | schnee",
    "weigh weighs weighed wiegt wog": "weight | gewicht",
    "spent spend spends ausgegeben": "spend | spending | cost | costs | expenses | amount | kosten | ausgaben | betrag",
    "paid pays gezahlt zahlt": "salary | amount | price | paid | payment amount | gehalt | betrag | pay",
    "bought buy buys purchased purchase gekauft kauft kaufen kaufte kauften": (
        "sales | umsatz | amount | revenue | betrag | quantity | menge | units"
    ),
    "ordered bestellt": "quantity | orders | units | menge | bestellmenge",
}
"""Verbs, each with the columns it may speak of, the likeliest first."""

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
    "longest | längste | längsten": ("length | duration | distance | länge | dauer", "top"),
    "shortest | kürzeste | kürzesten": ("length | duration | distance | height | länge | dauer", "bottom"),
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
    "longer than | länger als": ("length | duration | distance | länge | dauer", "over"),
    "shorter than | kürzer als": ("length | duration | distance | height | länge | dauer", "under"),
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
    "anteile": "anteil",
    "anteil": "anteil",
    "summe": "summe",
    "durchschnitt": "durchschnitt",
    "verteilung": "verteilung",
    "anzahl": "anzahl",
    "zahlen": "anzahl",
    "zahl": "anzahl",
}
"""How German compounds end that say what is computed of what stands before: Umsatzanteil, Kundenzahl."""

ROW_NOUNS: dict[str, str] = {
    "orders order sales sale transactions transaction purchases bookings bestellungen bestellung auftrage auftrag "
    "verkaufe kaufe transaktionen buchungen invoices rechnungen": (
        "order quantity price product customer invoice amount sales revenue umsatz betrag preis produkt kunde menge"
    ),
    "employees employee people persons staff workers colleagues mitarbeiter mitarbeitern mitarbeiterinnen leute "
    "personen angestellte beschaftigte person mitarbeitende kollegen": (
        "salary department age gender gehalt abteilung alter geschlecht hire employee sex satisfaction"
    ),
    "respondents responses answers participants antworten teilnehmer befragte teilnehmern befragten": (
        "age gender satisfaction answer question score rating alter geschlecht zufriedenheit bewertung frage"
    ),
    "passengers passagiere": "survived fare passenger class embarked ticket",
    "penguins pinguine": "bill flipper penguin island species",
    "cars autos vehicles models": "horsepower mpg car cylinders engine ps",
    "measurements readings messungen messwerte": "temperature precipitation wind sensor temperatur niederschlag value",
    "flights fluge": "airline flight delay carrier",
}
"""What rows are called, and the words in headers that show that a row of this table is one."""
