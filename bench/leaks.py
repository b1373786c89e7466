"""Ten thousand random trials of the booth's promise that no picture shows a secret; the suite plays two hundred of them."""

from __future__ import annotations

import asyncio
import time

from bench.kiosk_leaks import Outcome, trials
from bench.measure import Aim, Findings, Table

MEASURED = """A trial is one field of six kinds in one of five places (page, frames, shadow roots), whose secret is typed,
shown, hidden and left in random order and haste, while the page scrolls and the operator tries to type. Every picture that
leaves the booth is looked through for the colours of the open and of the focused field, and everything that leaves it for
the secret's bytes. *Blind* are trials before or after which no picture came within 20 s: they prove nothing. Real Chromium,
a fresh one every 250 trials."""

TRIALS, EACH, AT_ONCE = 10_000, 250, 2


def run() -> Findings:
    """Play them."""
    begun = time.monotonic()
    outcomes = asyncio.run(_all())
    minutes = (time.monotonic() - begun) / 60
    count, pictures = sum(one.trials for one in outcomes), sum(one.pictures for one in outcomes)
    leaks, blind = [leak for one in outcomes for leak in one.leaks], [name for one in outcomes for name in one.blind]
    through, refused = sum(one.let_through for one in outcomes), sum(one.refused for one in outcomes)
    rows = [
        ("trials", f"{count:,}"), ("pictures", f"{pictures:,}"), ("pictures with a secret", str(len(leaks))),
        ("the operator's keys refused", f"{refused:,}"), ("that reached a secret field", str(through)),
        ("blind trials", str(len(blind))), ("minutes", f"{minutes:.0f}"),
    ]  # fmt: skip
    aims = [
        Aim(f"no leak in {TRIALS:,} trials", ", ".join(sorted(set(leaks))) or "none", not leaks and count >= TRIALS),
        Aim("none of the operator's keys in a secret field", str(through), through == 0),
        Aim("at most one trial in a thousand blind", str(len(blind)), len(blind) <= TRIALS / 1000),
    ]
    figures = {"trials": count, "pictures": pictures, "leaks": leaks, "blind": blind, "let_through": through, "refused": refused}
    return Findings("Secrets in pictures", MEASURED, [Table("Trials", ("", ""), rows)], aims, figures)


async def _all() -> list[Outcome]:
    room, outcomes = asyncio.Semaphore(AT_ONCE), []

    async def some(seed: int) -> None:
        async with room:
            outcomes.append(await trials(EACH, seed))

    await asyncio.gather(*(some(seed) for seed in range(TRIALS // EACH)))
    return outcomes
