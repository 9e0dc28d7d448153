#!/usr/bin/env python3
"""Derives data/reference/province_points.csv from the provinces' boundaries, those of up to 2025 and those of 2026.

A province's point is the centre of the largest circle that fits into its largest part (the pole of inaccessibility),
found by quartering squares until none can hold a better one. Coordinates are degrees of longitude and Mercator ordinates
in degrees, 180/pi * ln(tan(pi/4 + latitude/2)): both grow alike, so that a circle stays one on the map.
"""

import csv
import heapq
import json
import math
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "data" / "reference"
BOUNDARIES = ["provinces.topo.json", "provinces_2026.topo.json"]
PRECISION = 0.0005


def mercator(latitude):
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)))


def rings(topology, arcs_of_rings):
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]

    def decoded(index):
        x = y = 0
        points = []
        for dx, dy in topology["arcs"][~index if index < 0 else index]:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, mercator(y * sy + ty)))
        return points[::-1] if index < 0 else points

    for arcs in arcs_of_rings:
        ring = []
        for index in arcs:
            ring.extend(decoded(index)[1 if ring else 0 :])
        yield ring


def area(ring):
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:]))) / 2


def distance(x, y, polygon):
    """To the boundary; negative outside."""
    inside, least = False, math.inf
    for ring in polygon:
        for (ax, ay), (bx, by) in zip(ring, ring[1:]):
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                inside = not inside
            dx, dy = bx - ax, by - ay
            length = dx * dx + dy * dy
            t = max(0.0, min(1.0, ((x - ax) * dx + (y - ay) * dy) / length)) if length else 0.0
            least = min(least, (x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2)
    return math.sqrt(least) if inside else -math.sqrt(least)


def pole(polygon):
    xs, ys = zip(*polygon[0])
    half = min(max(xs) - min(xs), max(ys) - min(ys)) / 2
    waiting, best = [], (-math.inf, 0.0, 0.0)

    def look(x, y, half):
        nonlocal best
        found = distance(x, y, polygon)
        best = max(best, (found, x, y))
        heapq.heappush(waiting, (-(found + half * math.sqrt(2)), x, y, half))

    x = min(xs)
    while x < max(xs):
        y = min(ys)
        while y < max(ys):
            look(x + half, y + half, half)
            y += 2 * half
        x += 2 * half
    while waiting:
        bound, x, y, half = heapq.heappop(waiting)
        if -bound - best[0] <= PRECISION:
            break
        for dx in (-half / 2, half / 2):
            for dy in (-half / 2, half / 2):
                look(x + dx, y + dy, half / 2)
    radius, x, y = best
    return x, y, radius


def main():
    points = {}
    for name in BOUNDARIES:
        topology = json.loads((FOLDER / name).read_text())
        for province in topology["objects"]["provinces"]["geometries"]:
            parts = province["arcs"] if province["type"] == "MultiPolygon" else [province["arcs"]]
            polygons = [list(rings(topology, part)) for part in parts]
            # A unit that both files have keeps the point of the first.
            if province["id"] not in points:
                points[province["id"]] = pole(max(polygons, key=lambda polygon: area(polygon[0])))
    with (FOLDER / "province_points.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["istat_code", "x", "y", "radius"])
        for code, (x, y, radius) in sorted(points.items()):
            writer.writerow([code, f"{x:.4f}", f"{y:.4f}", f"{radius:.4f}"])


if __name__ == "__main__":
    main()
