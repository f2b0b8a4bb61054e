"""``python -m sensortree`` runs the program ``sensortree`` with the arguments given."""

import os
import subprocess
import sys
from typing import NoReturn

from ._errors import SensortreeNotFound
from ._program import find_program


def main() -> NoReturn:
    """Runs the program in place of this process, and ends as it ends."""
    try:
        command = [find_program(), *sys.argv[1:]]
    except SensortreeNotFound as error:
        sys.exit(f"error: {error}")
    if os.name != "nt":
        os.execv(command[0], command)
    # On Windows a process cannot be replaced: whoever waits for this one would wait no longer.
    process = subprocess.Popen(command)
    while True:
        try:
            sys.exit(process.wait())
        except KeyboardInterrupt:
            # The program got it as well, and ends in its own way.
            continue


if __name__ == "__main__":
    main()
