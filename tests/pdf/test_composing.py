import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from io import BytesIO

import pikepdf

from pdf import FontChain, compose, plan
from pdf.srgb import srgb_profile
from tests.pdf.samples import JAPANESE, SNAPSHOT, composed, named


def test_the_same_snapshot_gives_the_same_bytes(fonts: FontChain) -> None:
    assert composed(SNAPSHOT, fonts) == composed(replace(SNAPSHOT), FontChain())


def test_the_same_snapshot_gives_the_same_bytes_in_another_process(fonts: FontChain) -> None:
    program = (
        "from tests.pdf.samples import *; import sys;"
        "sys.stdout.write(composed(SNAPSHOT, FontChain()).digest.hex())"
    )  # fmt: skip
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
        assert run.stdout.decode() == composed(SNAPSHOT, fonts).digest.hex()


def test_the_byte_range_leaves_out_the_contents_only(fonts: FontChain) -> None:
    document = composed(SNAPSHOT, fonts)
    first, length, second, rest = document.byte_range
    gap = document.content[length:second]
    assert (first, second + rest) == (0, len(document.content))
    assert re.fullmatch(rb"<0+>", gap)
    kept = document.content[:length] + document.content[second:]
    assert document.digest == hashlib.sha256(kept).digest()


def test_the_file_says_who_it_is_but_nothing_about_the_person(fonts: FontChain) -> None:
    with pikepdf.open(BytesIO(composed(SNAPSHOT, fonts).content)) as file:
        assert str(file.docinfo["/Title"]) == f"住民票の写し　{SNAPSHOT.issuance_number}"
        assert str(file.Root.Lang) == "ja-JP"
        metadata = file.Root.Metadata.read_bytes().decode()
        told = metadata + "".join(str(value) for value in file.docinfo.values())
    for secret in (JAPANESE.name, SNAPSHOT.address, JAPANESE.my_number, JAPANESE.person_number):
        assert secret
        assert secret not in told
    assert SNAPSHOT.issuance_number in metadata


def test_the_time_of_signing_is_the_japanese_wall_clock_with_its_offset(fonts: FontChain) -> None:
    with pikepdf.open(BytesIO(composed(SNAPSHOT, fonts).content)) as file:
        assert str(file.Root.AcroForm.Fields[0].V.M) == "D:20261123120000+09'00'"


def test_the_person_number_is_nowhere_in_the_file(fonts: FontChain) -> None:
    content = composed(SNAPSHOT, fonts).content
    assert JAPANESE.person_number.encode() not in content


def test_the_files_structure_is_sound(fonts: FontChain) -> None:
    with pikepdf.open(BytesIO(composed(SNAPSHOT, fonts).content)) as file:
        assert file.check_pdf_syntax() == []


def test_nine_persons_share_one_font_and_one_seal(fonts: FontChain) -> None:
    snapshot = replace(SNAPSHOT, persons=named(*"一二三四五六七八九"))
    pages = plan(snapshot, fonts)
    with pikepdf.open(BytesIO(compose(snapshot, pages, fonts).content)) as file:
        fonts_used = {font.objgen for page in file.pages for font in page.Resources.Font.values()}
        assert len(fonts_used) == 1
        assert ["/XObject" in page.Resources for page in file.pages] == [False, False, True]


def test_the_colour_profile_is_one_that_others_read() -> None:
    from PIL import ImageCms  # noqa: PLC0415 - needs a library of its own

    profile = ImageCms.ImageCmsProfile(BytesIO(srgb_profile()))
    assert ImageCms.getProfileDescription(profile).strip() == "sRGB (gamma 2.2)"
