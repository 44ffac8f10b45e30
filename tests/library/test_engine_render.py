"""The PDF engine of edu_reports without Odoo: what it draws, what it refuses, and how fast."""

import importlib.util
import io
import sys
import time
import unicodedata
from pathlib import Path

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from PIL import Image
from PyPDF2 import PdfReader

from edu_records.testing import seed

ADDON = Path(__file__).resolve().parents[2] / "addons" / "edu_reports"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")


def load_engine():
    name = "edu_reports_engine"
    if name not in sys.modules:
        folder = ADDON / "engine"
        spec = importlib.util.spec_from_file_location(
            name, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


engine = load_engine()


def document(story="<para>Sổ</para>", before="", graphics="", size="A4"):
    return (
        f"<document title='Sổ' author='Trường'>{before}<template pagesize='{size}'>"
        "<pageTemplate id='p'><frame x1='2cm' y1='2cm' width='17cm' height='16cm'/>"
        f"{graphics}</pageTemplate></template><story>{story}</story></document>"
    )


def vietnamese_letters():
    vowels = [unicodedata.normalize("NFC", v + t) for v in "aăâeêioôơuưy" for t in TONES]
    lower = [letter for letter in vowels if letter not in "aeiouy"] + ["đ"]
    return lower + [letter.upper() for letter in lower]


def fonts_of(pdf):
    found = {}
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for page in opened.pages:
            for font in page.Resources.get("/Font", {}).values():
                found[str(font.BaseFont)] = "/FontFile2" in font.get("/FontDescriptor", {})
    return found


def texts_of(pdf):
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("face", ["Regular", "Bold", "Italic", "BoldItalic"])
def test_faces_have_every_vietnamese_letter_and_1000_units(face):
    font = TTFont(ADDON / "static" / "fonts" / f"EduSerif-{face}.ttf")
    letters = vietnamese_letters()
    assert len(letters) == 134
    assert font["head"].unitsPerEm == 1000
    assert {ord(letter) for letter in letters} <= set(font.getBestCmap())


def test_same_input_gives_the_same_bytes():
    rml = document("<para>Nguyễn <b>Thị</b> <i>Ánh</i></para>")
    assert engine.render(rml).pdf == engine.render(rml).pdf


def test_all_fonts_are_embedded_and_none_is_helvetica():
    table = "<blockTable><tr><td>a</td><td><para>b</para></td></tr></blockTable>"
    fonts = fonts_of(engine.render(document(f"{table}<para><b>c</b><i>d</i></para>")).pdf)
    assert fonts
    assert all(fonts.values())
    assert all("EduSerif" in name for name in fonts)


def test_title_and_author_come_from_the_document():
    with pikepdf.open(io.BytesIO(engine.render(document()).pdf)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Sổ"
        assert str(pdf.docinfo["/Author"]) == "Trường"


def test_signature_box_reports_its_page_and_place():
    box = "<signatureBox name='principal' width='60mm' height='20mm'/>"
    (found,) = engine.render(document(f"<para>1</para><nextPage/>{box}")).boxes
    assert (found.name, found.page) == ("principal", 1)
    x1, y1, x2, y2 = found.rect
    assert x2 - x1 == pytest.approx(60 * 72 / 25.4, abs=0.1)
    assert y2 == pytest.approx(18 * 72 / 2.54, abs=0.1)
    assert y2 - y1 == pytest.approx(20 * 72 / 25.4, abs=0.1)


def test_running_text_knows_pages_and_sheets():
    graphics = (
        "<pageGraphics><runningText x='1cm' y='1cm'><pageNumber/>/<pageCount/> "
        "<sheetNumber/>/<sheetCount/></runningText></pageGraphics>"
    )
    rendered = engine.render(
        document("<para>a</para>" + "<nextPage/><para>a</para>" * 4, "", graphics)
    )
    texts = [text.split("\n") for text in texts_of(rendered.pdf)]
    assert [next(line for line in page if "/" in line) for page in texts] == [
        "1/5 1/3",
        "2/5 1/3",
        "3/5 2/3",
        "4/5 2/3",
        "5/5 3/3",
    ]


def test_table_headings_repeat_on_every_page():
    rows = "<tr><td>x</td></tr>" * 60
    story = f"<blockTable repeatRows='1'><tr><td>Z</td></tr>{rows}</blockTable>"
    texts = texts_of(engine.render(document(story)).pdf)
    assert len(texts) > 1
    assert all("Z" in text for text in texts)


def test_images_come_from_the_registry_only():
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(out, "PNG")
    story = "<image name='logo' width='1cm' height='1cm'/>"
    assert engine.render(document(story), {"logo": out.getvalue()}).pages == 1
    with pytest.raises(engine.EngineError, match="no image named logo"):
        engine.render(document(story))
    with pytest.raises(engine.EngineError, match="neither PNG nor JPEG"):
        engine.render(document(story), {"logo": b"GIF89a"})


@pytest.mark.parametrize(
    ("rml", "named"),
    [
        (document("<image file='/etc/passwd' name='a' width='1' height='1'/>"), "file"),
        (document("<para><img src='file:///etc/passwd'/></para>"), "<img>"),
        (document("<para><a href='http://example.org'>x</a></para>"), "<a>"),
        (document("<plugInFlowable module='os' function='system'>id</plugInFlowable>"), "plugIn"),
        (document("<para><evalString>1+1</evalString></para>"), "evalString"),
        (document("<includePdfPages filename='a.pdf'/>"), "includePdfPages"),
        (document(before="<docinit><logConfig filename='x'/></docinit>"), "docinit"),
        (document("<para textColor='[c for c in ()]'>x</para>"), "textColor"),
        (document("<para style='x' onDraw='f'>x</para>"), "onDraw"),
        (document("<para fontName='Helvetica'>x</para>"), "fontName"),
        (document("<tr/>"), "<tr>"),
        (document("stray"), "stray"),
        (document("<?run x?>"), "Processing"),
        ("<!DOCTYPE document SYSTEM 'file:///etc/passwd'>" + document(), "DOCTYPE"),
        (
            "<!DOCTYPE d [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>" + document("<para>&e;</para>"),
            "DOCTYPE",
        ),
        ("<document>", "well formed"),
        (document("<signatureBox name='a' width='1cm' height='1cm'/>" * 2), "twice"),
        (document("<blockTable colWidths='30cm'><tr><td>a</td></tr></blockTable>"), "wide"),
        (document("<blockTable colWidths='9'><tr><td>abcdef</td></tr></blockTable>"), "abcdef"),
        (document("<spacer length='90cm'/>"), "laid out"),
        (document("<para>\U0001f600</para>"), "U\\+1F600"),
        (document(""), "empty"),
    ],
)
def test_refuses_what_is_not_allowed_and_names_it(rml, named):
    with pytest.raises(engine.EngineError, match=named):
        engine.render(rml)


def test_escaped_markup_stays_text():
    (text,) = texts_of(engine.render(document("<para>&lt;img src='/etc/passwd'/&gt;</para>")).pdf)
    assert "<img src='/etc/passwd'/>" in text


def test_invisible_characters_are_stripped_and_text_is_nfc():
    clean = sys.modules[f"{engine.__name__}.source"].clean
    assert clean("Ngu\u202ey\u200be\u0302\u0303n\x07") == "Nguyễn"
    hidden = engine.render(document("<para>Mai\u202e\x07 Nguye\u0302\u0303n</para>")).pdf
    assert hidden == engine.render(document("<para>Mai Nguyễn</para>")).pdf


def test_a_long_name_stays_in_its_cell():
    name = "Công Tằng Tôn Nữ Hoàng Phương Quỳnh Như " * 3
    cell = f"<td><fit>{name}</fit></td>"
    story = f"<blockTable colWidths='60' rowHeights='14'><tr>{cell}</tr></blockTable>"
    pdf = engine.render(document(story)).pdf
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        content = pikepdf.parse_content_stream(opened.pages[0])
    scales = [float(operands[0]) for operands, operator in content if str(operator) == "Tz"]
    assert min(scales) < 100
    assert name.split()[-1] in texts_of(pdf)[0]


def page_of_45():
    cells = "".join(f"<td>{i % 10},5</td>" for i in range(17))
    rows = "".join(
        f"<tr><td>{i}</td><td><fit>Nguyễn Thị Ngọc Ánh</fit></td>{cells}</tr>" for i in range(45)
    )
    heads = "<td><rotated length='60'>Giáo dục thể chất</rotated></td>" * 17
    return (
        f"<blockTable colWidths='22,120{',19' * 17}' rowHeights='64{',8.4' * 45}' repeatRows='1'>"
        "<blockTableStyle id='g'><blockFont name='EduSerif' size='8'/>"
        "<blockLeftPadding length='1'/><blockRightPadding length='1'/></blockTableStyle>"
        f"<tr><td>TT</td><td>Họ và tên</td>{heads}</tr>{rows}</blockTable>"
    )


@seed("P3.1.2.1c")
def test_thirty_landscape_pages_of_45_pupils_at_15_pages_a_second():
    rml = document("<nextPage/>".join([page_of_45()] * 30), size="A4 landscape")
    engine.render(document())
    start = time.process_time()
    rendered = engine.render(rml)
    seconds = time.process_time() - start
    assert rendered.pages == 30
    assert rendered.pages / seconds >= 15
