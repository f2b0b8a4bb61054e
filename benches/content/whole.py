"""Frames read to their end as one does it in Python: images with Pillow, point clouds with pypcd4."""

import os
import sys

if sys.argv[1] == "images":
    from PIL import Image

    def load(path):
        with Image.open(path) as image:
            image.load()

else:
    from pypcd4 import PointCloud

    def load(path):
        PointCloud.from_path(path)


frames = 0
for folder, _, names in os.walk(sys.argv[2]):
    for name in names:
        if name.endswith((".jpg", ".pcd")):
            load(os.path.join(folder, name))
            frames += 1
print(f"{frames} frames")
