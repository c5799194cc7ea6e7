"""Cut the fonts of Han, Kana and Hangul out of Noto Sans CJK, and write what they can print.

::

    python tools/build_script_fonts.py NotoSansCJK-Regular.ttc

The file is that of Debian's package fonts-noto-cjk (SIL Open Font License 1.1).  Chinese:
level 1 of GB 2312.  Korean: the syllables of KS X 1001.  Japanese: kana and level 1 of JIS X
0208, of these only what the Chinese font lacks or draws otherwise, as most Han characters
share one glyph.  Besides, words of food that are in neither level, and every shipped menu.
"""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "src" / "retinue" / "data" / "fonts" / "scripts"

#: Places in the collection, and the names of the files that are cut out of it.
FACES = {"JP": 0, "KR": 1, "SC": 2}

#: Of the kitchen, and rarer than the first level of the standards.
KITCHEN_SC = (
    "馄饨饺鲍鳕鲈鳜蛤蚝鳗鲷鲑鲟鳝蛏蚬蟹鲳鲢鲫鱿螃蚌贝淡腌卤煲烩焖炖煨焗熘氽煸馍馕粽糯"
    "糍馅饼饴饽馒馓醪酿醋酱芡芥蒿芹荠苋蕹茼蔻椰榴莲莓檬柠柚枇杷荔枝槟榔枸杞麸鹌鹑鸽鹅"
    "羔羯脍胗肫肘膳肴宴筵馔箸盏盅煎熏榨饧饯馐馥馊麂鳟鲇鲶鲽鳀鲻鳙魷豉酥"
)
KITCHEN_JP = (
    "鮨鰻鮭鱈鮪鯛鯖鰹鰤鱧鱒鮎鰯鰆鱚鯵鮑鮟鱇鰈鱸鮃蛸烏賊海栗雲丹牡蠣帆立栄螺蜆蛤浅蜊鯨"
    "鴨鶉雉猪鹿茸椎榎蕗蕪牛蒡蓮茗荷紫蘇山葵芹韮葱蒟蒻豆腐湯葉麩味噌醤油酢味醂焼酎饂飩"
    "蕎麦素麺丼粥漬佃煮塩辛椀碗膳箸盃盅餅団羊羹饅頭最中煎餅琥珀柚橙柑枇杷柿梨杏桃葡萄"
    "苺茄瓜胡瓜南瓜薯芋筍独活蓬菊菱慈姑銀杏胡桃栗胡麻山椒唐辛子鰭鱗鰓麹粕澱"
)

FAMILY = "Noto Sans CJK"


def _standard(codec: str, rows: range) -> set[int]:
    """Return the characters of some rows of a two-byte standard."""
    found = set()
    for row in rows:
        for cell in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes([row, cell]).decode(codec)))
            except UnicodeDecodeError:
                continue
    return found


def _menus() -> set[int]:
    """Return every character of native names in the shipped menus."""
    from retinue.provisioning.menu import load_menu

    menus = FOLDER.parent.parent / "menus"
    found: set[int] = set()
    for file in sorted(menus.glob("*.yaml")):
        menu = load_menu(file.stem)
        for item in (*menu.dishes.values(), *menu.drinks.values()):
            found |= set(map(ord, unicodedata.normalize("NFC", item.native_name)))
    return found


def _cut(source: str, face: int, codes: set[int]) -> bytes:
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    font = TTFont(source, fontNumber=face)
    options = Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=["*"])
    cutter = Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    for table in ("GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG"):
        if table in font:
            del font[table]
    # No clock: the same characters give the same file.
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    held = io.BytesIO()
    font.save(held)
    return held.getvalue()


def build(source: str) -> dict[str, Any]:
    """Write the fonts, and return the characters of each face."""
    from fontTools.ttLib import TTFont

    glyphs = {
        name: TTFont(source, fontNumber=n, lazy=True).getBestCmap() for name, n in FACES.items()
    }
    menus = _menus()
    wide = {0x3001, 0x3002, 0x300C, 0x300D, 0x30FB, 0xFF08, 0xFF09, 0xFF0C}
    chosen = {"SC": _standard("gb2312", range(0xB0, 0xD8)) | set(map(ord, KITCHEN_SC)) | wide}
    chosen["SC"] |= {c for c in menus if 0x4E00 <= c < 0xA000}
    kana = set(range(0x3041, 0x3097)) | set(range(0x309B, 0x3100)) | {0x3005}
    kanji = {c for c in _standard("euc_jp", range(0xB0, 0xD0)) if c >= 0x4E00}
    kanji |= set(map(ord, KITCHEN_JP)) | {c for c in menus if 0x4E00 <= c < 0xA000}
    chosen["JP"] = kana | {
        c for c in kanji if c not in chosen["SC"] or glyphs["JP"].get(c) != glyphs["SC"].get(c)
    }
    chosen["KR"] = {
        c for c in _standard("euc_kr", range(0xB0, 0xC9)) | menus if 0xAC00 <= c < 0xD7A4
    }
    table: dict[str, Any] = {"font": f"{FAMILY} 2.004", "characters": {}}
    FOLDER.mkdir(exist_ok=True)
    for name, codes in sorted(chosen.items()):
        kept = {c for c in codes if c in glyphs[name]}
        (FOLDER / f"NotoSansCJK{name}-Regular.otf").write_bytes(_cut(source, FACES[name], kept))
        table["characters"][name] = "".join(map(chr, sorted(kept)))
    return table


if __name__ == "__main__":
    text = json.dumps(build(sys.argv[1]), ensure_ascii=False, indent=0)
    (FOLDER / "coverage.json").write_text(text + "\n", encoding="utf-8")
