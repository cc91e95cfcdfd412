"""The English words of questions, by what they mean."""

PHRASES: dict[str, str] = {
    "sum": "total | sum | totals | sums | overall | altogether | in total | in sum | add up | sum up | combined",
    "mean": "average | avg | mean | averages | on average | mean value | average value | typical",
    "median": "median | medians | middle value",
    "min": "minimum | min | minimum of | min of | lowest value | smallest value",
    "max": "maximum | max | maximum of | max of | highest value | largest value | biggest value | peak | record",
    "many": (
        "how many | headcount | head count | number of | count | counts | count of | no of | amount of | "
        "how often | total number of | frequency | how many times | the number of times"
    ),
    "much": "how much | what amount",
    "distinct": "distinct | different | unique",
    "share": (
        "share | shares | percentage | percent | proportion | fraction | percentages | what share | "
        "what part | breakdown in percent"
    ),
    "missing": (
        "missing | empty | blank | blanks | lacking | lacks | lack | null | nulls | not filled | unknown | "
        "not given | no value | no values | missing values | missing value | empty cells | not filled in"
    ),
    "negative": "negative | in the red",
    "positive": "positive",
    "filled": "filled | present | not missing | not empty | given | filled in | known",
    "correlation": (
        "correlation | correlate | correlated | correlates | relationship | relation | association | "
        "related | relate | depend | depends | dependent | connection | linked"
    ),
    "top": ("top | best | highest | most | largest | biggest | greatest | strongest | leading | busiest | topmost"),
    "good": "best | worst | poorest",
    "bottom": ("bottom | worst | lowest | least | smallest | fewest | weakest | lowermost | poorest | slowest selling"),
    "common": (
        "most common | most used | most chosen | most often used | most frequently used | most frequent | "
        "most often | commonest | most popular | most frequently | biggest number of"
    ),
    "rare": "least common | least frequent | rarest | least popular | least often",
    "first": "first | earliest",
    "last": "last | latest | most recent | newest | final",
    "asc": (
        "ascending | asc | smallest first | lowest first | increasing | a to z | alphabetically | "
        "from low to high | from lowest to highest | from smallest to largest | oldest first | earliest first"
    ),
    "desc": (
        "descending | desc | largest first | highest first | biggest first | decreasing | from high to low | "
        "from highest to lowest | from largest to smallest | best first | newest first | latest first | "
        "most first"
    ),
    "sort": (
        "sort | sorted | order by | ordered by | ordered | sort by | sorted by | rank | ranked | rank by | "
        "ranked by | sort it by | sort them by | sort this by | ranking | arrange by | arranged by | reorder"
    ),
    "by": (
        "by | per | for each | for every | each | every | in each | across | grouped by | group by | "
        "broken down by | break down by | break it down by | split by | split it by | break this down by | "
        "depending on | according to | for all | in every | on each | at each | grouped | group it by"
    ),
    "in": (
        "in | for | from | at | on | during | within | among | of which | inside | in the | out of | "
        "amongst | over in | to"
    ),
    "of": "of | in terms of | regarding | concerning",
    "with": (
        "with | having | where | whose | that have | which have | that had | that has | has | have | had | "
        "when the | if | who have | that are | that were | which are | which were | who are | that is | "
        "filter by | filtered by | filter on | filter to"
    ),
    "without": (
        "without | no | with no | lacking any | that have no | which have no | have no | has no | had no | "
        "without a | without any"
    ),
    "except": (
        "non | except | excluding | exclude | other than | apart from | but not | not | leaving out | "
        "leave out | ignoring | ignore | not counting | outside | outside of | but no | not in | not from | "
        "everything but | all but | isn't | aren't | is not | are not | was not | were not"
    ),
    "only": (
        "only | just | only for | just for | restrict to | limit to | filter for | narrow to | now only | "
        "limited to | restricted to | show only | show me only | just show | only show | keep only"
    ),
    "is": "is | are | was | were | equals | equal | equal to | equals to | = | be | being",
    "isnt": "!= | <> | is not equal to | not equal to | unequal",
    "or": "or",
    "and": "and | & | plus | as well as | & also | and also | along with | together with | along | then",
    "versus": (
        "versus | vs | against | compared with | compared to | in comparison to | in comparison with | "
        "relative to | v | as against | than in"
    ),
    "compare": (
        "difference | difference in | the difference | differ | compare | comparison | comparison of | "
        "compared | contrast | difference between | the difference between | compare between | how does | "
        "how do"
    ),
    "contains": (
        "contains | containing | contain | includes | including | that include | starting with the text | "
        "that contain | that contains | with the text | with the word | mentions | mentioning"
    ),
    "than": "than",
    "over": (
        "more than | over | above | greater than | larger than | bigger than | higher than | exceeding | "
        "exceeds | exceed | > | after more than | beyond | upwards of | stronger than | better than | greater"
    ),
    "under": (
        "less than | under | below | smaller than | lower than | fewer than | < | beneath | worse than | weaker than"
    ),
    "atleast": (
        "at least | no less than | not less than | >= | ≥ | minimum of | or more | or above | and above | "
        "and more | or higher | or over | not under | not below | and over | or older | no fewer than"
    ),
    "atmost": (
        "at most | no more than | not more than | <= | ≤ | up to | maximum of | or less | or below | "
        "and below | or fewer | or lower | or under | not over | not above | or younger"
    ),
    "more": "more | higher | better | bigger | larger | greater | less | lower | fewer | smaller | worse",
    "exactly": "exactly | precisely",
    "between": "between | ranging from",
    "since": (
        "since | starting | starting from | from | beginning | beginning in | beginning with | as of | "
        "onwards | onward | and later | or later"
    ),
    "before": "before | prior to | earlier than",
    "after": "after | later than",
    "ending": "end of | at the end of | as of the end of | by the end of",
    "change": (
        "change | changed | changes | changing | the change | change in | changes in | change of | "
        "moved from | went from"
    ),
    "up": (
        "grow | grew | grown | growing | growth | growth of | growth in | growth rate | rise | rose | risen | rising | "
        "increase | increased | increases | increase in | increase of | went up | gone up | go up | gained"
    ),
    "down": (
        "decrease | decreased | decline | declined | declining | fall | fell | fallen | falling | dropped | shrink | "
        "shrank | shrunk | went down | gone down | go down | decrease in | decline in | drop in"
    ),
    "fast": "fastest | quickest | the fastest | in percent | in per cent | relatively",
    "slow": "slowest | the slowest",
    "until": "until | till | through | up to | to | up until | by the end of | thru",
    "rows": (
        "rows | row | records | record | entries | entry | lines | line | data rows | observations | "
        "observation | cases | data points | table rows"
    ),
    "show": (
        "show | list | display | give | print | show me | give me | list me | let me see | see | view | "
        "show us | give us | get | get me | tell | tell me | find | find me | fetch | i want to see | "
        "i would like to see | i'd like to see | want to see | pull up | provide | present me | look up | "
        "calculate | compute | work out | determine"
    ),
    "which": (
        "which | what | which one | which ones | whichever | in which | on which | what kind of | "
        "what kinds of | which of the | what type of | for which | at which | from which | which of"
    ),
    "who": "who | whom | which person | which people",
    "when": (
        "when | at what time | what date | which date | on which date | on what date | on what day | "
        "what day | which day | since when"
    ),
    "about": (
        "what about | how about | and what about | now for | and for | the same for | same for | what of | "
        "and how about | same thing for | how did it look in | how was it in | how does it look for | "
        "do the same for | now | do it for"
    ),
    "also": "also | additionally | in addition | as well | too | on top",
    "them": "them | of them | of those | of these | those | that | these | ones | which of them | which ones",
    "table": "as a table | as table | in a table",
    "instead": "instead | rather | instead of that",
    "rest": "all | the whole | everything | whole | entire | full | complete | any | all the | every single",
    "behind": (
        "behind it | behind this | behind that | behind them | behind these | underlying | rows behind it | behind"
    ),
    "trend": (
        "over time | trend | trends | development | develop | evolve | evolution | over the years | "
        "over the months | over the year | over the weeks | over the days | timeline | time series | "
        "course | progress | history | across time | with time | through time"
    ),
    "drop": (
        "remove the filter | without filter | remove filters | no filter | all again | for all again | "
        "without the filter | reset the filter | clear the filter | drop the filter | overall again"
    ),
    "column": (
        "column | columns | field | fields | variable | value | values | figures | figure | numbers | "
        "number | category of | level of | levels of | data"
    ),
    "year": "year | years",
    "quarter": "quarter | quarters",
    "month": "month | months",
    "week": "week | weeks | calendar week | calendar weeks",
    "day": "day | days | date | dates",
    "weekday": "weekday | weekdays | day of the week | day of week | days of the week",
    "hour": "hour | hours | hour of the day | hour of day | time of day",
    "yearly": "yearly | annual | annually | year by year | year on year",
    "quarterly": "quarterly | quarter by quarter",
    "monthly": "monthly | month by month | month over month | month on month",
    "weekly": "weekly | week by week",
    "daily": "daily | day by day",
    "hourly": "hourly | hour by hour",
    "this": "this | current | the current",
    "previous": "last | previous | past | preceding | prior | latest | most recent",
    "bar": "bar chart | bar graph | bars | bar plot | column chart | barchart | bar diagram | a bar",
    "line-chart": "line chart | line graph | line plot | linechart | as a line | as line | curve",
    "pie": "pie chart | pie | pie graph | piechart | donut | donut chart | doughnut chart",
    "scatter": (
        "scatter | scatter plot | scatter chart | scatterplot | scatter graph | scatter diagram | xy plot | point cloud"
    ),
    "histogram": (
        "histogram | distribution | frequency distribution | distribution of | how is distributed | distributed"
    ),
    "stacked": "stacked | stacked bar chart | stacked chart | stacked bars | stacked area | stacked bar",
    "chart": (
        "chart | graph | plot | diagram | visualise | visualize | charts | visualisation | visualization | "
        "graphic | draw | picture | plotted | charted | drawn"
    ),
    "pdf": "pdf | pdf file | pdf document",
    "xlsx": ("excel | xlsx | spreadsheet | excel file | excel sheet | xls | workbook | excel table | excel workbook"),
    "docx": "word file | docx | word document | word doc | ms word | as word | in word | as a word",
    "csv": "csv | csv file | comma separated file",
    "export": (
        "export | download | save | attach | export it | export this | export that | as a file | put into | "
        "put in | put it into | put this into | put this in | put it in | turn it into | turn this into | "
        "convert it to | convert this to | make it | make this"
    ),
    "facts": (
        "what moved | moved | what has moved | what's moving | describe | what is in this file | "
        "what is in the file | what is in it | what is in this table | what is this about | what changed | "
        "what has changed | what's changed | stands out | stand out | standing out | summary | summarize | "
        "summarise | overview | anything unusual | anything interesting | what is interesting | key facts | "
        "key insights | insights | highlights | analyse | analyze | analysis | anomalies | outliers | "
        "what happened | what does it say | what is going on | key findings | findings | main points | "
        "most important facts | interesting facts | noteworthy | what should i know | what do you see | "
        "what can you see | explain this | unusual | takeaways | what's new | interesting | "
        "tell me about this | tell me about it | tell me about the | look at this | look into | "
        "worth knowing | what does this say | what do we learn | important"
    ),
    "why": (
        "why | how come | what caused | reason | reasons | cause | causes | what is the reason | "
        "explain why | because of what | due to what | what drives | what explains"
    ),
    "forecast": (
        "forecast | predict | prediction | will | next year | next month | next week | next quarter | "
        "future | expect | expected | tomorrow | projected | projection | going to | extrapolate | "
        "upcoming | coming"
    ),
    "opinion": (
        "should i | should we | do you think | recommend | recommendation | opinion | advice | your view | "
        "what would you do | advise | should"
    ),
    "quotient": "order value | order values | basket value | basket size | aov | stock value | inventory value",
    "sold-out": "out of stock | sold out | in stock",
    "fill": (
        "said | say | says | answered | gave | responded | performed | perform | "
        "performs | placed | break | fell | fall of | doing | help | help me | "
        "it did | did it | make me | send | send me | file | document | files | work | works | working | "
        "worked | employed | live | lives | living | belong | belongs | may i | take | takes | took | the | "
        "a | an | me | us | i | we | you | our | my | your | it | its | them | these | those | that | "
        "there | here | please | pls | plz | can | could | would | want | like | need | know | do | does | "
        "did | done | been | am | as | into | so | hi | hello | hey | thanks | thank | ok | okay | now | "
        "again | still | exactly | roughly | approximately | about | around | get | got | gets | come | "
        "comes | came | make | made | makes | go | went | happen | happened | use | using | used | their | "
        "they | he | she | his | her | what's | whats | who's | how's | that's | result | results | answer | "
        "respectively | both | one | ones | same | such | well | really | actually | simply | quickly | "
        "thing | things | it's | i'd | let's | let | table | sheet | dataset | data set | "
        "spreadsheet above | attached | report | this | is there | are there | were there | was there | "
        "there is | there are | looking at | look | looks | looked | based on | then | question | for me | "
        "for us | to me | kind | kinds | each other | please tell | given the | was it | is it | were they | "
        "are they | kindly | how | yes | no problem | thanks a lot | many thanks | cheers | good morning | "
        "dear | and please | break down | breakdown | down | split | turn out | be | being | rate of | "
        "all in all | according | version | whats the | per cent | at all | ever | each of | of the | "
        "to be | had been | occur | occurred | occurs | recorded | exist | exists | appear | appears | "
        "contained | see if | if any | number one | in this | in the data | in the table | in the file | "
        "in this file | in this table | from this file | from the file | in this data | of this file | "
        "from this table | of this table | from the table | of the table"
    ),
}
