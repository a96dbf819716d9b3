"""A phone's folder, made by code: what it holds beside plain photos, too.

    python benchmarks/studies/phone_folder/study.py FOLDER
    sr-app upscale -r FOLDER OUT --scale 2 --json

README.md says what came of it.
"""

from __future__ import annotations

import argparse
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image

from sr_app.image.contents import GainMap, Metadata
from sr_app.image.files import Photo, write_photo
from tests.image.heic_files import EIGHT_BITS, TEN_BITS
from tests.image.test_gain_map import PACKET, scene_of
from tests.image.test_isobmff_gain_map import auxiliary, derived
from tests.image.test_raw import dng

ASTRONAUT, CAT = skimage.data.astronaut(), skimage.data.chelsea()
PANORAMA = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:GPano="http://ns.google.com/photos/1.0/panorama/" '
    b'GPano:FullPanoWidthPixels="400" GPano:FullPanoHeightPixels="200" '
    b'GPano:CroppedAreaImageWidthPixels="400" GPano:CroppedAreaImageHeightPixels="150"/>'
    b"</rdf:RDF></x:xmpmeta>"
)
VIDEO = struct.pack(">I4s4sI4s", 20, b"ftyp", b"mp42", 0, b"isom") + bytes(4000)


def exif(orientation: int = 1) -> bytes:
    """Camera, turning and place."""
    block = Image.Exif()
    block[271], block[272], block[274] = "Maker", "Phone 26", orientation
    block.get_ifd(34853)[1], block.get_ifd(34853)[2] = "N", (48.0, 51.0, 29.6)
    return block.tobytes().removeprefix(b"Exif\0\0")


def photos(folder: Path) -> None:
    """What a phone's cameras write."""
    camera = folder / "DCIM" / "Camera"
    camera.mkdir(parents=True)
    (camera / "IMG_0001.HEIC").write_bytes(EIGHT_BITS)
    (camera / "IMG_0002.HEIC").write_bytes(TEN_BITS)
    derived(camera / "IMG_0003.heic")
    auxiliary(camera / "IMG_0004.heic")
    sdr, gain = scene_of(240, 320)
    small = np.rint(gain[::4, ::4, None] / 2.5 * 255).astype(np.uint8)
    plain = Photo(sdr.astype(np.float32), exif=exif())
    ultra = replace(plain, gain_map=GainMap(small, (240, 320), PACKET))
    write_photo(ultra, camera / "PXL_0005.ULTRA_HDR.jpg")
    stored = np.rot90(ASTRONAUT[:256, 100:356])
    Image.fromarray(stored).save(camera / "IMG_0006.jpg", exif=b"Exif\0\0" + exif(6), quality=90)
    moving = (camera / "IMG_0006.jpg").read_bytes() + VIDEO
    (camera / "PXL_0007.MP.jpg").write_bytes(moving)
    wide = np.tile(CAT[:150, :200], (1, 2, 1)).astype(np.float32) / 255
    write_photo(Photo(wide, metadata=Metadata(PANORAMA, size=(150, 400))), camera / "PANO_0008.jpg")
    dng(camera / "RAW_0009.dng")
    night = Photo((CAT[:120, :180] / 255).astype(np.float32) ** 2, bits=16)
    write_photo(night, camera / "NIGHT_0010.avif")


def others(folder: Path) -> None:
    """Screenshots, stickers, what is no photo, what is hidden, and what is damaged."""
    shown, camera = folder / "Pictures", folder / "DCIM" / "Camera"
    (shown / "Screenshots").mkdir(parents=True)
    alpha = np.linspace(0, 255, 200).astype(np.uint8)[None].repeat(160, 0)
    screen = np.dstack([CAT[:160, :200], alpha])
    Image.fromarray(screen).save(shown / "Screenshots" / "Screenshot 1.png")
    frames = [Image.fromarray(np.roll(CAT[:64, :64], 9 * n, 1)) for n in range(3)]
    for name in ("sticker.webp", "fun.gif"):
        frames[0].save(shown / name, save_all=True, append_images=frames[1:])
    (camera / "VID_0011.mp4").write_bytes(VIDEO)
    (camera / "IMG_0001.MOV").write_bytes(VIDEO)
    (camera / "IMG_0001.AAE").write_text("<plist/>")
    hidden = (".DS_Store", "._IMG_0006.jpg", ".trashed-1-IMG_0012.jpg", ".thumbnails/1.jpg")
    for name in hidden:
        (camera / name).parent.mkdir(exist_ok=True)
        (camera / name).write_bytes(b"\xff\xd8\xff hidden")
    (camera / "IMG_0013.jpg").write_bytes(b"")
    (camera / "IMG_0014.jpg").write_bytes((camera / "IMG_0006.jpg").read_bytes()[:9000])
    (camera / "IMG_0015.jpg").write_bytes(VIDEO)


def main() -> None:
    """Make the folder."""
    parser = argparse.ArgumentParser(description="A phone's folder, made by code.")
    parser.add_argument("folder", type=Path, help="new")
    given = parser.parse_args()
    photos(given.folder)
    others(given.folder)


if __name__ == "__main__":
    main()
