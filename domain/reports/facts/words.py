"""Words in headers that hint at what a column is, folded to plain letters.

They only tip a balance: behaviour decides.
"""

import re

from domain.reports.reading.months import fold

_LEVEL = (
    "stock inventory onhand headcount heads employees staff fte subscribers members active subscriptions mrr arr "
    "balance reading counter meter bestand lagerbestand lagerwert zahlerstand zaehlerstand stand mitarbeiter "
    "kopfzahl kopfe koepfe personalbestand abonnenten mitglieder effectif effectifs encours abonnes compteur "
    "releve existencias inventario plantilla lectura suscriptores saldo giacenza giacenze organico dipendenti "
    "lettura abbonati voorraad personeel medewerkers meterstand abonnees magazyn zapas lager lagersaldo anstallda "
    "ansatte maleraflasning matarstallning estoque efetivo leitura stocks anfangsbestand endbestand opening "
    "closing backlog recurring recurrent recurrente recorrente ricorrente wiederkehrend terugkerend outstanding "
    "wip debt assets deposits kundenbestand start anfang debut inicio inizio begin population populations einwohner "
    "einwohnerzahl pop bevolkerung habitants poblacion popolazione bevolking befolkning inhabitants residents followers"
)
_FLOW = (
    "revenue sales turnover income profit cost costs spend expense expenses amount orders returns units quantity "
    "qty pay wages salary salaries payroll fees takings new churned lost used usage consumption kwh clicks "
    "impressions conversions visits sessions leads calls minutes umsatz erlos erloes gewinn kosten ausgaben "
    "betrag bestellungen retouren menge stuck stueck lohn gehalt gehalter abgang zugang verbrauch anrufe besuche "
    "klicks chiffre ventes recettes cout couts depenses montant commandes retours quantite salaires consommation "
    "appels visites ventas ingresos costes coste gastos importe pedidos devoluciones cantidad consumo llamadas "
    "ricavi vendite fatturato costi spese importo ordini resi quantita consumi omzet verkoop uitgaven bedrag "
    "bestellingen aantal verbruik vendas receita custo despesa valor sprzedaz przychod koszt kwota zamowienia "
    "zwroty ilosc forsaljning intakter kostnad belopp ordrar omsaetning salg overtime uberstunden ueberstunden "
    "sick krankheitstage krank sorties salida salidas uscite uitgifte lohnkosten gross netto brutto loon masse "
    "passengers visitors downloads views rainfall precipitation niederschlag"
)
_COUNT = (
    "freq frequency frequencies count counts anzahl haufigkeit n votes stimmen medals gold silver bronze births deaths "
    "cases cuenta nombre conteggio aantal antal"
)
_VALUE = (
    "average avg mean score rating satisfaction temperature price per median durchschnitt schnitt mittel note "
    "bewertung zufriedenheit temperatur preis moyenne moyen prix promedio media puntuacion satisfaccion precio "
    "punteggio soddisfazione prezzo gemiddelde cijfer tevredenheid prijs srednia ocena cena medel betyg pris age "
    "alter nps grade humidity rate rates ratio ratios index indices indeks inflation log logarithm percent percentage "
    "percentile pct anteil quote quoten taux tasa tasso zinssatz fertility mortality density dichte percapita "
    "expectancy yield infl speed velocity geschwindigkeit pressure luftdruck temp temps ages magnitude concentration "
    "conc probability correlation stdev variance bmi kurs wechselkurs percap life co2 ppm ppb volt volts voltage "
    "spannung celsius fahrenheit dewpoint hpa rpm ph windspeed feuchte luftfeuchte luftfeuchtigkeit"
)
_PIECE = (
    "orders units quantity qty pieces items visits sessions clicks leads calls tickets returns conversions customers "
    "users people guests passengers visitors downloads views impressions hours days stock bestellungen menge stuck "
    "stueck retouren anrufe besuche klicks kunden stunden tage bestand anzahl commandes quantite visites appels "
    "pedidos cantidad llamadas ordini quantita aantal bestellingen"
)
_PLACE = (
    "lat latitude lon lng long longitude breitengrad langengrad laengengrad breite_grad coord coords coordinate "
    "coordinates koordinate easting northing utm"
)
_NAME = (
    "id ids uuid guid identifier identifiers identifiant identificador kennung key sku ean gtin isbn issn asin zip "
    "zipcode plz postcode postal postleitzahl phone telephone telefon fax flight iban konto barcode code codes codice "
    "codigo matricule ssn passport index_no rowid rownum"
)
_PART = (
    "month monat mois mes mese maand day tag jour dia giorno weekday wochentag dow hour stunde heure hora ora minute "
    "quarter quartal trimestre week woche semaine semana kw yday dayofyear dayofweek dayofmonth weekofyear"
)
_EARNED = (
    "revenue sales turnover income profit earnings takings fees mrr arr umsatz umsaetze erlos erlose erloes "
    "gewinn ertrag einnahmen rohertrag deckungsbeitrag chiffre recettes revenu benefice marge ventas ingresos "
    "beneficio facturacion margen ricavi vendite fatturato utile incassi margine omzet winst opbrengst receita "
    "lucro faturamento sprzedaz przychod zysk forsaljning intakter vinst omsaetning gebuhren gebuehren beitrage "
    "beitraege cotisations margin contributions"
)
_SPENT = (
    "cost costs spend spending expense expenses pay wages salary payroll kosten ausgaben aufwand lohn gehalt cout "
    "couts depenses depense gasto gastos coste costes costo costi spese spesa uitgaven custo despesa koszt "
    "wydatki kostnad utgifter budget gehalter loon salaires"
)
_PROFIT = (
    "profit gewinn rohertrag deckungsbeitrag benefice marge beneficio margen utile margine winst lucro zysk vinst "
    "margin resultat ergebnis resultado"
)
_YEAR = "year yr years jahr baujahr jahrgang annee ano built anno rok vintage"
_OUTCOME = (
    "y "
    "survived survival alive dead died death churn churned attrition left exited default defaulted outcome result "
    "success successful target converted conversion response responded cancelled canceled returned won win passed "
    "pass fail failed failure disease diagnosis fraud clicked bought purchased subscribed approved accepted admitted "
    "hired paid uberlebt gekundigt bestanden gekauft ausgefallen ergebnis erfolg storniert zugelassen survecu resultat "
    "exito resultado esito"
)
_ID = (
    "id ids nr no number code key ref reference sku ean zip plz postcode postleitzahl account konto nummer "
    "artikelnummer numero num codigo codice kennung zeichen centre center kostenstelle campaign ticket invoice "
    "order_id uuid cif matricule"
)

