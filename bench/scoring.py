"""`python bench/scoring.py [ratings]`: ratings scored and panels decided a second of one core.

The marks are drawn with a fixed seed: of the three shipped rubrics, and of one that has everything (points inside a
level, criteria left out or for feedback only). Two readings of a lesson lie close together as in life; when they call
a third, that is one panel, and the decision on three is another. The peer of scoring is the textbook sum of weight
times share in binary floats over the same marks, which explains nothing and refuses nothing; the peer of a panel is
two or three of those sums and their mean, without rules.
"""

from __future__ import annotations

import gc
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from support.service import ROOT, say

sys.path.insert(0, str(ROOT))

from rubrics import library
from rubrics.model import Criterion, Mark, Marks, Rubric
from rubrics.panel import Rating, ThirdNeeded, decide
from rubrics.scoring import score

SHIPPED = ("basic-operation", "standard-lesson", "ai-homework-lesson")
EVERYTHING = ROOT / "fixtures/golden/rubrics/everything.toml"
WANTED, SEED = 20_000, 4

Reading = tuple[Rubric, Marks]
Panel = tuple[Rubric, Sequence[Rating]]
Plain = tuple[dict[str, float], dict[int, float], dict[str, int]]


def rubrics() -> tuple[list[Rubric], list[Rubric]]:
    everything = library.parse(EVERYTHING.read_text(encoding="utf-8"))
    assert isinstance(everything, Rubric)
    return [library.load("rubric", key) for key in SHIPPED], [everything]


def readings(rubrics: Sequence[Rubric], count: int, draw: random.Random) -> Iterator[Reading]:
    for number in range(count):
        rubric = rubrics[number % len(rubrics)]
        quality = draw.choice((2, 3, 3, 4))
        yield rubric, {one.id: _mark(rubric, one, quality, draw) for one in rubric.criteria}


def _mark(rubric: Rubric, criterion: Criterion, quality: int, draw: random.Random) -> int | Mark:
    level = min(4, max(1, quality + draw.choice((-1, 0, 0, 0, 0, 1))))
    if criterion.feedback_only:
        return Mark(None)
    if criterion.not_applicable and draw.random() < 0.05:
        return Mark(None)
    # Where weight may come from others the range is known only when all are marked: the level alone is given there.
    ranged = criterion.states_points or criterion.not_applicable
    return Mark(level, criterion.points[level].least) if ranged and draw.random() < 0.5 else level


def panels(rubrics: Sequence[Rubric], count: int, draw: random.Random) -> Iterator[Panel]:
    made = 0
    while made < count:
        ratings = _close_together(draw.choice(rubrics), draw)
        for size in (2, 3):
            yield ratings[0], ratings[1][:size]
            made += 1
            if made == count or not isinstance(decide(ratings[0], ratings[1][:size]), ThirdNeeded):
                break


def _close_together(rubric: Rubric, draw: random.Random) -> Panel:
    quality = draw.choice((2, 3, 3, 4))
    marks = [{one.id: _mark(rubric, one, quality, draw) for one in rubric.criteria} for _ in range(3)]
    return rubric, [Rating(f"rater-{number}", one) for number, one in enumerate(marks)]


def in_floats(rubric: Rubric, marks: Marks) -> Plain:
    """The same reading as the textbook has it: weights, shares, and the levels of what was given one."""
    weights = {one.id: float(one.weight) for one in rubric.criteria}
    shares = {level.level: float(level.share or 0) for level in rubric.scale}
    levels = {one: mark.level if isinstance(mark, Mark) else mark for one, mark in marks.items()}
    return weights, shares, {one: level for one, level in levels.items() if level is not None}


def textbook(reading: Plain) -> float:
    weights, shares, levels = reading
    return sum(weights[criterion] * shares[level] for criterion, level in levels.items())


def rate(way: str, work: Callable[[], int]) -> float:
    """Rows a second of processor time, the median of seven rounds: what else runs on the machine is not counted."""
    found = []
    for _ in range(7):
        gc.collect()
        since = time.process_time()
        rows = work()
        found.append(rows / (time.process_time() - since))
    middle = statistics.median(found)
    say(way=way, rows_per_core_s=round(middle), spread=[round(min(found)), round(max(found))])
    return middle


def compare(name: str, rubrics: Sequence[Rubric], count: int) -> None:
    draw = random.Random(SEED)
    read = list(readings(rubrics, count, draw))
    plain = [in_floats(rubric, marks) for rubric, marks in read]
    sat = list(panels(rubrics, count // 2, draw))
    plain_sat = [[in_floats(rubric, one.marks) for one in ratings] for rubric, ratings in sat]

    def score_all() -> int:
        return sum(1 for rubric, marks in read if score(rubric, marks).lines)

    def sum_all() -> int:
        return sum(1 for one in plain if textbook(one) >= 0)

    def decide_all() -> int:
        return sum(1 for rubric, ratings in sat if decide(rubric, ratings).reasons)

    def mean_all() -> int:
        return sum(1 for ratings in plain_sat if sum(map(textbook, ratings)) / len(ratings) >= 0)

    scored = rate(f"scoring.score, {name}", score_all)
    summed = rate(f"the textbook sum in floats, {name}", sum_all)
    decided = rate(f"panel.decide, {name}", decide_all)
    averaged = rate(f"the mean of textbook sums, {name}", mean_all)
    say(
        rubrics=name,
        ratings=len(read),
        panels=len(sat),
        with_three=sum(len(ratings) == 3 for _, ratings in sat),
        score_vs_textbook=round(summed / scored, 1),
        decide_vs_textbook=round(averaged / decided, 1),
        unit="times the peer's time",
        wanted_per_s=WANTED,
        reached=min(scored, decided) >= WANTED,
    )


def main(count: int) -> None:
    shipped, everything = rubrics()
    compare("shipped", shipped, count)
    compare("with everything", everything, count)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
