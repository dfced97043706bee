"""A process that has imported what a run needs and forks itself for each: a run starts in milliseconds, not in seconds.

Each command, `["MODULE", "ARGUMENT", …]` as a line of JSON on standard input, is run as `python -m MODULE ARGUMENT …`
would run it, in a forked process whose memory is its own from then on. One line of JSON answers, with the exit status
and what was printed, both streams together. The process ends with its input, and so does a command under way: whoever
waited for it is gone, and it saves its state as at an interrupt.

Nothing is computed before a fork: torch has no threads yet, and a GPU is untouched, neither of which outlives a fork.
"""

import json
import os
import runpy
import select
import signal
import sys
import traceback
from tempfile import TemporaryFile
from types import FrameType
from typing import IO, Any

import mspe.ablation.probe  # noqa: F401  # what the commands import

_interrupted = False


def main() -> None:
    """Answer until the input ends, or until a signal has stopped a command."""
    commands, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    signal.signal(signal.SIGINT, _note)
    while not _interrupted and (line := commands.readline()):
        with TemporaryFile() as output:
            ended, held = os.pipe()  # hangs up when the command has ended
            child = os.fork()
            if child == 0:
                os.close(ended)
                _become(json.loads(line), output)
            os.close(held)
            _interrupt_if_left(child, commands.fileno(), ended)
            os.close(ended)
            _, status = os.waitpid(child, 0)
            output.seek(0)
            printed = output.read().decode("utf-8", "replace")
        answers.write(json.dumps([os.waitstatus_to_exitcode(status), printed]) + "\n")
        answers.flush()


def _interrupt_if_left(child: int, commands: int, ended: int) -> None:
    """Wait until a command ends, or interrupt it when the other end of the input is gone, say with a killed process."""
    poll = select.poll()
    for descriptor in (commands, ended):
        poll.register(descriptor, 0)  # a hang-up is told in any case
    if ended not in dict(poll.poll()):
        os.kill(child, signal.SIGINT)


def _note(number: int, frame: FrameType | None) -> None:
    """Remember the signal, which a process forked a moment ago gets before it is ready for it."""
    global _interrupted  # noqa: PLW0603  # a signal's handler has no other place
    _interrupted = True


def _become(command: list[str], output: IO[bytes]) -> None:
    """Run a command and end this process as it ends."""
    module, *arguments = command
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output.fileno(), 1), (output.fileno(), 2)):
        os.dup2(source, target)
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if _interrupted:
            raise KeyboardInterrupt
        sys.argv = [module, *arguments]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as ended:
        status = _status(ended.code)
    except KeyboardInterrupt:
        status = 128 + signal.SIGINT
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _status(code: Any) -> int:
    """The status that Python gives a process which ends with this code; text is printed."""
    if code is None or isinstance(code, int):
        return code or 0
    print(code, file=sys.stderr)
    return 1


if __name__ == "__main__":
    main()