_SETS = {
    kind: frozenset(words.split())
    for kind, words in (
        ("level", _LEVEL),
        ("flow", _FLOW),
        ("value", _VALUE),
        ("earned", _EARNED),
        ("spent", _SPENT),
        ("profit", _PROFIT),
        ("id", _ID),
        ("count", _COUNT),
        ("piece", _PIECE),
        ("place", _PLACE),
        ("name", _NAME),
        ("part", _PART),
        ("outcome", _OUTCOME),
        ("year", _YEAR),
    )
}


def _parts(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.findall(r"[^\W\d_]+", fold(spaced))


_MEASURED = frozenset(
    ["v", "mv", "kv", "hpa", "mbar", "bar", "hz", "khz", "mhz", "ghz", "rpm", "mph", "kmh", "kph", "db"]
)
"""Units behind a name that belong to what is measured at one moment and is never added."""

_EACH = frozenset(("hourly", "daily", "weekly", "monthly", "yearly", "annual"))

_WHOLE = frozenset(("total", "totals", "summe", "gesamt", "insgesamt", "suma", "totale"))
"""Headers that are nothing but a word for a sum."""

_BEFORE = 3
"""So many letters at least make the first half of a compound: there is no usage in “husage”."""


def called(name: str, kind: str) -> bool:
    """Whether a header is, or ends with, a word for a ``name``, a ``place``, a ``part`` of a date, a ``year`` or a
    ``count``; or begins with one that says what time it is for ``each`` row (“monthly income”)."""
    parts = _parts(name)
    if kind == "each":
        return bool(parts) and parts[0] in _EACH
    return bool(parts) and (parts[-1] in _SETS[kind] or "_".join(parts) in _SETS[kind])


def hints(name: str, kind: str) -> bool:
    """Whether a header speaks for ``level``, ``flow``, ``value``, ``earned``, ``spent``, ``profit``, ``outcome``,
    ``piece`` or ``id``.

    Long words count inside compounds too (``Lagerbestand``, ``Jahresumsatz``).
    """
    words, parts = _SETS[kind], _parts(name)
    if kind == "flow" and (called(name, "count") or fold(name).strip() in _WHOLE):
        return True
    if kind == "value" and len(parts) > 1 and parts[-1] in _MEASURED:
        return True
    joined = re.sub(r"[\W_]+", "", fold(name))  # “on_hand”, “CO2”
    return joined in words or any(
        part in words
        or any(len(word) >= 6 and word in part for word in words)
        or any(len(word) >= 5 and part.endswith(word) and len(part) >= len(word) + _BEFORE for word in words)
        for part in parts
    )


def per_something(name: str) -> bool:
    """Whether a header says that each number is already divided: “per hour”, “Ø”, “avg”, “%”."""
    return bool(re.search(r"ø|∅|%|\bper\b|\bpro\b|\bpar\b|\bpor\b|/|\bavg\b|\bpct\b", name.casefold()))
