"""The look into frames' headers as one writes it in Python: PCD with pypcd4, JPEG with Pillow or imagesize.

Reads no point and decodes no pixel, as sensortree does: the header, the file's size, and the end of images.
"""

import os
import sys

import imagesize
from PIL import Image
from pypcd4.pypcd4 import MetaData


def look_into_cloud(path):
    lines = []
    with open(path, "rb") as file:
        for line in file:
            line = line.decode().strip()
            if line.startswith("#") or not line:
                continue
            lines.append(line)
            if line.startswith("DATA"):
                break
        length = file.tell()
    header = MetaData.parse_header(lines)
    stride = sum(size * count for size, count in zip(header.size, header.count))
    if not {"x", "y", "z"} <= set(header.fields):
        return "fields"
    if header.points == 0:
        return "no points"
    if os.path.getsize(path) < length + header.points * stride:
        return "cut off"
    return None


def end_of(path):
    with open(path, "rb") as file:
        file.seek(max(0, os.path.getsize(path) - 4096))
        return None if b"\xff\xd9" in file.read() else "cut off"


def by_pillow(path):
    with Image.open(path) as image:
        if image.format != "JPEG":
            return "no JPEG"
        sizes.add(image.size)
        image.getexif().get(0x0112)
    return end_of(path)


def by_imagesize(path):
    size = imagesize.get(path)
    if size == (-1, -1):
        return "no JPEG"
    sizes.add(size)
    return end_of(path)


sizes = set()
look_into_image = {"pillow": by_pillow, "imagesize": by_imagesize}[sys.argv[1]]
frames = faults = 0
for folder, _, names in os.walk(sys.argv[2]):
    for name in names:
        path = os.path.join(folder, name)
        if name.endswith(".pcd"):
            fault = look_into_cloud(path)
        elif name.endswith(".jpg"):
            fault = look_into_image(path)
        else:
            continue
        frames += 1
        faults += fault is not None
print(f"{frames} frames, {faults} faults, sizes {sorted(sizes)}")
