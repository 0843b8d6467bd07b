"""Makes aecore/data/galaxies.zip from JPEG files: smaller, in one file and in one fixed order.

    python -m benchmarks.pack_galaxies FOLDER

FOLDER holds the pictures in folders of their classes (128 x 128, colour) and labels.csv with the columns file, class,
split, id, source and direction. Where the pictures come from stands in aecore/data/README.md.
"""

import csv
import io
import random
import sys
import zipfile
from pathlib import Path

from PIL import Image

from aecore.data.galaxies import CLASSES, SIDE

OUT = Path(__file__).resolve().parents[1] / "aecore/data/galaxies.zip"
QUALITY = 90  # of 100: 42.7 dB from the JPEG files, at 2 kB a picture
SEED = 0  # of the order


def main(folder: Path) -> None:
    """Pack all pictures of a folder."""
    with (folder / "labels.csv").open(newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["file"])
    random.Random(SEED).shuffle(rows)  # what is held out are the last ones: all classes are to be among them
    labels = io.StringIO()
    writer = csv.writer(labels, lineterminator="\n")
    writer.writerow(("name", "class", "split", "direction"))
    with zipfile.ZipFile(OUT, "w", zipfile.ZIP_STORED) as archive:
        for row in rows:
            picture = Image.open(folder / row["file"]).convert("RGB")
            if row["class"] not in CLASSES or picture.size != (SIDE, SIDE):
                sys.exit(f"{row['file']} is a {row['class']} of {picture.size}")
            packed = io.BytesIO()
            picture.save(packed, "WEBP", quality=QUALITY, method=6)
            archive.writestr(zipfile.ZipInfo(f"{row['id']}.webp"), packed.getvalue())
            writer.writerow((row["id"], row["class"], row["split"], row["direction"]))
        archive.writestr(zipfile.ZipInfo("labels.csv"), labels.getvalue(), zipfile.ZIP_DEFLATED)
    print(f"{OUT.name}: {len(rows)} pictures, {OUT.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
