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
    "wip debt assets deposits kundenbestand start anfang debut inicio inizio begin"
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
    "sick krankheitstage krank sorties salida salidas uscite uitgifte lohnkosten gross netto brutto loon masse"
)
_VALUE = (
    "average avg mean score rating satisfaction temperature price per median durchschnitt schnitt mittel note "
    "bewertung zufriedenheit temperatur preis moyenne moyen prix promedio media puntuacion satisfaccion precio "
    "punteggio soddisfazione prezzo gemiddelde cijfer tevredenheid prijs srednia ocena cena medel betyg pris age "
    "alter nps grade humidity"
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
    )
}


def _parts(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.findall(r"[^\W\d_]+", fold(spaced))


def hints(name: str, kind: str) -> bool:
    """Whether a header speaks for ``level``, ``flow``, ``value``, ``earned``, ``spent``, ``profit`` or ``id``.

    Long words count inside compounds too (``Lagerbestand``, ``Jahresumsatz``).
    """
    words = _SETS[kind]
    return any(
        part in words
        or any(len(word) >= 6 and word in part for word in words)
        or any(len(word) >= 5 and part.endswith(word) for word in words)
        for part in _parts(name)
    )


def per_something(name: str) -> bool:
    """Whether a header says that each number is already divided: “per hour”, “Ø”, “avg”, “%”."""
    return bool(re.search(r"ø|∅|%|\bper\b|\bpro\b|\bpar\b|\bpor\b|/|\bavg\b|\bpct\b", name.casefold()))
