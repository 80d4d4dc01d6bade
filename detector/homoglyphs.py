"""Letters of other scripts that look Latin, and what they stand for.

The tables hold shapes, not words. A letter is replaced only inside or beside Latin words: a text that is really
written in Cyrillic, Greek or another script stays as it is.
"""

import re

from detector.alignment import Draft, Edit

# Letters that a reader takes for the Latin one below them, whatever the font.
_TWINS: dict[int, int] = {
    **str.maketrans(  # Cyrillic
        "асԁеһіјӏорԛѕухԝѵүкмнтвгпьҽёїАВСЕНІЈКМОРԚЅТУХԜҮӀҺԌЁЇ",
        "acdehijlopqsyxwvykmhtbrnbeeiABCEHIJKMOPQSTYXWYIHGEI",
    ),
    **str.maketrans(  # Greek
        "αορνυκιτγηωχεϲϳάόίέύήΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ",
        "aopvukitynwxecjaoieunABEZHIKMNOPTYXC",
    ),
    **str.maketrans("օոսհցգզաՕՏՍԼ", "onuhgqqwOSUL"),  # Armenian
    **str.maketrans("ᎪᏴᏟᎠᎬᎻᎫᏦᏞᎷᎵᏢᏒᏚᎢᏙᎳᏃᏀ", "ABCDEHJKLMPPRSTVWZG"),  # Cherokee
    **str.maketrans("ᗩᗷᑕᗪᗴᖴᕼᒍᒪᗰᑎᑭᖇᔕᑌᐯᗯ᙭", "ABCDEFHJLMNPRSUVWX"),  # Canadian syllabics, in ornamental alphabets
}
# Rough likenesses, signs of their own in earnest use: believed only where they make a word that the caller names.
_ROUGH: dict[int, int] = {
    **str.maketrans("бБиИяЯшШдДзлЛфцчю", "bBnNrRwWdDenAouuo"),
    **str.maketrans("βδθλμπςσφψωΔΘΛΣΨΩ", "bdoaunsooywAOAEYO"),
    **str.maketrans("ɑƅƈɗđɖɛəƒɡɠħɦɨıɩʝƙłɭɱɳɲŋøɔƥʠɍɾʂŧʋʌɯƴʐƶ", "abcdddeefgghhiiijkllmnnnoopqrrstvvwyzz"),
}
LATIN_LOOKALIKES: dict[int, int] = {**_ROUGH, **_TWINS}

_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_SCRIPTS = "\u0370-\u03ff\u0400-\u052f\u0531-\u0587\u13a0-\u13fd\u1400-\u167f\u1f00-\u1fff"
_ANY_SCRIPT = re.compile(f"[{_SCRIPTS}]")
_WORD = re.compile(f"[{_LATIN}{_SCRIPTS}]+")
_LATIN_LETTERS = re.compile(f"[{_LATIN}]")
_SHORTEST_ALONE = 3  # a lone Greek letter is a symbol, not a word


def repair(draft: Draft) -> None:
    """Put Latin letters in place of their twins.

    In a text with more Latin letters than others: words that mix both scripts, if every foreign letter has a twin; and
    words wholly of twins, if no word of the text needs the other script.
    """
    if draft.text.isascii() or not _ANY_SCRIPT.search(draft.text):
        return
    foreign = len(_ANY_SCRIPT.findall(draft.text))
    if len(_LATIN_LETTERS.findall(draft.text)) < foreign:
        return
    mixed: list[Edit] = []
    whole: list[Edit] = []
    genuine = False
    for match in _WORD.finditer(draft.text):
        (start, end), word = match.span(), match.group()
        if word.isascii() or not _ANY_SCRIPT.search(word):
            continue
        new = word.translate(_TWINS)
        if _ANY_SCRIPT.search(new):
            genuine |= not _LATIN_LETTERS.search(word)
        elif _LATIN_LETTERS.search(word):
            mixed.append((start, end, new))
        elif end - start >= _SHORTEST_ALONE:
            whole.append((start, end, new))
    edits = mixed if genuine else sorted(mixed + whole)
    draft.repaired |= bool(edits)
    draft.apply(edits)
