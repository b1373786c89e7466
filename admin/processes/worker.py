"""The workers: Celery running every declared task. A message carries only the id of a row; the row is the job.

Without a name it is the one that keeps the clock and does all that is short. With the name of a queue it works that queue's
tasks, as many at once as its setting says.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from celery import Celery
from celery.signals import worker_process_init

from admin.processes.jobs import connect
from admin.processes.start import give_way, start
from contact_center.chores import KERNEL_TASKS
from contact_center.features import Queue, Task, resolve
from contact_center.house import House
from contact_center.settings import BROKER

SHORT = "celery"
"""The queue of everything that is short."""


def make(house: House) -> Celery:
    """The Celery application of this centre."""
    run = house.settings.home / "run"
    app = Celery("madoguchi", broker=house.settings[BROKER] or f"redis+socket://{run / 'redis.sock'}")
    app.conf.update(
        task_ignore_result=True, worker_hijack_root_logger=False, timezone="Asia/Tokyo", task_acks_late=True,
        broker_connection_retry_on_startup=True, beat_schedule_filename=str(house.settings.home / "tmp" / "beat"),
        worker_prefetch_multiplier=1, task_serializer="json", accept_content=["json"], task_default_queue=SHORT,
        task_routes={task.name: {"queue": task.queue} for task in all_tasks(house) if task.queue},
        broker_transport_options={"socket_timeout": 5, "socket_connect_timeout": 2},
        beat_schedule={
            task.name: {"task": task.name, "schedule": task.every, "args": (None,), "options": {"expires": task.every}}
            for task in all_tasks(house) if task.every is not None
        },
    )  # fmt: skip
    for task in all_tasks(house):
        app.task(name=task.name)(_runner(house, task))
    return app


def all_tasks(house: House) -> tuple[Task, ...]:
    """The kernel's tasks and every feature's."""
    return (*KERNEL_TASKS, *(task for feature in house.features for task in feature.tasks))


def _runner(house: House, task: Task) -> Callable[[int | None], None]:
    def run(id: int | None = None) -> None:
        resolve(task.function)(house, id)

    run.__name__ = task.name.replace(".", "_")
    return run


def _queue(house: House, name: str) -> Queue:
    return next(queue for feature in house.features for queue in feature.queues if queue.name == name)


def main() -> None:
    """Work until told to stop."""
    give_way()
    house = start()
    app = make(house)
    connect(house)
    words = ["worker", "--loglevel=warning", "--without-gossip", "--without-mingle"]
    if len(sys.argv) > 1:
        queue = _queue(house, sys.argv[1])
        at_once = house.settings[queue.at_once]
        app.conf.worker_max_tasks_per_child = queue.jobs
        worker_process_init.connect(lambda **_: resolve(queue.warm_up)(house), weak=False)
        words += ["--queues", queue.name, f"--concurrency={at_once}", "--hostname", f"{queue.name}@%h"]
    else:
        words += ["-B", "--queues", SHORT, "--concurrency=1"]
    app.worker_main(words)


if __name__ == "__main__":
    main()
