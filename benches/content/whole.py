"""Frames read to their end as one does it in Python: images with Pillow, point clouds with pypcd4.

`rewrite FROM TO` writes a tree's images anew as progressive ones.
"""

import os
import shutil
import sys

if sys.argv[1] == "clouds":
    from pypcd4 import PointCloud

    def load(path):
        PointCloud.from_path(path)

else:
    from PIL import Image

    def load(path):
        with Image.open(path) as image:
            image.load()


def rewrite(source, target):
    aside = target + ".part"
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(source, aside)
    for folder, _, names in os.walk(aside):
        for path in (os.path.join(folder, name) for name in names if name.endswith(".jpg")):
            with Image.open(path) as image:
                image.save(path, quality=85, progressive=True)
    os.rename(aside, target)


if sys.argv[1] == "rewrite":
    rewrite(*sys.argv[2:])
    sys.exit()

frames = 0
for folder, _, names in os.walk(sys.argv[2]):
    for name in names:
        if name.endswith((".jpg", ".pcd")):
            load(os.path.join(folder, name))
            frames += 1
print(f"{frames} frames")
