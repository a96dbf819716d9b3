import base64
import io
import re

import numpy as np
from PIL import Image

from sr_app.evaluation.contact_sheet import Sheet, make_contact_sheet

RNG = np.random.default_rng(0)


def test_the_page_holds_every_picture_in_order_and_nothing_from_outside():
    levels = [20, 120, 220]
    pictures = [np.full((8, 8, 3), level, np.uint8) for level in levels]
    sheet = Sheet("Chosen <3>", "Best & first.", pictures, ["+2.00 a.png", "+1.00 <b>", "c"])
    page = make_contact_sheet("Of <all>", {"Share": "0.30 & so"}, [sheet])
    sources = re.findall(r'src="([^"]+)"', page)
    assert len(sources) == 3 and all(s.startswith("data:image/jpeg;base64,") for s in sources)
    shown = [
        np.asarray(Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))))
        for source in sources
    ]
    assert [round(float(picture.mean())) for picture in shown] == levels
    assert page.index("+2.00 a.png") < page.index("+1.00 &lt;b&gt;")
    for text in ("<title>Of &lt;all&gt;</title>", "Chosen &lt;3&gt;", "Best &amp; first.",
                 "<dd>0.30 &amp; so</dd>"):  # fmt: skip
        assert text in page
    assert "http" not in page


def test_an_empty_sheet_is_a_heading():
    page = make_contact_sheet("t", {}, [Sheet("Refused (0)", "None.", [], [])])
    assert "Refused (0)" in page and "<img" not in page
