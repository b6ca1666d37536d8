"""What `tests/runs/test_processes.py` runs in two processes: `torchrun --standalone --nproc-per-node 2 two_processes.py FOLDER`."""

import os
import signal
import sys

import torch.distributed

from seodang.runs.events import Begun, Interrupted
from seodang.runs.train import resume_stream, stream
from seodang.training.loop import Step
from tests.runs.test_processes import NORMS, NOT_STOPPED, PLAIN, STOPPED_EARLY

runs = sys.argv[1]


def train(name: str, settings: dict[str, object], stop_at: int | None = None) -> None:
    folder = None
    for event in stream(settings.pop("data"), settings.pop("recipe"), settings, runs=runs, name=name):
        folder = event.folder if isinstance(event, Begun) else folder
        if isinstance(event, Step) and event.step == stop_at:
            os.kill(os.getpid(), signal.SIGINT)
        if isinstance(event, Interrupted):
            assert event.step == -(-(stop_at or 0) // 10) * 10, "both processes stop where they meet"
    torch.distributed.barrier()
    if stop_at:
        for _ in resume_stream(f"{runs}/{name}-1"):
            pass


train("plain", dict(PLAIN))
train("whole", dict(NORMS))
train("carried-on", dict(NORMS), stop_at=23)
train("early", dict(STOPPED_EARLY))
train("minutes", dict(NOT_STOPPED))
torch.distributed.destroy_process_group()
