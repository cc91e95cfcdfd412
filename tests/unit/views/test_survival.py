"""Digits, operators and words of a text are those a person reads, on every face; only real marks are taken away."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.views.faces import read

SIGNS = frozenset("+-*/=<>%^~|_$#@&\\")

RULED = re.compile(r"^[-—─]{3,}$", re.MULTILINE)
"""A line drawn across, which each face draws in its own way."""


def essence(text: str) -> str:
    """Letters, digits and operators in their order."""
    return "".join(letter for letter in text if letter.isalnum() or letter in SIGNS)


def words(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


LITERAL = """\
2*3*4 = 24
2**3**4
2*3*4*5*6*7 = 5040
5 * 3 * 2 = 30
a*b*c + d*e*f
(2+3)*(4+5)*6 = 270
2*(3+4)*5 and 2 *(3+4)* 5
2 *3* 4 = 24
2 *3*
*3* 4
2 **3** 4
a *b* c
-3*-4*-5
f(*args, **kwargs) calls g(*args)**2
def f(*a, *b, **c): return (*a)*(*b)
x_1 * y_2 * z_3
snake_case_name and other_snake_case
__init__ and __name__ == "__main__"
__init__.py, _foo_bar_ and _private
*.py *.txt *.csv
*.py,*.txt,*.csv
src/*test*/**/*.py
/*comment*/ int *p = *q * 2;
"*" or '*' or (*) or [*]
0 9 * * 1-5 and */5 * * * *
* * * * * /usr/bin/true
~5 to ~7, ~~ or ~ 3
5~~6~~7
$5 and $6, $a_1*b_1$ and $x^*y^*$
#1 and #2
#5 in the list
- 5
+ 3
* 4
12\\n+ 3\\n- 5\\n* 2\\n= 20
12\\n+30\\n---\\n42
> 3
>5 is more
>= 4
> 3 items left
3 < 4 > 2 and 3 <4> 2
>>> 2*3*4
a\\n> 3\\nb
1. 5 + 3 = 8
7. seven\\n8. eight
1. a\\n3. b
12. March 2024 was a day
007. James
0. zero\\n1. one
1986. A great year
[1](2) and f[0](1)
[1]: 42
[^1]: see page 5
note[^1]
`half a tick and 2*3*4
``5` and 3
|x| + |y| >= |x+y|
a | b | c
a|b|c
<b>bold</b> <br> </p> <!-- 5 -->
<http://a.example/b_c_d> and <ada@example.com>
http://a_b_c/ and https://x.example/_a_/*b*/c~~d~~
https://x.example/?a=*b*&c=_d_&e=~~f~~
ada_b_c@example.com, +49 30 1234-56
5–10, 3*60, 10:30, 5-10
50% of 3*4%
&#42; and &copy; and &foo;
C:\\\\Users\\\\_me_\\\\*x*
\\\\\\\\server\\\\share\\\\_a_
^\\\\d+\\\\.\\\\d{2}$ and \\\\w*\\\\s*\\\\w*
a.*b.*c and (.*)|(.*)
\\\\frac{a*b}{c*d} + \\\\alpha_1*\\\\beta_2
curl -X POST \\\\\\n  -d a=*b*
„Umsatz*2*3“ und ‚a_b_c‘
{"a_b": 2*3, "c": ["*", "_"]}
@@ -1,2 +1,2 @@\\n-a*b\\n+a*c
12*\\n*13
5* hotel, 4* hotel, 3*
price* and cost*, *) without tax
x = y*z*w if a_b_c else d__e__f
2\u00d73\u00f74 = 1.5
1e-5*1e+5*2
"""


@pytest.mark.parametrize("written", LITERAL.splitlines())
def test_what_is_no_mark_is_shown_as_it_was_written(written: str) -> None:
    text = written.replace("\\n", "\n").replace("\\\\", "\\")
    for face, shown in read(text).items():
        assert essence(RULED.sub("", shown)) == essence(RULED.sub("", text)), face


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("**24**", "24"),
        ("the answer is **24**.", "the answer is 24."),
        ("3 * 8 = **24**", "3 * 8 = 24"),
        ("**Total:** 2*3*4 = 24", "Total: 2*3*4 = 24"),
        ("*really* and _truly_", "really and truly"),
        ("(*really*), “*truly*”", "(really), “truly”"),
        ("***both*** **one *in* two**", "both one in two"),
        ("**a**, **b**; **c**!", "a, b; c!"),
        ("**50**% and **5** €", "50% and 5 €"),
        ("**Input**/**Output**, **self**-made", "Input/Output, self-made"),
        ("__bold words__ and __Note:__", "bold words and Note:"),
        ("重要**警告**です", "重要警告です"),
        ("✅**Done**", "✅Done"),
        ("**snake_case_name** is *a_b*", "snake_case_name is a_b"),
        ("`2*3*4` and ``a`b``", "2*3*4 and a`b"),
        ("2 \\* 3 = 6, a\\_b, 1\\. x, \\~5", "2 * 3 = 6, a_b, 1. x, ~5"),
        ("Fish &amp; chips &lt; 5", "Fish & chips < 5"),
        ("[here](https://x.example/a_b_c)", "here (https://x.example/a_b_c)"),
        ("[ü](https://x.example/ü?q=a&b=*c*)", "ü (https://x.example/ü?q=a&b=*c*)"),
        ("**https://x.example/a_b**", "https://x.example/a_b"),
        ("5 **March** 2024", "5 March 2024"),
        ("2*3*4=**24** and **2*3**=6", "2*3*4=24 and 2*3=6"),
        ("**`x`**, **C++**; **5 €**: *`y`*, **[a](https://x.example)**.", "x, C++; 5 €: y, a (https://x.example)."),
        ("⚠️**Warning** and 5️⃣**five**", "⚠️Warning and 5️⃣five"),
        ("**مهم**، نعم", "مهم، نعم"),
        ("(**.env** and **/tasks**)", "(.env and /tasks)"),
        ("down to *1,204*; 111 of 119 lost", "down to 1,204; 111 of 119 lost"),
    ],
)
def test_what_is_a_mark_is_not_shown(written: str, right: str) -> None:
    for face, shown in read(written).items():
        assert shown == right, face


def test_a_cell_may_have_lines() -> None:
    for face, shown in read("|a|b|\n|---|---|\n|one<br>two<br/>3|`<br>`|").items():
        assert "one<" not in shown, face
        assert re.sub(r"[^a-z0-9<>]", "", shown) == "abonetwo3<br>" or face == "terminal", face


@pytest.mark.parametrize("count", [60, 400, 1_500])
def test_a_text_of_many_messages_keeps_its_digits_and_operators(count: int) -> None:
    sums = [line for line in LITERAL.splitlines() if "\\" not in line and "`" not in line and "|" not in line]
    written = "\n\n".join((sums * count)[:count])
    for face, shown in read(written).items():
        assert essence(shown) == essence(written), face


sums = st.lists(
    st.one_of(
        st.integers(0, 9999).map(str),
        st.sampled_from(["a", "b_c", "x", "f(x)", "(2+3)", "_", "3.5", "10%", "$5", "~7", "#1", "~~"]),
        st.sampled_from(
            ["*", "**", "-", "+", "/", "=", "<", ">", "^", "|", "%", " * ", " - ", " + ", " = ", " ", "; "]
        ),
    ),
    min_size=1,
    max_size=16,
).map("".join)


@settings(max_examples=120)
@given(sums)
def test_a_sum_is_shown_with_every_digit_and_operator(written: str) -> None:
    if re.search(r"(?<![^\W_])(?:[*_]|~~)\S.*\S(?:[*_]|~~)(?!\w)", written):
        return  # a person's platform would see marks there, too
    if re.match(r"\s*(?:[-*+]\s|>)", written) or re.fullmatch(r"[-*_\s]+", written):
        return  # an item of a list, a quotation, a ruled line
    for face, shown in read(written).items():
        assert essence(shown) == essence(written), face


pieces = st.sampled_from(
    ["**", "*", "_", "__", "~~", "`", "```\n", "\n", "\n\n", "- ", "1. ", "3) ", "> ", "# ", "| ", " | ",
     "\n|---|---|\n", "    ", " ", "[", "](", ")", "![", "https://x.example/a_b", "\\", "&amp;", "<b>", "word",
     "5", "12", "a_b", "2*3", "é", "重要", "🦊", "ש", ":", ".", "---\n", "===\n", "[1]: ", "[^2]", "\t"]
)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(pieces, max_size=30).map("".join))
def test_no_word_and_no_digit_of_any_markdown_is_lost(written: str) -> None:
    for face, shown in read(written).items():
        assert words(shown.replace("&amp;", "&")) == words(written.replace("&amp;", "&")), face
