"""The German words of questions, by what they mean; umlauts are folded when they are read."""

PHRASES: dict[str, str] = {
    "sum": (
        "summe | gesamt | insgesamt | gesamte | gesamter | gesamten | gesamtes | total | totale | summiert | "
        "summen | in summe | gesamtsumme | zusammen | gesamtzahl der summe"
    ),
    "mean": (
        "durchschnitt | durchschnittlich | durchschnittliche | durchschnittlicher | durchschnittlichen | "
        "durchschnittliches | mittel | mittelwert | im schnitt | im mittel | schnitt | im durchschnitt | "
        "mittlere | mittlerer | mittleren | durchschnittswert | mittelwerte | avg"
    ),
    "median": "median | zentralwert | medianwert | mediane",
    "min": (
        "minimum | min | kleinster wert | niedrigster wert | tiefster wert | minimal | minimale | "
        "kleinsten wert | niedrigsten wert | mindestwert"
    ),
    "max": (
        "maximum | max | höchster wert | größter wert | maximal | maximale | höchsten wert | größten wert | "
        "höchstwert | spitzenwert | maximaler | maximalen"
    ),
    "many": (
        "kopfzahl | wie vielen | wie viele | wieviele | anzahl | zahl der | zahl von | wie oft | "
        "anzahl der | wie häufig | häufigkeit | gesamtzahl | zähle | wieviel stück | die zahl der | "
        "wie viel mal | anzahl an | gesamtanzahl"
    ),
    "much": "wie viel | wieviel | wie hoch | welche menge | wie hoch ist | wie hoch war",
    "distinct": (
        "verschiedene | verschiedenen | verschiedener | unterschiedliche | unterschiedlichen | "
        "unterschiedlicher | eindeutige | eindeutigen"
    ),
    "share": (
        "anteil | anteile | prozent | prozentsatz | prozentual | prozentuale | prozentualer | "
        "prozentanteil | welcher anteil | anteilig | quote"
    ),
    "missing": (
        "fehlt | fehlen | fehlend | fehlende | fehlenden | fehlender | leer | leere | leeren | "
        "nicht ausgefüllt | unbekannt | fehlte | fehlten | nicht angegeben | leere zellen | fehlende werte"
    ),
    "negative": "negativ | negative | negativen | negativer | negatives | negativem",
    "positive": "positiv | positive | positiven | positiver | positives | positivem",
    "filled": "ausgefüllt | gefüllt | vorhanden | nicht leer | angegeben | bekannt | ausgefüllte",
    "correlation": (
        "korrelation | korreliert | korrelieren | zusammenhang | hängt zusammen | hängen zusammen | "
        "beziehung | hängt ab | zusammenhängen | abhängig | zusammenhänge | hängt"
    ),
    "top": (
        "top | beste | besten | bester | bestes | höchste | höchsten | höchster | höchstes | am höchsten | "
        "meiste | meisten | am meisten | größte | größten | größter | größtes | am größten | stärkste | "
        "stärksten | stärkster | am besten | umsatzstärkste | umsatzstärksten | am stärksten | führende | "
        "oberste | obersten"
    ),
    "good": (
        "beste | besten | bester | bestes | am besten | schlechteste | schlechtesten | schlechtester | "
        "schlechtestes | am schlechtesten"
    ),
    "bottom": (
        "schlechteste | schlechtesten | schlechtester | schlechtestes | niedrigste | niedrigsten | niedrigster | "
        "am niedrigsten | wenigsten | am wenigsten | kleinste | kleinsten | kleinster | am kleinsten | "
        "geringste | geringsten | geringster | am geringsten | schwächste | schwächsten | schwächster | "
        "am schlechtesten | tiefste | tiefsten | tiefster | am tiefsten | unterste | untersten | flop | "
        "am schwächsten"
    ),
    "common": (
        "am häufigsten | am meisten genutzt | am meisten verwendet | meistgenutzte | häufigste | "
        "häufigsten | häufigster | häufigstes | meistgenannte | beliebteste | am meisten verbreitet"
    ),
    "rare": "am seltensten | seltenste | seltensten | seltenster | seltenstes",
    "first": (
        "erste | ersten | erster | erstes | zuerst | früheste | frühesten | frühester | als erstes | am frühesten"
    ),
    "last": (
        "letzte | letzten | letzter | letztes | neueste | neuesten | neuester | jüngster | späteste | "
        "spätesten | zuletzt | am spätesten | aktuellste | aktuellsten"
    ),
    "asc": (
        "aufsteigend | aufsteigende | aufsteigender | kleinste zuerst | niedrigste zuerst | alphabetisch | "
        "vom kleinsten zum größten | älteste zuerst"
    ),
    "desc": (
        "absteigend | absteigende | absteigender | größte zuerst | höchste zuerst | "
        "vom größten zum kleinsten | neueste zuerst | beste zuerst"
    ),
    "sort": (
        "sortiere | sortiert | sortiert nach | sortiere nach | sortieren | ordne nach | geordnet nach | "
        "ordne | geordnet | sortieren nach | sortier nach | sortier | reihenfolge nach | rangfolge | "
        "rangliste | rangliste nach | sortiere sie nach | sortiere es nach | sortiere das nach"
    ),
    "by": (
        "nach | pro | je | für jede | für jeden | für jedes | jede | jeden | jedes | jeder | pro einzelne | "
        "aufgeteilt nach | gruppiert nach | in jedem | in jeder | aufgeschlüsselt nach | gegliedert nach | "
        "gruppiere nach | aufgeschlüsselt | getrennt nach | verteilt auf | unterteilt nach | über alle"
    ),
    "in": (
        "in | im | für | aus | von | vom | bei | beim | an | am | auf | während | innerhalb | zum | zur | "
        "zu | davon | in der | in den | in dem | aus dem | aus der | für die | für das | für den | ins"
    ),
    "of": "von | der | des | vom | bezüglich | hinsichtlich",
    "with": (
        "mit | wo | deren | dessen | bei denen | bei dem | bei der | für die gilt | die haben | hat | "
        "haben | hatte | hatten | wenn | wobei | gefiltert nach | filtere nach | gefiltert auf"
    ),
    "without": (
        "ohne | kein | keine | keinen | keiner | keinem | ohne einen | ohne eine | haben keinen | "
        "haben keine | hat keinen | hat keine"
    ),
    "except": (
        "außer | ausser | ausgenommen | nicht | ausschließlich ohne | abgesehen von | bis auf | außerhalb | "
        "nicht in | nicht aus | exklusive | alles außer | ohne die | ohne den | ohne das | "
        "mit ausnahme von | ausgeschlossen"
    ),
    "only": (
        "nur | lediglich | ausschließlich | nur für | bloß | nur noch | beschränkt auf | jetzt nur | "
        "nur die | nur der | nur das | nur den | zeig nur | zeige nur | nur mit"
    ),
    "is": "ist | sind | war | waren | gleich | beträgt | betrug | lautet | ist gleich | gewesen | sei",
    "isnt": "ungleich | ist nicht gleich | nicht gleich",
    "or": "oder",
    "and": "und | sowie | plus | und auch | samt | beziehungsweise | dann | und dann",
    "versus": (
        "gegenüber | im vergleich zu | im vergleich mit | verglichen mit | im vergleich zum | "
        "im vergleich zur | gegen | vs | im gegensatz zu | als in | als im"
    ),
    "compare": (
        "vergleiche | vergleich | vergleichen | vergleich von | vergleich zwischen | unterschied zwischen | "
        "im vergleich | vergleiche mir | unterschied | gegenüberstellung | gegenübergestellt | vergleich mal"
    ),
    "contains": "enthält | enthalten | enthaltend | beinhaltet | mit dem text | mit dem wort",
    "than": "als",
    "over": (
        "mehr als | über | größer als | höher als | oberhalb | oberhalb von | übersteigt | mehr wie | "
        "größer | stärker als | besser als | heißer als"
    ),
    "under": (
        "weniger als | unter | kleiner als | niedriger als | geringer als | unterhalb | unterhalb von | "
        "schlechter als | schwächer als"
    ),
    "atleast": (
        "mindestens | wenigstens | nicht weniger als | oder mehr | und mehr | ab einem wert von | "
        "nicht unter | oder höher | oder älter | und darüber | oder darüber"
    ),
    "atmost": (
        "höchstens | maximal noch | nicht mehr als | bis zu | oder weniger | und weniger | nicht über | "
        "oder jünger | oder darunter | und darunter"
    ),
    "more": "mehr | höher | besser | weniger | niedriger | kleiner | schlechter",
    "exactly": "genau | exakt",
    "between": "zwischen",
    "since": "seit | ab | von | beginnend | beginnend mit | angefangen | ab dem | seit dem | vom",
    "before": "vor | vor dem",
    "after": "nach | nach dem | danach",
    "ending": "ende | zum ende | am ende | per ende | ende des | zum ende des",
    "change": (
        "veränderung | verändert | veränderte | veränderten | verändern | änderung | geändert | änderte | "
        "veränderung von | veränderung der | veränderung des"
    ),
    "up": (
        "gestiegen | stieg | stiegen | steigt | steigen | gewachsen | wuchs | wuchsen | wachsen | wächst | wachstum | "
        "anstieg | zunahme | zugenommen | zunahm | zugelegt | steigerung | zuwachs"
    ),
    "down": (
        "gesunken | sank | sanken | sinkt | gefallen | fiel | fielen | abnahme | abgenommen | rückgang | geschrumpft"
    ),
    "fast": "am schnellsten | schnellsten | prozentual am meisten",
    "slow": "am langsamsten | langsamsten",
    "until": "bis | bis zum | bis ende | bis einschließlich",
    "rows": (
        "zeilen | zeile | einträge | eintrag | einträgen | datensätze | datensatz | datensätzen | reihen | "
        "datenzeilen | beobachtungen | positionen | tabellenzeilen | fälle"
    ),
    "show": (
        "zeig | zeige | liste | zeig mir | zeige mir | liste auf | gib | gib mir | nenne | nenn | "
        "nenne mir | anzeigen | auflisten | liste mir | aufgelistet | zeigen | berechne | ermittle | "
        "sag mir | finde | such | suche | sag | auflistung | liste der | liste von | nenn mir | zeig uns | "
        "errechne | bestimme | alle anzeigen | ausgeben"
    ),
    "which": (
        "welche | welcher | welches | welchen | welchem | was | was für | in welchem | in welcher | "
        "an welchem | in welchen | für welche | für welchen | aus welchem | was sind | aus welcher | "
        "welche der | welcher der | welches der | bei welchem | bei welcher"
    ),
    "who": "wer | wen | wem | welche person",
    "when": (
        "wann | zu welchem datum | an welchem datum | welches datum | an welchem tag | welcher tag | "
        "welchen tag | zu welcher zeit"
    ),
    "about": (
        "was ist mit | wie sieht es aus mit | wie ist es mit | wie war es | wie sieht es mit | "
        "wie sieht es im | und wie war es im | das gleiche für | dasselbe für | das selbe für | "
        "wie sieht es in | und für | und im | wie ist es im | wie steht es mit | jetzt für | das gleiche mit"
    ),
    "also": "auch | zusätzlich | außerdem | ebenfalls | noch dazu | auch noch",
    "them": "davon | von ihnen | von denen | darunter | diese",
    "table": "als tabelle | in einer tabelle",
    "instead": "stattdessen | statt dessen | lieber | anstatt",
    "rest": (
        "alle | allen | alles | ganze | ganzen | sämtliche | sämtlichen | aller | komplette | vollständige | "
        "gesamte tabelle | jegliche"
    ),
    "behind": (
        "dahinter | dahinterliegende | dahinterliegenden | zugrunde | zugrundeliegende | zugrundeliegenden | "
        "dazu | die dahinter stehen | dahinterstehenden"
    ),
    "trend": (
        "im zeitverlauf | zeitverlauf | verlauf | entwicklung | entwickelt | entwickeln | "
        "im laufe der zeit | über die zeit | trend | über die jahre | im laufe der jahre | "
        "im zeitlichen verlauf | zeitreihe | entwickelte | über die monate | entwickelten | im verlauf | "
        "im laufe der monate | mit der zeit"
    ),
    "drop": "ohne filter | filter entfernen | filter weg | filter aufheben | wieder alle | entferne den filter",
    "column": "spalte | spalten | feld | felder | werte | wert | merkmal | variable | zahlen | daten | werten",
    "year": "jahr | jahre | jahren | jahres | kalenderjahr",
    "quarter": "quartal | quartale | quartalen | quartals | vierteljahr",
    "month": "monat | monate | monaten | monats | kalendermonat",
    "week": "woche | wochen | kalenderwoche | kalenderwochen | kw",
    "day": "tag | tage | tagen | tages | datum | kalendertag",
    "weekday": "wochentag | wochentage | wochentagen | tag der woche | tage der woche",
    "hour": "stunde | stunden | uhrzeit | tageszeit",
    "yearly": "jährlich | jährliche | jährlichen | jährlicher | jahr für jahr | jahresweise",
    "quarterly": "quartalsweise | vierteljährlich | vierteljährliche",
    "monthly": "monatlich | monatliche | monatlichen | monatlicher | monat für monat | monatsweise",
    "weekly": "wöchentlich | wöchentliche | wöchentlichen | woche für woche | wochenweise",
    "daily": "täglich | tägliche | täglichen | tag für tag | tageweise",
    "hourly": "stündlich | stündliche | stundenweise",
    "this": "diesen | dieses | diesem | diese | dieser | aktuellen | aktuelle | aktueller | laufenden",
    "previous": (
        "letzten | letztes | letzter | letztem | letzte | vergangenen | vergangenes | vergangener | "
        "vorigen | voriges | vorige | vorheriges | vorherigen"
    ),
    "bar": (
        "balkendiagramm | säulendiagramm | balken | säulen | balkengrafik | säulengrafik | balkenchart | säulenchart"
    ),
    "line-chart": "liniendiagramm | als linie | kurve | linie | liniengrafik | kurvendiagramm | linienchart",
    "pie": "kreisdiagramm | tortendiagramm | kuchendiagramm | torte | kuchen | kreis | tortengrafik",
    "scatter": "streudiagramm | punktdiagramm | punktwolke | streuungsdiagramm | scatterplot",
    "histogram": "histogramm | verteilung | häufigkeitsverteilung | verteilt",
    "stacked": (
        "gestapelt | gestapelte | gestapeltes | gestapelten | gestapeltes balkendiagramm | "
        "gestapelte balken | gestapeltes säulendiagramm"
    ),
    "chart": (
        "diagramm | grafik | schaubild | zeichne | graph | zeichnen | diagramme | chart | graphik | "
        "visualisiere | male | abbildung | grafisch | plotte | bild"
    ),
    "pdf": "pdf | pdf datei | pdf dokument",
    "xlsx": "excel | xlsx | exceltabelle | excel datei | exceldatei | excel tabelle | arbeitsmappe",
    "docx": "word datei | docx | word dokument | worddokument | worddatei | als word | in word",
    "csv": "csv | csv datei",
    "export": (
        "exportiere | exportieren | export | speichere | speichern | herunterladen | exportier | speicher | "
        "als datei | mach daraus | mache daraus"
    ),
    "facts": (
        "fasse | fass | beschreibe | beschreib | was hat sich verändert | was hat sich geändert | "
        "was fällt auf | fällt auf | auffällig | auffälliges | auffälligkeiten | zusammenfassung | "
        "fasse zusammen | fass zusammen | überblick | übersicht | was ist passiert | analysiere | analyse | "
        "ausreißer | besonderheiten | wichtigste | wichtigsten | erkenntnisse | interessant | "
        "interessantes | ungewöhnlich | ungewöhnliches | was steht drin | worum geht es | "
        "was sagt die tabelle | fakten | was ist auffällig | was sagt | kernaussagen"
    ),
    "why": (
        "warum | wieso | weshalb | grund | gründe | ursache | ursachen | woran liegt | aus welchem grund | "
        "weswegen | wodurch"
    ),
    "forecast": (
        "prognose | prognostiziere | vorhersage | nächstes jahr | nächsten monat | nächste woche | zukunft | "
        "wird | werden | voraussichtlich | erwartet | nächsten jahr | morgen | künftig | vorhersagen | "
        "nächstes quartal | hochrechnung"
    ),
    "opinion": (
        "soll ich | sollen wir | sollten wir | empfiehlst | empfehlung | meinst du | rat | findest du | "
        "sollte ich | sollte | sollten | meinung | denkst du | glaubst du"
    ),
    "quotient": "bestellwert | bestellwerte | warenkorb | warenkorbwert | auftragswert | lagerwert | bestandswert",
    "sold-out": "nicht auf lager | ausverkauft | vergriffen | nicht vorrätig | auf lager | vorrätig",
    "fill": (
        "sagten | sagte | geantwortet | antworteten | mein | meinem | meinen | bin | "
        "bist | gebracht | brachte | bringt | habe | kamen | kam | datei | "
        "dokument | schick | schicke | sende | mach | mache | erstelle | erstell | schick mir | arbeiten | "
        "arbeitet | gehören | gehört | wohnen | beschäftigt | beschäftigen | tätig | die | das | der | dem | "
        "den | des | ein | eine | einen | einer | einem | eines | mir | mich | uns | ich | wir | du | sie | "
        "er | es | unsere | unserer | meine | meiner | bitte | kannst | könntest | können | kann | möchte | "
        "will wissen | gibt | gab | gibt es | gab es | hat es | mal | eigentlich | als | alle zusammen | "
        "hallo | hi | danke | guten tag | guten morgen | jetzt | nun | noch | noch mal | nochmal | etwa | "
        "ungefähr | wurde | wurden | worden | wie | werden angezeigt | sich | so | da | dabei | dort | "
        "hier | diese tabelle | tabelle | bericht | ergebnis | ergebnisse | das ergebnis | wie ist | "
        "wie war | wie lautet | aussieht | sieht | machen | macht | machte | gemacht | erzielt | erzielte | "
        "erzielten | erreicht | erreichte | entfällt | entfallen | entfällt auf | liegt | lag | lagen | "
        "liegen | jeweils | jeweilige | jeweiligen | dazwischen | einzelnen | einzelne | am tag | "
        "mal bitte | gern | gerne | wissen | brauche | bräuchte | hätte | würde | sein | um | davon | "
        "wie viel ist | überhaupt | aufgetreten | vorgekommen | kommen | kommt | vor | stehen | steht | "
        "drin | in der tabelle | in der datei | aus der tabelle | in dieser tabelle | in dieser datei | "
        "aus der datei | der tabelle | der datei | darin | erfasst | verzeichnet | verzeichnete | art | arten"
    ),
}
