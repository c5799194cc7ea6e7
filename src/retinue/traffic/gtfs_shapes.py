"""Shapes of a feed: the course of a trip as drawn by whoever made the feed."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import numpy as np

from retinue.traffic.gtfs_values import coordinate

if TYPE_CHECKING:
    from retinue.traffic.gtfs_feed import Feed
    from retinue.traffic.gtfs_table import FeedFolder

__all__ = ["read_shapes"]


def read_shapes(folder: FeedFolder, feed: Feed) -> None:
    """Read the shapes that the feed's trips name; a torn one is left out, its trips stay."""
    wanted = {trip.shape for trip in feed.trips.values() if trip.shape}
    points = {key: (array("d"), array("d"), array("d")) for key in wanted}
    torn: set[str] = set()
    needed = ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence")
    with folder.table("shapes.txt", needed, required=bool(wanted)) as table:
        for line, row in table.rows if table else ():
            assert table is not None
            key = row[table.column["shape_id"]].strip()
            if key not in points:
                continue
            lat = coordinate(row[table.column["shape_pt_lat"]], 90.0)
            lon = coordinate(row[table.column["shape_pt_lon"]], 180.0)
            order = coordinate(row[table.column["shape_pt_sequence"]], 1e9)
            if lat is None or lon is None or order is None:
                torn.add(key)
                folder.faults.add(
                    "bad-shape", table.at(line), f'a point of the shape "{key}" is no position',
                    "Write degrees and a number; the shape is not used.",
                )  # fmt: skip
                continue
            for column, value in zip(points[key], (order, lat, lon), strict=True):
                column.append(value)
    for key in sorted(wanted):
        orders, lats, lons = (np.array(column) for column in points[key])
        if key in torn:
            continue
        rows = np.argsort(orders, kind="stable")
        line_ = np.column_stack((lats[rows], lons[rows]))
        moved = np.ones(len(line_), np.bool_)
        moved[1:] = (line_[1:] != line_[:-1]).any(axis=1)
        if moved.sum() >= 2:
            feed.shapes[key] = line_[moved]
        else:
            folder.faults.add(
                "bad-shape", "shapes.txt", f'the shape "{key}" has fewer than two points',
                "Give it its points, or take it off the trips.", "noted",
            )  # fmt: skip
