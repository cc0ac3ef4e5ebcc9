#!/usr/bin/env python3
"""Draws how the cost grows: reads the table that `cargo bench --bench frontier` prints, writes small SVG files.

    cargo bench --bench frontier -- 10000 100000 1000000 | python3 benches/plot_growth.py docs/growth

writes docs/growth-claim.svg, docs/growth-record.svg and so on, one a column of numbers. The horizontal axis is logarithmic and
shows what differs between the rows: addresses, hosts or articles. Needs the standard library only.
"""
import math
import sys

WIDTH, HEIGHT = 360, 200
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 28, 36
# Column of the table, ending of the file, title.
PLOTS = [
    ("MB per 10^6", "file", "file, MB per 10⁶ addresses"),
    ("claim us", "claim", "claim, µs a page"),
    ("record us", "record", "record and commit, µs a page"),
    ("CPU us", "cpu", "CPU of both, µs a page"),
    ("peak MB", "memory", "peak memory, MB"),
]


def rows(lines):
    """The table as dictionaries, by column title."""
    titles = None
    for line in lines:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or set(line.strip()) <= set("|-"):
            continue
        if titles is None:
            titles = cells
        else:
            yield dict(zip(titles, cells))


def axis(table):
    """What differs between the rows."""
    for name in ("addresses", "hosts", "articles"):
        if len({row[name] for row in table}) > 1:
            return name
    return "addresses"


def short(number):
    for unit, name in ((1_000_000, "M"), (1_000, "k")):
        if number >= unit:
            return f"{number / unit:g}{name}"
    return f"{number:g}"


def plot(title, unit, points):
    top = max(y for _, y in points) * 1.15 or 1
    low, high = math.log10(points[0][0]), math.log10(points[-1][0])

    def place(x, y):
        across = (math.log10(x) - low) / ((high - low) or 1)
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - y / top * (HEIGHT - TOP - BOTTOM)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="11">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="16" font-size="12">{title}</text>',
    ]
    for part in range(5):
        _, y = place(points[0][0], top * part / 4)
        out.append(f'<path d="M{LEFT} {y:.0f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        out.append(f'<text x="{LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{top * part / 4:.0f}</text>')
    line = " ".join(f"{x:.0f},{y:.0f}" for x, y in (place(*point) for point in points))
    out.append(f'<polyline points="{line}" fill="none" stroke="#1f5fa8" stroke-width="2"/>')
    for number, (x, y) in enumerate(points):
        across, up = place(x, y)
        anchor = "start" if number == 0 else "end" if number == len(points) - 1 else "middle"
        out.append(f'<circle cx="{across:.0f}" cy="{up:.0f}" r="3" fill="#1f5fa8"/>')
        out.append(f'<text x="{across:.0f}" y="{up - 7:.0f}" text-anchor="{anchor}">{y:.0f}</text>')
        out.append(f'<text x="{across:.0f}" y="{HEIGHT - 20}" text-anchor="{anchor}">{short(x)}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 5}" text-anchor="middle">{unit}</text>')
    return "\n".join(out + ["</svg>", ""])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    table = list(rows(sys.stdin))
    if len(table) < 2:
        sys.exit("a table of two rows at least is needed")
    unit = axis(table)
    for column, ending, title in PLOTS:
        points = sorted((max(float(row[unit]), 1), float(row[column])) for row in table)
        with open(f"{sys.argv[1]}-{ending}.svg", "w", encoding="utf-8") as file:
            file.write(plot(title, unit, points))


if __name__ == "__main__":
    main()
