"""Spawn and complete trivial jobs with aiojobs: open a scheduler, spawn them, wait for them, close it.

usage: python3 aiojobs.py CHECKOUT [JOBS]

CHECKOUT is a checkout of aiojobs, 1.3 or newer; it is not changed. Prints the median time for a job, without a limit and
at limit 100, and half the range between the quartiles.
"""

import asyncio
import statistics
import sys
import time

ROUNDS = 30
WARMUP = 5


async def trivial():
    return True


async def once(scheduler_type, jobs, limit):
    """Gives the nanoseconds that a job took."""
    start = time.perf_counter_ns()
    scheduler = scheduler_type(limit=limit, pending_limit=0)
    for _ in range(jobs):
        await scheduler.spawn(trivial())
    await scheduler.wait_and_close()
    return (time.perf_counter_ns() - start) / jobs


async def measure(scheduler_type, jobs):
    for limit in (None, 100):
        times = [await once(scheduler_type, jobs, limit) for _ in range(WARMUP + ROUNDS)][WARMUP:]
        low, middle, high = statistics.quantiles(times, n=4)
        print(f"{jobs} jobs, limit {limit}: {middle:,.0f} ± {(high - low) / 2:,.0f} ns a job")


def main(checkout, jobs="1000"):
    # This file has the package's name, and its folder comes first on the path.
    sys.path[0] = checkout
    from aiojobs import Scheduler

    asyncio.run(measure(Scheduler, int(jobs)))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
